"""What Slack said of people, channels and user groups, kept for a while for all processes to see.

It holds ids and what they may see, no names. An event that says something changed makes the bot forget at once, and
what a look-up that began before then brings is not kept.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import JSON, Integer, String, delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, insert_if_new_all, now

SETTLING = dt.timedelta(seconds=15)
"""So soon after a change Slack may still say how it was before; what it says then is believed no longer than this."""
LEFT_BEHIND = dt.timedelta(days=1)
"""So long after it ran out, a row goes."""


class KnownRow(Base):
    """What is known of an id in the eyes of a workspace; no `facts` where it is being looked up or was forgotten.

    `version` counts how often it was forgotten, the last time at `forgotten`.
    """

    __tablename__ = "slack_known"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    workspace: Mapped[str] = mapped_column(String(32), primary_key=True)
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    until: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    version: Mapped[int] = mapped_column(Integer)
    forgotten: Mapped[dt.datetime | None] = mapped_column(Instant)


class Mark(NamedTuple):
    """How often something had been forgotten when a look-up of it began, and when for the last time."""

    version: int
    forgotten: dt.datetime | None


class Known:
    """The cache. Ids are Slack's: those of people, channels and groups never collide."""

    def __init__(self, database: Database, clock: Callable[[], dt.datetime] = now) -> None:
        self._database = database
        self._clock = clock

    async def get(self, workspace: str, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        """What is known of these, as far as it is."""
        valid = select(KnownRow.id, KnownRow.facts).where(
            KnownRow.id.in_(ids),
            KnownRow.workspace == workspace,
            KnownRow.facts.is_not(None),
            KnownRow.until > self._clock(),
        )
        async with self._database.reading() as session:
            return {each: facts for each, facts in await session.execute(valid) if facts is not None}

    async def begin(self, workspace: str, ids: Collection[str]) -> dict[str, Mark]:
        """Note that these are being looked up: from here on, an event that they changed leaves a mark."""
        async with self._database.writing() as session:
            marks = await self._marks(session, workspace, ids)
            # Sorted: two processes that take rows in different orders would wait for each other.
            if new := sorted(set(ids) - marks.keys()):
                about = {"workspace": workspace, "until": self._clock(), "version": 0}
                rows = [{"id": each, **about} for each in new]
                await insert_if_new_all(session, KnownRow, rows, unique=["id", "workspace"])
                marks = await self._marks(session, workspace, ids)
        return marks

    async def keep(
        self, workspace: str, found: Mapping[str, dict[str, Any]], marks: Mapping[str, Mark], life: dt.timedelta
    ) -> Sequence[str]:
        """Keep what was found, except of those that changed since the look-up began; returns the ids that are kept."""
        kept = []
        async with self._database.writing() as session:
            await session.execute(delete(KnownRow).where(KnownRow.until < self._clock() - LEFT_BEHIND))
            for each, facts in sorted(found.items()):
                unchanged = update(KnownRow).where(
                    KnownRow.id == each, KnownRow.workspace == workspace, KnownRow.version == marks[each].version
                )
                values = {"facts": facts, "until": self._until(marks[each], life)}
                kept += list(await session.scalars(unchanged.values(**values).returning(KnownRow.id)))
        return kept

    async def forget(self, *ids: str) -> None:
        """Forget what is known of these, in the eyes of any workspace."""
        # Slack tells of every change of anybody's status: it is to cost no place in the queue of writers where it is
        # about somebody whom nobody asked for. A look-up that is not seen here yet asks Slack after the change.
        async with self._database.reading() as session:
            found = (await session.scalars(select(KnownRow.id).where(KnownRow.id.in_(ids)))).all()
        if not found:
            return
        changes = {"facts": None, "version": KnownRow.version + 1, "forgotten": self._clock()}
        async with self._database.writing() as session:
            await session.execute(update(KnownRow).where(KnownRow.id.in_(found)).values(**changes))

    def _until(self, mark: Mark, life: dt.timedelta) -> dt.datetime:
        moment = self._clock()
        if mark.forgotten and moment - mark.forgotten < SETTLING:
            return moment + min(life, SETTLING)
        # Not all as long: the members of a large channel are not to be asked for all at once again.
        return moment + life * random.uniform(0.5, 1)  # noqa: S311 - nothing secret

    async def _marks(self, session: AsyncSession, workspace: str, ids: Collection[str]) -> dict[str, Mark]:
        rows = select(KnownRow.id, KnownRow.version, KnownRow.forgotten).where(
            KnownRow.id.in_(ids), KnownRow.workspace == workspace
        )
        return {each: Mark(version, forgotten) for each, version, forgotten in await session.execute(rows)}
