"""Slack: replies given there, and messages posted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "slack_replies",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("thread", sa.String(512), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_replies")),
        sa.UniqueConstraint("key", name=op.f("uq_slack_replies_key")),
    )
    op.create_index("ix_slack_replies_thread_created", "slack_replies", ["thread", "created"])
    op.create_table(
        "slack_posts",
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("ts", sa.String(32)),
        sa.Column("begun", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_slack_posts")),
    )


def downgrade() -> None:
    op.drop_table("slack_posts")
    op.drop_table("slack_replies")
