"""What officers read of everything that has changed in the sources since the last time. Pure."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.outbox import Delivery
from ingest.changes import Change, Kind
from ingest.ledger import Noted
from knowledge.model import Audience

KIND = "sources.changed"
"""The kind of these deliveries."""
MOST = 20
"""The most documents that are named."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Item(_Value):
    """A document, what happened to it, and the headings of the sections that were touched. Nothing of its text."""

    kind: Kind
    document: str
    title: str
    audience: Audience
    headings: tuple[str, ...] = ()


class Bulletin(_Value):
    """How many documents each thing happened to, by audience, and the first of them; none where all is new."""

    counts: Mapping[Audience, Mapping[Kind, int]]
    items: tuple[Item, ...] = ()

    def seen_by(self, audiences: Collection[Audience]) -> Bulletin:
        """What readers of these audiences may see of it."""
        return Bulletin(
            counts={audience: counts for audience, counts in self.counts.items() if audience in audiences},
            items=tuple(item for item in self.items if item.audience in audiences)[:MOST],
        )

    @property
    def totals(self) -> Mapping[Kind, int]:
        """How many documents each thing happened to."""
        return sum((Counter(counts) for counts in self.counts.values()), Counter[Kind]())

    @property
    def unnamed(self) -> int:
        """How many documents are only counted."""
        return sum(self.totals.values()) - len(self.items)


def bulletin(changes: Sequence[Change], *, brief: bool = False) -> Bulletin:
    """Of these changes, the oldest first. `brief`: no document is named."""
    items = [_item(of_one) for of_one in _by_document(changes).values()]
    counts = {audience: Counter(item.kind for item in items if item.audience is audience) for audience in Audience}
    places = {audience: itertools.count() for audience in Audience}
    named = tuple(item for item in items if next(places[item.audience]) < MOST)
    return Bulletin(counts=counts, items=() if brief else named)


def owed(noted: Sequence[Noted], platform: str, *, brief: bool) -> Delivery:
    """What is owed to the officers of that platform because of these changes, of which there is at least one."""
    told = bulletin([each.change for each in noted], brief=brief)
    last = noted[-1]
    # Numbers begin anew with a new ledger: the moment tells them apart.
    key = f"{KIND}:{last.number}:{last.at.isoformat()}:{platform}"
    return Delivery(kind=KIND, platform=platform, key=key, payload=told.model_dump(mode="json"), lane=KIND)


def _by_document(changes: Sequence[Change]) -> Mapping[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for change in changes:
        found.setdefault(change.document, []).append(change)
    return found


def _item(changes: Sequence[Change]) -> Item:
    last = changes[-1]
    is_new = changes[0].kind is Kind.ADDED and last.kind is Kind.CHANGED
    headings = [section.heading for change in changes for section in change.sections if section.heading]
    # Headings of its internal past are no news for who could not read it then.
    is_internal = any(Audience.INTERNAL in {change.audience, change.was} for change in changes)
    return Item(
        kind=Kind.ADDED if is_new else last.kind,
        document=last.document,
        title=last.title,
        audience=Audience.INTERNAL if is_internal else Audience.PUBLIC,
        headings=() if is_new else tuple(dict.fromkeys(headings)),
    )
