"""A list of sources, a web site that one of them is about, a library, and what looks at them when they are due."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import random
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry, generate_latest

from bot.sourcing.listing import Listing
from bot.sourcing.measuring import IngestMetrics, SourceMetrics
from bot.sourcing.schedule import ScheduledIngest
from bot.sourcing.standing import Standing, standings
from ingest.fetching import Fetcher, Pace
from ingest.finding import Finder
from ingest.ledger import Ledger
from ingest.pipeline import Pipeline
from ingest.readers.choice import READERS
from ingest.splitting import ThreadSplitter
from knowledge.library import Library
from tests.peers.site import Site

LIST = """
[[source]]
name = "Veiledninger"
path = "guides/*"
kind = "guidance"
audience = "public"
language = "nb"
review = "6 months"

[[source]]
name = "Kommunen"
url = "{url}/skilt.html"
kind = "page"
audience = "public"
language = "nb"
every = "1 hour"
owner = "Kari Berg"
"""
GUIDE = "---\ntitle: Torg\nchecked: 2026-11-01\n---\n# Torg\n\n## Leie\n\nTorgplass koster 500 kroner.\n"


class District:
    """What a test changes, and what comes of it."""

    def __init__(self, folder: Path, library: Library, site: Site) -> None:
        self.folder, self.library, self.site = folder, library, site
        self.file = folder / "sources.toml"
        self.listing = Listing(self.file)
        self.ledger = Ledger(folder / "ledger.db")
        self.registry = CollectorRegistry()
        self.now = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
        self.opened = asyncio.Event()
        self.write(LIST)
        (folder / "guides").mkdir()
        (folder / "guides" / "torg.md").write_text(GUIDE, encoding="utf-8")
        self.registry.register(SourceMetrics(self.listing, self.ledger, self.clock))
        self._metrics = IngestMetrics(self.registry)

    def clock(self) -> dt.datetime:
        return self.now

    def write(self, listed: str) -> None:
        """Put that in place of the list."""
        self.file.write_text(listed.format(url=self.site.url), encoding="utf-8")

    def schedule(self, pause: float = 0.02) -> ScheduledIngest:
        """What looks at the sources."""
        opening, chance = self._open_pipeline, random.Random(1)
        return ScheduledIngest(
            self.listing, self.ledger, self.library, opening, self._metrics, self.clock, pause, chance
        )

    def standing(self, name: str) -> Standing:
        """How it stands with a source."""
        found = standings(self.listing.read().sources, self.ledger, self.now)
        return next(each for each in found if each.source.name == name)

    def measured(self, name: str) -> float | None:
        """A number, by its name and labels as Prometheus reads them."""
        lines = (line.rpartition(" ") for line in generate_latest(self.registry).decode().splitlines())
        return next((float(value) for what, _, value in lines if what == name), None)

    @contextlib.asynccontextmanager
    async def _open_pipeline(self) -> AsyncIterator[Pipeline]:
        self.opened.set()
        async with httpx.AsyncClient(trust_env=False) as client:
            fetcher = Fetcher(client, allow_private=True, attempts=1, pace=Pace(0.0))
            finder, splitter = Finder(fetcher, self.folder / "cache"), ThreadSplitter(READERS)
            yield Pipeline(self.library, finder, splitter, self.ledger, self.clock, random.Random(1))
