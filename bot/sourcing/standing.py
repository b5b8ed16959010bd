"""How it stands with each source: when it was looked at, what it has, what is wrong with it."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.ledger import Ledger, Record, SourceRecord
from ingest.schedule import due
from ingest.sources import Source


class State(enum.StrEnum):
    """The most pressing of what can be said of a source."""

    FAILING = "failing"
    """It, or a document of it, could not be brought in the last time."""
    MISSING = "missing"
    """Documents of it have vanished, and are kept for a while."""
    DUE = "due"
    """It is to be looked at now."""
    OK = "ok"


@dataclass(frozen=True)
class Standing:
    """A source, what is known of it (nothing, where it was never looked at), and its documents.

    `overdue` are those that somebody should have read again by now.
    """

    source: Source
    state: State
    record: SourceRecord | None
    documents: Sequence[Record]
    overdue: Sequence[Record]

    @property
    def held(self) -> Sequence[Record]:
        """The documents that have ever been brought in, and are there."""
        return [document for document in self.documents if document.digest]

    @property
    def passages(self) -> int:
        """How many the documents have."""
        return sum(document.passages for document in self.documents)

    @property
    def failed(self) -> Sequence[Record]:
        """The documents that could not be brought in the last time."""
        return [document for document in self.documents if document.error]

    @property
    def missing(self) -> Sequence[Record]:
        """The documents that the source no longer has."""
        return [document for document in self.documents if document.missing]

    @property
    def error(self) -> str:
        """What went wrong the last time, in a line or two; empty where nothing did."""
        of_source = self.record.error if self.record else ""
        more = f" (and {len(self.failed) - 1} more documents)" if len(self.failed) > 1 else ""
        return of_source or (self.failed[0].error + more if self.failed else "")

    @property
    def where(self) -> str:
        """Where its documents are, as the list says it."""
        value = getattr(self.source, self.source.place)
        return value if isinstance(value, str) else ", ".join(value)


def standings(sources: Sequence[Source], ledger: Ledger, now: dt.datetime) -> list[Standing]:
    """How it stands with each of the sources. Blocking."""
    known = ledger.sources()
    documents: dict[str, list[Record]] = {source.name: [] for source in sources}
    for record in ledger.records().values():
        if record.source in documents:
            documents[record.source].append(record)
    pressing = {source.name for source in due(sources, known, now)}
    return [
        _standing(source, known.get(source.name), documents[source.name], now, is_due=source.name in pressing)
        for source in sources
    ]


def review_by(source: Source, record: Record) -> dt.date | None:
    """The day by which somebody must have read the document again, counted from when that was last done, or else from
    when it last changed; None where the source asks for no review."""
    if source.review is None:
        return None
    last = record.reviewed or (record.changed or record.checked).date()
    return last + source.review


def _standing(
    source: Source, record: SourceRecord | None, documents: Sequence[Record], now: dt.datetime, *, is_due: bool
) -> Standing:
    limits = ((document, review_by(source, document)) for document in documents)
    overdue = [document for document, limit in limits if limit and limit < now.date()]
    return Standing(source, _state(record, documents, is_due=is_due), record, documents, overdue)


def _state(record: SourceRecord | None, documents: Sequence[Record], *, is_due: bool) -> State:
    if (record and record.error) or any(document.error for document in documents):
        return State.FAILING
    if any(document.missing for document in documents):
        return State.MISSING
    return State.DUE if is_due else State.OK
