"""Slack: feedback."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """What people think of replies."""
    op.create_table(
        "slack_feedback",
        sa.Column("id", sa.String(192), nullable=False),
        sa.Column("reply", sa.String(128), nullable=False),
        sa.Column("person", sa.String(32), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slack_feedback")),
    )
    op.create_index(op.f("ix_slack_feedback_reply"), "slack_feedback", ["reply"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("slack_feedback")
