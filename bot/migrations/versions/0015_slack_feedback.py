"""Slack: how much it matters what is wrong with a reply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """What was said before says nothing of it."""
    op.add_column("slack_feedback", sa.Column("importance", sa.String(16), nullable=True))


def downgrade() -> None:
    """Forget it."""
    op.drop_column("slack_feedback", "importance")
