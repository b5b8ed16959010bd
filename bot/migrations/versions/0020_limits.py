"""What each asker, place and tenant has asked lately, and who signed out of the web."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limits")),
    )
    op.create_table(
        "web_signed_out",
        sa.Column("session", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_web_signed_out")),
    )


def downgrade() -> None:
    op.drop_table("web_signed_out")
    op.drop_table("rate_limits")
