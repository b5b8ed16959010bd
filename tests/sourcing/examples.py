"""What the tests of changed sources are about: a guide in versions, what a run notes of it, and who tells of that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.sourcing.herald import Herald
from ingest.changes import Change, Kind, change_of
from ingest.ledger import Ledger
from knowledge.model import Audience, Citation, Document, Section

NOW = dt.datetime(2036, 11, 26, 12, tzinfo=dt.UTC)
"""After any case that a test opens by the real clock."""


def guide(id_: str = "guides/ute", audience: Audience = Audience.PUBLIC, **sections: str) -> Document:
    """A guide with a section for each name, which says that."""
    return Document(
        id=id_,
        title=id_.rpartition("/")[2].title(),
        kind="guidance",
        audience=audience,
        language="nb",
        sections=tuple(Section(anchor=name, heading=name.title(), text=text) for name, text in sections.items()),
    )


BEFORE = guide(tid="Til klokka 23.", stoy="Høyst 50 desibel.")
AFTER = guide(tid="Til klokka 02.", stoy="Høyst 50 desibel.")
CHANGE = change_of(Kind.CHANGED, AFTER, BEFORE)


def citation(section: str = "tid", document: str = "guides/ute") -> Citation:
    """A citation of the guide's section."""
    return Citation(
        document=document,
        section=section,
        title=f"Ute – {section.title()}",
        url=f"https://bot.example.no/kilde/{document}#{section}",
        quote="Til klokka 23.",
    )


class Newsroom:
    """A ledger with changes in it, and heralds of them over databases."""

    def __init__(self, ledger: Ledger, platform: str = "slack") -> None:
        self.ledger = ledger
        self.now = NOW
        self.reviews = 0
        self._platform = platform

    def note(self, *changes: Change, ago: float = 10.0) -> None:
        """Have a run note that, so many minutes ago."""
        self.ledger.add_changes(changes, self.now - dt.timedelta(minutes=ago))

    def herald(self, database: Database, outbox: Outbox, desk: Desk, pause: float = 30.0) -> Herald:
        platforms = [self._platform] if self._platform else []
        return Herald(database, outbox, desk, self.ledger, self._review, platforms, clock=lambda: self.now, pause=pause)

    async def _review(self) -> Sequence[object]:
        self.reviews += 1
        return ()
