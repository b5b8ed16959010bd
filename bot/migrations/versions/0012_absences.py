"""Officers who are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("officer_id", sa.String(255), nullable=False),
        sa.Column("officer_name", sa.String(255), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("substitute_id", sa.String(255), nullable=False),
        sa.Column("substitute_name", sa.String(255), nullable=False),
        sa.Column("told", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_officer_id"), "absences", ["officer_id"])
    op.create_index(op.f("ix_absences_last"), "absences", ["last"])


def downgrade() -> None:
    op.drop_table("absences")
