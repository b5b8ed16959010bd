"""Slack: what is known of people, channels and user groups."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "slack_known",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("workspace", sa.String(32), nullable=False),
        sa.Column("facts", sa.JSON()),
        sa.Column("until", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("forgotten", sa.DateTime()),
        sa.PrimaryKeyConstraint("id", "workspace", name=op.f("pk_slack_known")),
    )
    op.create_index("ix_slack_known_until", "slack_known", ["until"])


def downgrade() -> None:
    op.drop_table("slack_known")
