"""Looks after published answers: has officers review those that may no longer hold, and the library hold the others."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Sequence

import structlog

from bot.database import now
from bot.desk.background import look_again
from bot.publishing.answer import AnswerState, IllegalAct, PublishedAnswer
from bot.publishing.courier import LibraryCourier
from bot.publishing.publishing import Publishing
from bot.publishing.rules import day, due_for_review
from bot.publishing.sources import Sources
from knowledge.library import Library
from knowledge.model import ANSWERS, Audience

log = structlog.get_logger(__name__)

PAUSE = 600.0
"""Seconds between two looks."""


class Upkeep:
    """Any number may run: what one has noted of an answer, the others don't note again."""

    def __init__(
        self,
        publishing: Publishing,
        courier: LibraryCourier,
        library: Library,
        clock: Callable[[], dt.datetime] = now,
        pause: float = PAUSE,
    ) -> None:
        self._publishing = publishing
        self._courier = courier
        self._library = library
        self._sources = Sources(library)
        self._clock = clock
        self._pause = pause

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop` is set."""
        await look_again(self.run_once, stop, self._pause, "upkeep.unreachable")

    async def run_once(self) -> Sequence[PublishedAnswer]:
        """Flag what has come to need review, each reason once; the answers that were flagged now. Then have the library
        hold exactly what is published: it may have been made anew, or be older than the database."""
        published = await self._publishing.list({AnswerState.PUBLISHED}, limit=None)
        flagged = []
        for audience in Audience:
            flagged += await self._flag([answer for answer in published if answer.audience is audience], audience)
        await self._restore({answer.document for answer in published})
        return flagged

    async def _flag(self, published: Sequence[PublishedAnswer], audience: Audience) -> list[PublishedAnswer]:
        # What the answer's readers may not read any longer is gone for them.
        current = await self._sources.current({source for each in published for source in each.sources}, audience)
        flagged = []
        for answer, concerns in due_for_review(published, day(self._clock()), current):
            with contextlib.suppress(IllegalAct):  # withdrawn meanwhile
                flagged.append(await self._publishing.flag(answer.id, concerns))
        return flagged

    async def _restore(self, published: set[str]) -> None:
        holdings = await self._library.holdings()
        whole = {id_ for id_, held in holdings.items() if id_.startswith(ANSWERS) and not held.source and held.digest}
        for document in sorted(published ^ whole):
            log.warning("upkeep.restored", document=document)
            await self._courier.bring(document.removeprefix(ANSWERS))
