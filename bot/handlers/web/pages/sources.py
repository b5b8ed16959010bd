"""The sources: how it stands with each, and what has changed in their documents."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby, islice

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.database import now
from bot.handlers.web.identity import Identity
from bot.handlers.web.rendering import Rendering
from bot.sourcing.excerpting import excerpt
from bot.sourcing.opening import Sourcing
from bot.sourcing.standing import Standing, State, review_by, standings
from ingest.changes import Kind, SectionChange, diff
from ingest.ledger import Noted

MOST = 30
"""Changes, those that look alike as one."""
_DOCUMENTS = 100
"""Of each sort that a source lists."""
_READ = 300
_SECTIONS = 20
"""Of a document whose words are compared; of more, only the headings are told."""


_Words = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Compared:
    """A section: what happened to it, and its words as (sign, text), none where there are too many sections."""

    kind: Kind
    anchor: str
    heading: str
    words: _Words


@dataclass(frozen=True)
class Shown:
    """A change with its sections compared, or several of the same kind, source and day that have none."""

    noted: Sequence[Noted]
    sections: Sequence[Compared]


class SourcePages:
    """Shows the sources to those who work for the municipality."""

    def __init__(self, rendering: Rendering, identity: Identity, sourcing: Sourcing) -> None:
        self._rendering = rendering
        self._identity = identity
        self._sourcing = sourcing
        # What has changed stays as it was told, and to compare it is most of what a view takes.
        self._words = functools.lru_cache(MOST * _SECTIONS)(_words)

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [Route("/kilder", self.show)]

    async def show(self, request: Request) -> Response:
        """All sources, those that somebody has to do something about first, and the last changes. For outsiders there
        is no such page."""
        if not self._identity.visitor(request).insider:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        moment = now()
        listed = await asyncio.to_thread(self._sourcing.listing.read)
        found = await asyncio.to_thread(standings, listed.sources, self._sourcing.ledger, moment)
        return await self._rendering.page(
            request,
            "source_list.html",
            fault=listed.fault,
            standings=sorted(found, key=_urgency),
            scheduled=self._sourcing.scheduled,
            review_by=review_by,
            removed_on=_removed_on,
            most=_DOCUMENTS,
            changes=await asyncio.to_thread(self._changes),
        )

    def _changes(self) -> list[Shown]:
        return list(islice(_shown(self._sourcing.ledger.last_changes(_READ), self._words), MOST))


def _urgency(standing: Standing) -> tuple[bool, int, str]:
    return not standing.overdue, list(State).index(standing.state), standing.source.name.casefold()


def _removed_on(standing: Standing, missing: dt.date) -> dt.date:
    return missing + dt.timedelta(days=standing.source.keep)


def _words(before: str, after: str) -> _Words:
    return tuple(excerpt(diff(before, after)))


def _shown(noted: Sequence[Noted], words: Callable[[str, str], _Words]) -> Iterator[Shown]:
    for _, group in groupby(noted, key=_likeness):
        alike = tuple(group)
        yield Shown(alike, tuple(_compared(alike[0].change.sections, words)))


def _likeness(noted: Noted) -> tuple[object, ...]:
    change = noted.change
    return (noted.number,) if change.sections else (change.kind, change.source, noted.at.date())


def _compared(sections: Sequence[SectionChange], words: Callable[[str, str], _Words]) -> Iterator[Compared]:
    for number, section in enumerate(sections):
        said = words(section.before, section.after) if number < _SECTIONS else ()
        yield Compared(section.kind, section.anchor, section.heading, said)
