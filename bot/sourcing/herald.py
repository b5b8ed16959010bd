"""Tells whom it concerns what has changed in the sources: who works on cases that cite it, and officers."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, now
from bot.desk.background import look_again
from bot.desk.case import Case, Event, IllegalMove
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter
from bot.desk.outbox import Outbox
from bot.desk.store import CaseNotFound
from bot.sourcing import bulletin
from bot.sourcing.concerned import UNSETTLED, told
from bot.sourcing.dealt import last_dealt, move_on
from ingest.changes import Kind
from ingest.ledger import Ledger, Noted

PAUSE = 30.0
"""Seconds between two looks."""
CALM = dt.timedelta(minutes=2)
"""While changes come closer to each other than this, more are waited for: one run of bringing in, one message."""
PATIENCE = dt.timedelta(minutes=30)
"""But no longer than this."""

_AT_ONCE = 10_000
_PAGE = 500


class Herald:
    """Any number may run, and be killed at any point: every change is dealt with once.

    `platforms` are those whose officers get a message for each run that changed something.
    `review` is called after that: to have published answers looked at, which their own upkeep would come to later.
    """

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        desk: Desk,
        ledger: Ledger,
        review: Callable[[], Awaitable[object]],
        platforms: Sequence[str] = (),
        *,
        clock: Callable[[], dt.datetime] = now,
        pause: float = PAUSE,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._desk = desk
        self._ledger = ledger
        self._review = review
        self._platforms = platforms
        self._clock = clock
        self._pause = pause

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop` is set."""
        await look_again(self.look, stop, self._pause, "herald.unreachable")

    async def look(self) -> int:
        """Deal with what has changed since the last time; how many changes that were: none while more may come."""
        async with self._database.reading() as session:
            before = await last_dealt(session, self._ledger.id)
        noted = await asyncio.to_thread(self._news, before)
        if not noted or not self._is_calm(noted):
            return 0
        concerned = await self._concerned(noted)
        async with self._database.writing() as session:
            if not await move_on(session, self._ledger.id, before, noted[-1].number):
                return 0
            is_first = before is None or noted[0].number <= before
            for platform in self._platforms:
                await self._outbox.put(session, bulletin.owed(noted, platform, brief=is_first))
            await self._tell(session, concerned)
        await self._review()
        return len(noted)

    def _news(self, before: int | None) -> Sequence[Noted]:
        last = self._ledger.last_changes(1)
        # Numbers that are lower than before are of an older copy, put back in its place.
        is_back = before is not None and bool(last) and last[0].number < before
        return self._ledger.changes(0 if is_back else before or 0, _AT_ONCE)

    def _is_calm(self, noted: Sequence[Noted]) -> bool:
        moment = self._clock()
        return noted[-1].at + CALM <= moment or noted[0].at + PATIENCE <= moment

    async def _concerned(self, noted: Sequence[Noted]) -> Sequence[tuple[Case, Event]]:
        """The cases that something of this is to."""
        telling = [each for each in noted if each.change.kind is not Kind.ADDED]
        found: list[tuple[Case, Event]] = []
        moment = self._clock()
        before: int | None = None
        while telling and (cases := await self._desk.find(CaseFilter(states=UNSETTLED), _PAGE, before)):
            found += [(case, event) for case in cases for each in telling if (event := told(case, each, moment))]
            before = cases[-1].number
        return found

    async def _tell(self, session: AsyncSession, concerned: Sequence[tuple[Case, Event]]) -> None:
        async with self._desk.changing(session) as cases:
            if concerned:
                await cases.several()
            for case, event in concerned:
                # Whoever has closed it meanwhile needs to know nothing of it.
                with contextlib.suppress(IllegalMove, CaseNotFound):
                    await cases.once(case.id, event)
