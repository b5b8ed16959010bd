"""Slack: what officers do with cases beyond claiming and answering, and what askers write more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    # Not in batches: SQLite would have to make `cases` anew, and cannot drop what events refer to.
    op.add_column("cases", sa.Column("thread", sa.String(512), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("asked", sa.Text(), nullable=True))
    op.add_column("cases", sa.Column("not_ours", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("cases", sa.Column("replied", sa.DateTime(), nullable=True))
    op.create_index(op.f("ix_cases_thread"), "cases", ["thread"])
    op.add_column("case_events", sa.Column("to_id", sa.String(255), nullable=True))
    op.add_column("case_events", sa.Column("to_name", sa.String(255), nullable=True))
    op.add_column("case_events", sa.Column("ref", sa.String(255), nullable=False, server_default=""))
    op.create_index(op.f("ix_case_events_ref"), "case_events", ["ref"])
    _fill_in()


def _fill_in() -> None:
    cases = sa.table(
        "cases",
        sa.column("number", sa.Integer),
        sa.column("request", sa.JSON),
        sa.column("thread", sa.String),
        sa.column("replied", sa.DateTime),
        sa.column("answered", sa.DateTime),
    )
    connection = op.get_bind()
    connection.execute(sa.update(cases).values(replied=cases.c.answered))
    for number, request in connection.execute(sa.select(cases.c.number, cases.c.request)).all():
        place = request["place"]
        thread = f"{place['platform']}/{place['channel']}/{place['thread']}"
        connection.execute(sa.update(cases).where(cases.c.number == number).values(thread=thread))


def downgrade() -> None:
    op.drop_index(op.f("ix_case_events_ref"), "case_events")
    for column in ("ref", "to_name", "to_id"):
        op.drop_column("case_events", column)
    op.drop_index(op.f("ix_cases_thread"), "cases")
    for column in ("replied", "not_ours", "asked", "thread"):
        op.drop_column("cases", column)
