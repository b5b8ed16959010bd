"""The table of the outbox, and what is asked of it most."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import JSON, Index, Integer, Select, String, Text, and_, bindparam, exists, or_, select, update
from sqlalchemy.orm import Mapped, aliased, mapped_column
from sqlalchemy.sql.dml import ReturningUpdate

from bot.database import Base, Instant, table_of


class OutboxRow(Base):
    """One delivery and how far it has come. Waiting: neither done nor failed."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    platform: Mapped[str] = mapped_column(String(32))
    lane: Mapped[str | None] = mapped_column(String(512))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    key: Mapped[str] = mapped_column(String(512), unique=True)
    created: Mapped[dt.datetime] = mapped_column(Instant)
    due: Mapped[dt.datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[dt.datetime | None] = mapped_column(Instant)
    done_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    failed_at: Mapped[dt.datetime | None] = mapped_column(Instant)
    error: Mapped[str | None] = mapped_column(Text)
    trace: Mapped[str] = mapped_column(String(64), server_default="")


WAITING = and_(OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None))
FAILED = OutboxRow.failed_at.is_not(None)
# What is waiting is a small part of the table: one index to find it in order, one to find who is ahead in a lane.
Index("ix_outbox_waiting", OutboxRow.id, sqlite_where=WAITING, postgresql_where=WAITING)
_LANE = (OutboxRow.platform, OutboxRow.lane, OutboxRow.id)
Index("ix_outbox_lanes", *_LANE, sqlite_where=WAITING, postgresql_where=WAITING)
Index("ix_outbox_failed", OutboxRow.platform, sqlite_where=FAILED, postgresql_where=FAILED)


def _due() -> Select[int]:
    earlier = aliased(OutboxRow)
    overtakes = exists().where(
        earlier.platform == OutboxRow.platform,
        earlier.lane == OutboxRow.lane,
        earlier.id < OutboxRow.id,
        earlier.done_at.is_(None),
        earlier.failed_at.is_(None),
    )
    moment, beyond = bindparam("moment", type_=Instant), bindparam("beyond", type_=Instant)
    due = or_(OutboxRow.due <= moment, OutboxRow.due > beyond)
    free = or_(OutboxRow.leased_until.is_(None), OutboxRow.leased_until <= moment, OutboxRow.leased_until > beyond)
    these = OutboxRow.platform.in_(bindparam("platforms", expanding=True))
    may = OutboxRow.kind.not_in(bindparam("without", expanding=True))
    found = select(OutboxRow.id).where(WAITING, these, due, free, ~overtakes, may)
    return found.order_by(OutboxRow.id).limit(bindparam("at_most"))


def _lease() -> ReturningUpdate[OutboxRow]:
    taken = _due().with_for_update(skip_locked=True).cte("taken")
    these = update(OutboxRow).where(OutboxRow.id.in_(select(taken.c.id)))
    leased = these.values(leased_until=bindparam("until", type_=Instant), attempts=OutboxRow.attempts + 1)
    return leased.returning(OutboxRow).execution_options(synchronize_session=False)


# Put together once: a busy process looks for work many times a second, and putting these together was most of that.
DUE = _due()
"""The deliveries that are due at the `moment`, `at_most` so many, for these `platforms` and of no kind `without`. What
is due, or leased, `beyond` a moment was written by a clock that was ahead."""
# By its key, too: SQLite gives the id of a row that somebody has erased meanwhile to the next.
DONE = (
    update(table_of(OutboxRow))
    .where(
        OutboxRow.id == bindparam("delivery"), OutboxRow.key == bindparam("delivery_key"), OutboxRow.done_at.is_(None)
    )
    .values(done_at=bindparam("moment"), failed_at=None, leased_until=None)
)
"""Notes at a `moment` that a `delivery` has arrived, which has the `delivery_key`."""
LEASE = _lease()
"""Takes the same `until` a moment, unless others are taking them."""
