"""Microsoft Teams: replies given there, what people think of them, messages posted, and how each place is reached."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    _replies()
    op.create_table(
        "teams_posts",
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("channel", sa.String(255), nullable=False),
        sa.Column("thread", sa.String(64), nullable=False),
        sa.Column("activity", sa.String(128), nullable=False),
        sa.Column("posted", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_teams_posts")),
    )
    op.create_index("ix_teams_posts_channel_activity", "teams_posts", ["channel", "activity"])
    op.create_table(
        "teams_rooms",
        sa.Column("channel", sa.String(255), nullable=False),
        sa.Column("tenant", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("service_url", sa.String(512), nullable=False),
        sa.Column("bot", sa.String(255), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_teams_rooms")),
    )
    op.create_index("ix_teams_rooms_tenant_seen", "teams_rooms", ["tenant", "seen"])


def _replies() -> None:
    op.create_table(
        "teams_replies",
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("thread", sa.String(512), nullable=False),
        sa.Column("workspace", sa.String(64), nullable=False),
        sa.Column("asker", sa.String(128), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams_replies")),
        sa.UniqueConstraint("key", name=op.f("uq_teams_replies_key")),
    )
    op.create_index("ix_teams_replies_thread_created", "teams_replies", ["thread", "created"])
    op.create_index("ix_teams_replies_workspace_asker_created", "teams_replies", ["workspace", "asker", "created"])
    op.create_table(
        "teams_feedback",
        sa.Column("id", sa.String(288), nullable=False),
        sa.Column("reply", sa.String(128), nullable=False),
        sa.Column("person", sa.String(128), nullable=False),
        sa.Column("good", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("importance", sa.String(16)),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_teams_feedback")),
    )
    op.create_index("ix_teams_feedback_reply", "teams_feedback", ["reply"])


def downgrade() -> None:
    for table in ("teams_rooms", "teams_posts", "teams_feedback", "teams_replies"):
        op.drop_table(table)
