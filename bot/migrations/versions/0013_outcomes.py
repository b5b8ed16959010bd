"""How the bot's replies ended, for figures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "outcomes",
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("reply", sa.String(128), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("team", sa.String(64), nullable=False),
        sa.Column("topic", sa.String(128), nullable=False),
        sa.Column("strategy", sa.String(128), nullable=False),
        sa.Column("document", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("platform", "key", name=op.f("pk_outcomes")),
    )
    op.create_index("ix_outcomes_moment", "outcomes", ["moment"])


def downgrade() -> None:
    op.drop_table("outcomes")
