"""What sections of a document said at some time, and what they say since, for who has to judge whether that matters."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Collection

from pydantic import BaseModel, ConfigDict

from ingest.changes import SectionChange, diff
from ingest.ledger import Ledger


class Revision(BaseModel):
    """A section: its heading, and the words in reading order as (sign, text): " " is in both versions, "-" only in the
    one before, "+" only in the one after."""

    model_config = ConfigDict(frozen=True)

    anchor: str
    heading: str
    words: tuple[tuple[str, str], ...]


class Revisions:
    """Looks them up in the ledger, which forgets what is older than a year."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def since(self, document: str, moment: dt.datetime, anchors: Collection[str] = ()) -> tuple[Revision, ...]:
        """How these sections, or without any named all that the document had then, have changed since that moment: all
        of it at once, however often they did."""
        return await asyncio.to_thread(self._since, document, moment, frozenset(anchors))

    def _since(self, document: str, moment: dt.datetime, anchors: frozenset[str]) -> tuple[Revision, ...]:
        found: dict[str, list[SectionChange]] = {}
        for noted in self._ledger.changes_of(document, moment):
            for section in noted.change.sections:
                found.setdefault(section.anchor, []).append(section)
        wanted = {
            each: changes for each, changes in found.items() if each in anchors or (not anchors and changes[0].before)
        }
        return tuple(_revision(changes) for changes in wanted.values() if changes[0].before != changes[-1].after)


def _revision(changes: list[SectionChange]) -> Revision:
    first, last = changes[0], changes[-1]
    return Revision(anchor=last.anchor, heading=last.heading, words=tuple(diff(first.before, last.after)))
