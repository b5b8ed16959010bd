"""Finds what a source consists of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from ingest.addresses import host_of, normal
from ingest.fetching import Fetcher, FetchError
from ingest.finding.archives import Archives
from ingest.finding.crawl import Crawl
from ingest.finding.lists import listed_in_feed, listed_in_sitemap
from ingest.finding.lovdata import Laws
from ingest.finding.place import Place, failing, listed
from ingest.finding.robots import Robots
from ingest.sources import Source


class Finder:
    """Finds the documents of a source. `cache` is a folder for archives; it may be deleted at any time."""

    def __init__(self, fetcher: Fetcher, cache: Path) -> None:
        self._fetcher = fetcher
        self._laws = Laws(fetcher, Archives(fetcher, cache))

    def find(self, source: Source) -> AsyncIterator[Place]:
        """Each document that the source consists of now, as it is found; pages are asked for only once in doing so.

        Raises FetchError where it could not be found out, or not to the end: what isn't among those found may still
        be there.
        """
        match source.place:
            case "site":
                return self._by_links(source, source.site or "")
            case "sitemap":
                return self._by_sitemap(source, source.sitemap or "")
            case "feed":
                return self._by_feed(source, source.feed or "")
            case "lovdata":
                return self._laws.places(source)
            case _:
                return self._as_listed(source)

    async def _as_listed(self, source: Source) -> AsyncIterator[Place]:
        for location in source.locations:
            yield listed(location, self._fetcher)
        for file, reason in source.left_out:
            yield failing(file, FetchError(reason))
        if not source.locations:
            what = "there is no file there that is read"
            raise FetchError(f"{source.folder / (source.path or '')}: {what}; correct the path, or put files there")

    async def _by_links(self, source: Source, start: str) -> AsyncIterator[Place]:
        crawl = Crawl(self._fetcher, Robots(self._fetcher), source, depth=source.depth, home=host_of(start))
        async for place in crawl.places([normal(start) or start]):
            yield place

    async def _by_sitemap(self, source: Source, sitemap: str) -> AsyncIterator[Place]:
        crawl = Crawl(self._fetcher, Robots(self._fetcher), source, home=host_of(sitemap))
        pages = await listed_in_sitemap(self._fetcher, sitemap)
        async for place in crawl.places(page for page in pages if crawl.fits(page)):
            yield place

    async def _by_feed(self, source: Source, feed: str) -> AsyncIterator[Place]:
        crawl = Crawl(self._fetcher, Robots(self._fetcher), source)
        entries = [entry for entry in await listed_in_feed(self._fetcher, feed) if crawl.fits(entry)]
        async for place in crawl.places(entries[: source.limit]):
            yield place
