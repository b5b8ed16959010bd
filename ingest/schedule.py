"""When a source is looked at again."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from collections.abc import Mapping, Sequence

from ingest.ledger import SourceRecord
from ingest.sources import Source

_FIRST_RETRY = dt.timedelta(minutes=5)
_JITTER = 0.1
"""Of the wait, so that sources that came in together are not asked for together for ever."""


def next_check(source: Source, now: dt.datetime, failures: int, chance: random.Random) -> dt.datetime:
    """When the source is due after a look at it now; `failures` are those in a row, this one included.

    One that failed is tried again soon, then ever later, but never later than one that did not.
    """
    wait = min(source.every, _FIRST_RETRY * 2 ** min(failures - 1, 20)) if failures else source.every
    return now + wait * (1 + chance.uniform(-_JITTER, _JITTER))


def entry_of(source: Source) -> str:
    """A hash of what is listed: another one means that the source says something else, or has other files."""
    return hashlib.sha256(source.model_dump_json().encode()).hexdigest()[:16]


def due(sources: Sequence[Source], known: Mapping[str, SourceRecord], now: dt.datetime) -> list[Source]:
    """Those of the sources that are to be looked at now: also what was never looked at, and what is listed otherwise
    since, such as for staff only."""
    return [source for source in sources if _is_due(source, known.get(source.name), now)]


def _is_due(source: Source, record: SourceRecord | None, now: dt.datetime) -> bool:
    return record is None or record.entry != entry_of(source) or record.due <= now
