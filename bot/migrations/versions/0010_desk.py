"""The desk: teams, deadlines, merged and withdrawn cases, watchers, and the audit log."""

from __future__ import annotations

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_TEXTS = {"team": 64, "topic": 128, "strategy": 128, "language": 8, "asker": 512}
_MOMENTS = ("nudged", "due_reply", "due_answer", "paused", "reminded", "escalated")
_INDEXED = ("team", "asker", "merged_into")
_OPEN = ("forwarded", "claimed", "asked")
_GUARDED = ("UPDATE", "DELETE")


def upgrade() -> None:
    # Not in batches: SQLite would have to make `cases` anew, and cannot drop what events refer to.
    for name, length in _TEXTS.items():
        op.add_column("cases", sa.Column(name, sa.String(length), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("sought", sa.Text(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("merged_into", sa.String(32), nullable=True))
    op.add_column("cases", sa.Column("watchers", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("cases", sa.Column("watching", sa.Text(), nullable=False, server_default=""))
    op.add_column("cases", sa.Column("helped", sa.Boolean(), nullable=True))
    for name in _MOMENTS:
        op.add_column("cases", sa.Column(name, sa.DateTime(), nullable=True))
    for name in ("reply_seconds", "close_seconds"):
        op.add_column("cases", sa.Column(name, sa.Integer(), nullable=True))
    for name in _INDEXED:
        op.create_index(op.f(f"ix_cases_{name}"), "cases", [name])
    op.add_column("case_events", sa.Column("team", sa.String(64), nullable=False, server_default=""))
    op.add_column("case_events", sa.Column("into", sa.String(32), nullable=False, server_default=""))
    op.add_column("case_events", sa.Column("due", sa.DateTime(), nullable=True))
    _create_audit()
    locks = op.create_table(
        "desk_locks",
        sa.Column("name", sa.String(32), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_desk_locks")),
    )
    op.bulk_insert(locks, [{"name": "several-cases"}])
    _fill_in()


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("moment", sa.DateTime(), nullable=False),
        sa.Column("actor_id", sa.String(255), nullable=False),
        sa.Column("actor_name", sa.String(255), nullable=False),
        sa.Column("about", sa.String(255), nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_about"), "audit", ["about"])
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "seq": 0, "hash": "0" * 64}])
    _guard()


def _guard() -> None:
    """The log is only ever added to, also by mistake."""
    if op.get_bind().dialect.name == "sqlite":
        for what in _GUARDED:
            op.execute(
                f"CREATE TRIGGER audit_no_{what.lower()} BEFORE {what} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is only ever added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_guard() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is only ever added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_guard()"
    )


def _fill_in() -> None:
    events = sa.table("case_events", sa.column("move", sa.String))
    connection = op.get_bind()
    # The word is from here on for a case that is withdrawn as a whole.
    connection.execute(sa.update(events).where(events.c.move == "withdrawn").values(move="retracted"))
    cases = sa.table(
        "cases",
        *(sa.column(name, sa.Integer) for name in ("number", "reply_seconds", "close_seconds")),
        *(sa.column(name, sa.String) for name in ("state", "language", "asker", "sought")),
        sa.column("request", sa.JSON),
        *(sa.column(name, sa.DateTime) for name in ("opened", "replied", "answered", "closed")),
        *(sa.column(name, sa.DateTime) for name in ("due_reply", "due_answer")),
    )
    for row in connection.execute(sa.select(cases)).mappings().all():
        connection.execute(sa.update(cases).where(cases.c.number == row["number"]).values(**_values(row)))


def _values(row: sa.RowMapping) -> dict[str, Any]:
    request, opened = row["request"], row["opened"]
    is_open = row["state"] in _OPEN
    done = row["closed"] or row["answered"]
    return {
        "language": request["language"],
        "asker": f"{request['place']['platform']}/{request['asker']['id']}",
        "sought": " ".join(f"{request['question']} {request['asker']['name']}".casefold().split()),
        "reply_seconds": round((row["replied"] - opened).total_seconds()) if row["replied"] else None,
        "close_seconds": round((done - opened).total_seconds()) if done else None,
        # Nobody was promised a moment then; these are not far from what is promised now.
        "due_reply": opened + dt.timedelta(days=1) if is_open else None,
        "due_answer": opened + dt.timedelta(days=7) if is_open else None,
    }


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_guard ON audit")
        op.execute("DROP FUNCTION audit_guard()")
    op.drop_table("desk_locks")
    op.drop_table("audit_head")
    op.drop_table("audit")
    for column in ("due", "into", "team"):
        op.drop_column("case_events", column)
    for name in _INDEXED:
        op.drop_index(op.f(f"ix_cases_{name}"), "cases")
    for column in (
        *("close_seconds", "reply_seconds", *reversed(_MOMENTS)),
        *("helped", "watching", "watchers", "merged_into", "sought", *reversed(_TEXTS)),
    ):
        op.drop_column("cases", column)
