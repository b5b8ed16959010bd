"""A list of sources with all that can be wrong with one, and what runs have noted of them."""

from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

from ingest.changes import Change, Kind, SectionChange
from ingest.ledger import Ledger, Record, SourceRecord
from ingest.schedule import entry_of
from ingest.sources import load_sources
from knowledge.model import Audience

LIST = """
[[source]]
name = "Nettsidene"
site = "https://kommunen.example/naring/"
kind = "page"
audience = "public"
language = "nb"

[[source]]
name = "Veiledninger"
url = "https://kommunen.example/servering"
kind = "guidance"
audience = "public"
language = "nb"
owner = "Kari Berg"
review = "6 months"

[[source]]
name = "Rutiner"
url = "https://kommunen.example/rutiner"
kind = "routine"
audience = "internal"
language = "nb"

[[source]]
name = "Nyheter"
feed = "https://kommunen.example/rss"
kind = "page"
audience = "public"
language = "nb"
"""
NOW = dt.datetime.now(dt.UTC)
HOUR = dt.timedelta(hours=1)
DAY = NOW.date()
FAULT = "https://kommunen.example/naring/: answered 503; try again later"
EMPTY = "tom.md: is empty; bring in the whole file, or take it out of the source"
CHANGED = SectionChange(
    kind=Kind.CHANGED, anchor="gebyr", heading="Gebyr", before="Gebyret er 5 kr <b>.", after="Gebyret er 6 kr <b>."
)


def noted(folder: Path) -> Path:
    """Note what runs have found in the data directory; the list of sources."""
    file = folder / "sources.toml"
    file.write_text(LIST, encoding="utf-8")
    with contextlib.closing(Ledger(folder / "library" / "ledger.db")) as ledger:
        for source in load_sources(file)[:3]:
            failing = {"failures": 3, "error": FAULT} if source.name == "Nettsidene" else {"succeeded": NOW - 3 * HOUR}
            about = {"name": source.name, "entry": entry_of(source), "checked": NOW - 3 * HOUR, "due": NOW + 5 * HOUR}
            ledger.note_source(SourceRecord.model_validate(about | failing))
        ledger.note(
            [
                _record("guides/servering", "Servering", reviewed=DAY - dt.timedelta(days=400)),
                _record("guides/tobakk", "Tobakk", missing=DAY - dt.timedelta(days=3), reviewed=DAY),
                _record("guides/tom", "", error=EMPTY, digest="", passages=0, reviewed=DAY),
                _record("internal/skjenkekontroll", "Skjenkekontroll", source="Rutiner", notes=("a scan",)),
            ]
        )
        ledger.add_changes([_change(Kind.ADDED, name) for name in ("guides/servering", "guides/tobakk")], NOW - HOUR)
        ledger.add_changes([_change(Kind.CHANGED, "guides/servering", CHANGED)], NOW - HOUR / 2)
        ledger.add_changes([_change(Kind.REMOVED, "guides/borte")], NOW - HOUR / 4)
    return file


def _record(document: str, title: str, **values: object) -> Record:
    about = {"document": document, "title": title, "source": "Veiledninger", "location": document, "checked": NOW}
    return Record.model_validate({**about, "digest": "x", "passages": 2, **values})


def _change(kind: Kind, document: str, *sections: SectionChange) -> Change:
    title = document.rpartition("/")[2].title()
    about = {"kind": kind, "document": document, "source": "Veiledninger", "title": title, "sections": sections}
    return Change.model_validate({**about, "audience": Audience.PUBLIC})
