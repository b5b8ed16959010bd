"""Brings the documents of a run in: several are fetched and read side by side, and put into the library in batches."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from ingest.changes import Change, Kind, change_of
from ingest.fetching import Fetched, FetchError
from ingest.finding import Place
from ingest.holdings import Held, Holdings
from ingest.ledger import Ledger, Record
from ingest.readers.reading import AudienceUnclear, ReadError
from ingest.removing import Removing
from ingest.report import Failure, Note, Progress, Report
from ingest.sources import Source
from ingest.splitting import Splitter, Understood
from knowledge.catalogue import Split
from knowledge.model import Audience

PIPELINE = 2
"""Raise it to have every document read anew."""

_log = logging.getLogger(__name__)

_AT_ONCE = 4
_WAITING = 8
_BATCH = 100
"""Passages put in at once, if so many wait: a commit of the indexes takes as long for one as for many."""
_SAYS = {"name", "kind", "audience", "language", "title", "area", "topic", "public_url", "reader", "team"}
"""What of a source is in its documents."""


@dataclass(frozen=True)
class _Ready:
    """A document to be put in: as it was read, what was known of it, and what is known now."""

    understood: Understood
    before: Held | None
    known: Record | None
    record: Record

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return Kind.ADDED
        return Kind.FOUND if self.known and self.known.missing else Kind.CHANGED


class Bringing:
    """One run's documents. Used as a context, which waits for all that has been started to be in the library."""

    def __init__(
        self,
        library: Holdings,
        splitter: Splitter,
        ledger: Ledger,
        removing: Removing,
        held: Mapping[str, Held],
        report: Report,
        clock: Callable[[], dt.datetime],
    ) -> None:
        self.gone: set[str] = set()
        """Documents whose server says that they are no longer there."""
        self.unreached: dict[str, str] = {}
        """Documents that could not be fetched otherwise, and why."""
        self.internal: set[str] = set()
        """The texts of the sections of internal documents that came in."""
        self._library = library
        self._splitter = splitter
        self._ledger = ledger
        self._removing = removing
        self._held = held
        self._report = report
        self._clock = clock
        self._known = ledger.records()
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._ready: asyncio.Queue[_Ready | None] = asyncio.Queue(_WAITING)
        self._group = asyncio.TaskGroup()
        self._progress: Progress | None = None
        self._listed = self._found = self._done = 0

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._group.create_task(self._put())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            await self._ready.put(None)
        await self._group.__aexit__(kind, error, trace)

    def watch(self, progress: Progress, listed: int) -> None:
        """Have `progress` told; `listed` documents are known of before anything is found."""
        self._progress, self._listed = progress, listed
        progress(0, listed, "")

    async def start(self, group: asyncio.TaskGroup, source: Source, id_: str, place: Place) -> None:
        """Begin to bring a document in, when it is its turn."""
        self._found += 1
        await self._turn.acquire()
        group.create_task(self._bring(source, id_, place))

    async def _bring(self, source: Source, id_: str, place: Place) -> None:
        title = str(place.location)
        try:
            fetched = await place.fetch()
            title = await self._understand(source, id_, fetched) or title
        except (FetchError, ReadError) as error:
            await self._fail(source, id_, place, error)
        except (OSError, sqlite3.Error):
            raise  # the disk, or what is kept on it
        except Exception as error:  # noqa: BLE001 - one document must not end the run of all
            _log.exception("ingest of %s broke", id_)
            what = f"{place.location}: cannot be brought in ({type(error).__name__}: {error}); report this"
            await self._fail(source, id_, place, FetchError(what))
        finally:
            self._turn.release()
            self._done += 1
            if self._progress:
                self._progress(self._done, max(self._listed, self._found), title)

    async def _understand(self, source: Source, id_: str, fetched: Fetched) -> str:
        known, held = self._known.get(id_), self._held.get(id_)
        recipe = _recipe(source, fetched)
        checked = self._clock()
        if known and held and (known.recipe, known.digest) == (recipe, held.digest) and not known.missing:
            await self._leave(known.model_copy(update={"checked": checked, "error": "", "source": source.name}))
            return known.title
        understood = await self._splitter.split(fetched, source)
        document = understood.document
        record = Record(
            document=id_,
            source=source.name,
            location=str(fetched.location),
            title=document.title,
            recipe=recipe,
            digest=document.digest,
            split=understood.digest,
            passages=len(understood.passages),
            checked=checked,
            changed=known.changed if known else None,
            reviewed=document.checked,
            notes=document.notes,
        )
        if known and held and (known.split, known.digest) == (record.split, held.digest):
            await self._leave(record)
        else:
            await self._ready.put(_Ready(understood, held, known, record.model_copy(update={"changed": checked})))
        return document.title

    async def _leave(self, record: Record) -> None:
        self._report.unchanged += 1
        self._count(record)
        await asyncio.to_thread(self._ledger.note, [record])

    def _count(self, record: Record) -> None:
        self._report.passages += record.passages
        self._report.notes += [Note(document=record.document, text=text) for text in record.notes]

    async def _fail(self, source: Source, id_: str, place: Place, error: FetchError | ReadError) -> None:
        held, reason = self._held.get(id_), str(error)
        if isinstance(error, FetchError) and error.is_gone and held:
            self.gone.add(id_)
        elif isinstance(error, FetchError):
            self.unreached[id_] = reason
        if held and held.audience is Audience.PUBLIC and source.audience is Audience.INTERNAL:
            await self._removing.remove(id_)
            reason += "; its public version was taken out, because the source is internal now"
        elif held and held.audience is Audience.PUBLIC and isinstance(error, AudienceUnclear):
            await self._removing.remove(id_)
            reason += "; its public version was taken out, because it may be meant to be internal now"
        self._report.failed.append(Failure(source=source.name, document=id_, reason=reason))
        blank = Record(document=id_, source=source.name, location=str(place.location), checked=self._clock())
        known = self._known.get(id_, blank)
        await asyncio.to_thread(self._ledger.note, [known.model_copy(update={"error": reason, "source": source.name})])

    async def _put(self) -> None:
        """Put in what is ready, until None comes."""
        going_on = True
        while going_on and (first := await self._ready.get()):
            batch = [first]
            while sum(len(each.understood.passages) for each in batch) < _BATCH and not self._ready.empty():
                if (another := self._ready.get_nowait()) is None:
                    going_on = False
                    break
                batch.append(another)
            await self._put_batch(batch)

    async def _put_batch(self, batch: list[_Ready]) -> None:
        changes = [await self._change(each) for each in batch]
        # First, so that a run that is broken off does not lose them: the next one finds nothing to compare with.
        await asyncio.to_thread(self._ledger.add_changes, [each for each in changes if each], self._clock())
        splits: list[Split] = [(each.understood.document, each.understood.passages) for each in batch]
        await self._library.put_all(splits)
        await asyncio.to_thread(self._ledger.note, [_noted(*each) for each in zip(batch, changes, strict=True)])
        for each, change in zip(batch, changes, strict=True):
            if each.understood.document.audience is Audience.INTERNAL:
                self.internal.update(section.text for section in each.understood.document.sections)
            self._report.changed += each.before is not None
            self._report.added += each.before is None
            self._report.changes += [change] if change else []
            self._count(each.record)

    async def _change(self, ready: _Ready) -> Change | None:
        document = ready.understood.document
        if ready.before is None and ready.known and ready.known.digest == document.digest and not ready.known.missing:
            return None  # the library had lost it
        before = await self._library.document(document.id) if ready.before else None
        change = change_of(ready.kind, document, before)
        is_seen = change.sections or change.was is not change.audience
        return change if change.kind is not Kind.CHANGED or is_seen else None


def _noted(ready: _Ready, change: Change | None) -> Record:
    """What is known of a document from now on. Where nothing that people read has changed, it is as old as it was."""
    if change or not (ready.before and ready.known):
        return ready.record
    return ready.record.model_copy(update={"changed": ready.known.changed})


def _recipe(source: Source, fetched: Fetched) -> str:
    """A hash of all that a document is made of."""
    parts = [
        str(PIPELINE),
        source.model_dump_json(include=_SAYS),
        fetched.digest,
        fetched.media_type,
        fetched.charset or "",
        fetched.url,
        *([json.dumps(asked)] if (asked := source.questions.get(source.document_id(fetched.location))) else []),
    ]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
