"""What leaders have seen of late cases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "escalations_seen",
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.String(255), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_escalations_seen_case_number_cases")),
        sa.PrimaryKeyConstraint("case_number", "leader_id", "due", name=op.f("pk_escalations_seen")),
    )


def downgrade() -> None:
    op.drop_table("escalations_seen")
