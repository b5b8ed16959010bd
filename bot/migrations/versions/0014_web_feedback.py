"""The web: what was wrong with a reply."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("web_feedback", sa.Column("fault", sa.String(32), nullable=True))
    op.add_column("web_feedback", sa.Column("text", sa.Text(), nullable=False, server_default=""))
    op.add_column("web_feedback", sa.Column("importance", sa.String(16), nullable=True))
    op.add_column("web_feedback", sa.Column("role", sa.String(16), nullable=False, server_default=""))


def downgrade() -> None:
    for column in ("fault", "text", "importance", "role"):
        op.drop_column("web_feedback", column)
