"""The desk: cases, what happened to them, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("reply_id", sa.String(128), nullable=False),
        sa.Column("request", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("officer_id", sa.String(255)),
        sa.Column("officer_name", sa.String(255)),
        sa.Column("answer", sa.Text()),
        sa.Column("opened", sa.DateTime(), nullable=False),
        sa.Column("claimed", sa.DateTime()),
        sa.Column("answered", sa.DateTime()),
        sa.Column("closed", sa.DateTime()),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_cases")),
        sa.UniqueConstraint("id", name=op.f("uq_cases_id")),
        sa.UniqueConstraint("reply_id", name=op.f("uq_cases_reply_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_cases_state"), "cases", ["state"])

    op.create_table(
        "case_events",
        sa.Column("case_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("move", sa.String(16), nullable=False),
        sa.Column("actor_id", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(255), nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["cases.number"], name=op.f("fk_case_events_case_number_cases")),
        sa.PrimaryKeyConstraint("case_number", "version", name=op.f("pk_case_events")),
    )

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("platform", sa.String(32), nullable=False),
        sa.Column("lane", sa.String(512)),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(512), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.DateTime()),
        sa.Column("done_at", sa.DateTime()),
        sa.Column("failed_at", sa.DateTime()),
        sa.Column("error", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    waiting = sa.text("done_at IS NULL AND failed_at IS NULL")
    for name, columns in {"ix_outbox_waiting": ["id"], "ix_outbox_lanes": ["platform", "lane", "id"]}.items():
        op.create_index(name, "outbox", columns, sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    op.drop_table("outbox")
    op.drop_table("case_events")
    op.drop_table("cases")
