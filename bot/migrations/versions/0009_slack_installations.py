"""Slack: installations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "slack_installations",
        sa.Column("workspace", sa.String(32), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("bot", sa.String(32), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.Text()),
        sa.Column("expires", sa.DateTime()),
        sa.Column("refreshing_until", sa.DateTime()),
        sa.Column("installed", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("workspace", name=op.f("pk_slack_installations")),
    )
    op.create_table(
        "slack_installations_begun",
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("browser", sa.String(64), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state", name=op.f("pk_slack_installations_begun")),
    )
    op.create_index(op.f("ix_slack_installations_begun_expires"), "slack_installations_begun", ["expires"])


def downgrade() -> None:
    op.drop_table("slack_installations_begun")
    op.drop_table("slack_installations")
