"""The web meeting place: channels, threads, messages and what people think of replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "web_channels",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_web_channels")),
    )
    op.create_table(
        "web_threads",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_threads")),
        sa.ForeignKeyConstraint(["channel"], ["web_channels.name"], name=op.f("fk_web_threads_channel_web_channels")),
    )
    op.create_index("ix_web_threads_channel_position", "web_threads", ["channel", "position"])
    _create_messages()
    op.create_table(
        "web_feedback",
        sa.Column("message", sa.String(32), nullable=False),
        sa.Column("visitor", sa.String(255), nullable=False),
        sa.Column("thumb", sa.Integer(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("message", "visitor", name=op.f("pk_web_feedback")),
        sa.ForeignKeyConstraint(["message"], ["web_messages.id"], name=op.f("fk_web_feedback_message_web_messages")),
    )


def _create_messages() -> None:
    op.create_table(
        "web_messages",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("thread", sa.String(32), nullable=False),
        sa.Column("channel", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("person", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("masked", sa.Boolean(), nullable=False),
        sa.Column("question", sa.String(32)),
        sa.Column("progress", sa.JSON()),
        sa.Column("said", sa.JSON()),
        sa.Column("session", sa.String(64)),
        sa.Column("delivery_key", sa.String(512), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_web_messages")),
        sa.UniqueConstraint("delivery_key", name=op.f("uq_web_messages_delivery_key")),
        sa.ForeignKeyConstraint(["thread"], ["web_threads.id"], name=op.f("fk_web_messages_thread_web_threads")),
        sa.ForeignKeyConstraint(["question"], ["web_messages.id"], name=op.f("fk_web_messages_question_web_messages")),
    )
    op.create_index("ix_web_messages_channel_revision", "web_messages", ["channel", "revision"])
    op.create_index("ix_web_messages_thread_position", "web_messages", ["thread", "position"])
    op.create_index("ix_web_messages_session_created", "web_messages", ["session", "created"])


def downgrade() -> None:
    op.drop_table("web_feedback")
    op.drop_table("web_messages")
    op.drop_table("web_threads")
    op.drop_table("web_channels")
