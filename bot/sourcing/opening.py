"""What knows the sources and brings their documents in, put together: the composition root's part for sources."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from bot.data_dir import open_data_dir
from bot.desk.background import Job
from bot.metrics import new_registry
from bot.settings import Settings
from bot.sourcing.ledger import open_ledger
from bot.sourcing.listing import Listing
from bot.sourcing.measuring import IngestMetrics, SourceMetrics
from bot.sourcing.schedule import ScheduledIngest
from ingest.fetching import Fetcher, open_client
from ingest.finding import Finder
from ingest.http_cache import HttpCache
from ingest.ledger import Ledger
from ingest.pipeline import Pipeline
from ingest.splitting import ProcessSplitter
from knowledge.library import Library


@dataclass(frozen=True)
class Sourcing:
    """The list of sources, what is known of them, what is measured, and what looks at them when they are due."""

    listing: Listing
    ledger: Ledger
    registry: CollectorRegistry
    jobs: Sequence[Job]
    scheduled: bool
    """Sources are looked at when they are due, by this process or another; else whoever operates it does that."""


@contextlib.asynccontextmanager
async def open_sourcing(settings: Settings, library: Library) -> AsyncIterator[Sourcing]:
    """What a process that stays up has of the sources. Raises DataDirError."""
    listing, registry = Listing(settings.sources), new_registry()
    path = (open_data_dir(settings) / "library" if settings.indexing else library.folder) / "ledger.db"
    with contextlib.closing(Ledger(path, frozen=not settings.indexing)) as ledger:
        registry.register(SourceMetrics(listing, ledger))
        open_one = functools.partial(open_pipeline, settings, library)
        ingest = ScheduledIngest(
            listing, ledger, library, open_one, IngestMetrics(registry), scheduled=settings.scheduled_ingest
        )
        yield Sourcing(listing, ledger, registry, [ingest] if settings.indexing else [], settings.scheduled_ingest)


@contextlib.asynccontextmanager
async def open_pipeline(settings: Settings, library: Library) -> AsyncIterator[Pipeline]:
    """What brings documents into the library. Raises DataDirError."""
    cache = open_data_dir(settings) / "cache"
    async with open_client() as client:
        fetcher = Fetcher(
            client,
            allow_private=settings.allow_private_addresses,
            contact=settings.public_url,
            cache=HttpCache(cache / "pages.db"),
        )
        splitter = ProcessSplitter()
        try:
            with open_ledger(settings) as ledger:
                yield Pipeline(library, Finder(fetcher, cache / "archives"), splitter, ledger)
        finally:
            await asyncio.to_thread(splitter.close)  # ending processes takes a moment
