"""Where a document is."""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from ingest.fetching import Fetched, Fetcher, FetchError
from ingest.sources import Location


@dataclass(frozen=True)
class Place:
    """A document of a source: what its id is made of and people are shown, and how to get it.

    `fetch` raises FetchError.
    """

    location: Location
    fetch: Callable[[], Awaitable[Fetched]]


def listed(location: Location, fetcher: Fetcher) -> Place:
    """A document that is still to be fetched."""
    return Place(location, functools.partial(fetcher.fetch, location))


def fetched_already(location: Location, fetched: Fetched) -> Place:
    """A document that had to be fetched to find others."""

    async def fetch() -> Fetched:
        return replace(fetched, location=location)

    return Place(location, fetch)


def failing(location: Location, error: FetchError) -> Place:
    """A document that is not to be had."""

    async def fetch() -> Fetched:
        raise error

    return Place(location, fetch)
