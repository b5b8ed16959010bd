"""Slack, the whole channel: workspaces, and messages that are streamed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    with op.batch_alter_table("slack_replies") as table:
        table.add_column(sa.Column("workspace", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("asker", sa.String(32), nullable=False, server_default=""))
        table.create_index("ix_slack_replies_workspace_asker_created", ["workspace", "asker", "created"])
    with op.batch_alter_table("slack_posts") as table:
        table.add_column(sa.Column("workspace", sa.String(32), nullable=False, server_default=""))
        table.add_column(sa.Column("streaming", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_index("ix_slack_posts_channel_ts", ["channel", "ts"])


def downgrade() -> None:
    with op.batch_alter_table("slack_posts") as table:
        table.drop_index("ix_slack_posts_channel_ts")
        table.drop_column("streaming")
        table.drop_column("workspace")
    with op.batch_alter_table("slack_replies") as table:
        table.drop_index("ix_slack_replies_workspace_asker_created")
        table.drop_column("asker")
        table.drop_column("workspace")
