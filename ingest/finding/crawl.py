"""Follows links from page to page."""

from __future__ import annotations

import asyncio
import functools
from collections import deque
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

from ingest.addresses import Key, host_of, key_of, normal
from ingest.fetching import Fetched, Fetcher, FetchError
from ingest.finding.page import HTML, Page, read_page
from ingest.finding.place import Place, failing, fetched_already
from ingest.finding.robots import Disallowed, Robots
from ingest.sources import Source

_ATTACHED = {
    ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_NO_PAGES = {
    *(".jpg .jpeg .png .gif .svg .webp .ico .tif .tiff .css .js .json .xml .rss .woff .woff2 .ttf".split()),
    *(".zip .gz .7z .mp3 .mp4 .mov .avi .wav .doc .xls .xlsx .ppt .pptx .odt .ods .csv .ics .vcf .eml .exe".split()),
    *(".dwg .sos .sosi .epub".split()),
}
_WAITING = 20
"""How many more addresses than the limit are held: some sites make up new ones without end."""


@dataclass(frozen=True)
class _Step:
    address: str
    depth: int
    is_start: bool = False

    @property
    def suffix(self) -> str:
        return PurePosixPath(httpx.URL(self.address).path).suffix.lower()


class Crawl:
    """The pages at `starts`, and those at most `depth` links away, of the same host where `home` says which."""

    def __init__(
        self, fetcher: Fetcher, robots: Robots, source: Source, *, depth: int = 0, home: str | None = None
    ) -> None:
        self._fetcher = fetcher
        self._robots = robots
        self._source = source
        self._depth = depth
        self._home = home
        self._waiting: deque[_Step] = deque()
        self._seen: set[Key] = set()
        self._found: set[Key] = set()
        self._deferred: list[tuple[Key, Place]] = []
        self._unknown: list[FetchError] = []

    async def places(self, starts: Iterable[str]) -> AsyncIterator[Place]:
        """What is found, nearest first.

        Raises FetchError where it could not be found out, or not to the end.
        """
        steps = (_Step(start, 0, is_start=self._source.place == "site") for start in starts)
        await asyncio.to_thread(self._await, steps)
        is_empty = True
        for _ in range(self._source.limit):
            if not self._waiting:
                break
            async for place in self._visit(self._waiting.popleft()):
                is_empty = False
                yield place
        for place in self._still_deferred():
            is_empty = False
            yield place
        if self._unknown:
            number = len(self._unknown)
            what = f"because {number} failed so, not all that they lead to is known"
            raise FetchError(f"{self._unknown[0]}; {what}: exclude what always does")
        if self._waiting:
            what = f"is beyond the limit of {self._source.limit} pages, as is what comes after it"
            advice = "raise limit, or narrow the source with include and exclude"
            raise FetchError(f"{self._waiting[0].address}: {what}; {advice}")
        if is_empty and self._home:
            place = getattr(self._source, self._source.place)
            raise FetchError(f"{place}: leads to no page that is to be brought in; see to include, exclude and noindex")

    def fits(self, address: str, *, as_page: bool = True) -> bool:
        """Whether the source is to have what stands there, as far as its address tells."""
        path = unquote(httpx.URL(address).path)
        wanted = not as_page or _matches(path, self._source.include)
        return self._is_home(address) and wanted and not _matches(path, self._source.exclude)

    def _is_home(self, address: str) -> bool:
        return self._home is None or host_of(address) == self._home

    def _await(self, steps: Iterable[_Step]) -> None:
        for step in steps:
            if len(self._waiting) > self._source.limit * _WAITING:
                return
            key = key_of(step.address)
            if key not in self._seen:
                self._seen.add(key)
                self._waiting.append(step)

    async def _visit(self, step: _Step) -> AsyncIterator[Place]:
        try:
            await self._robots.check(step.address)
            if step.suffix in _ATTACHED:
                yield Place(step.address, functools.partial(self._attached, step))
                return
            address, fetched = await self._fetch(step)
        except FetchError as error:
            if step.is_start:
                raise
            if error.is_gone:
                return
            if not isinstance(error, Disallowed) and (step.depth < self._depth or self._source.attachments):
                self._unknown.append(error)
            yield failing(step.address, error)
            return
        key = key_of(address)
        if not self._is_home(address) or (key in self._seen and key != key_of(step.address)):
            return
        self._seen.add(key)
        place = fetched_already(address, fetched)
        if fetched.media_type in HTML:
            is_wanted = await asyncio.to_thread(self._heed, fetched, step, place)
        else:
            is_wanted = fetched.media_type in _ATTACHED.values() and self._source.attachments
        if is_wanted:
            self._found.add(key)
            yield place

    async def _fetch(self, step: _Step) -> tuple[str, Fetched]:
        fetched = await self._fetcher.fetch(step.address)
        address = normal(fetched.url) or step.address
        if step.is_start and not self._is_home(address):
            raise FetchError(f"{step.address}: leads to {address}, another host; write that address")
        if self._is_home(address) and key_of(address) != key_of(step.address):
            await self._robots.check(address)
        return address, fetched

    async def _attached(self, step: _Step) -> Fetched:
        address, fetched = await self._fetch(step)
        if not self._is_home(address):
            raise FetchError(f"{step.address}: leads to {address}, another host; list it as a url if it should be had")
        return fetched

    def _heed(self, fetched: Fetched, step: _Step, place: Place) -> bool:
        """Note what a page leads to, and say whether the page itself is wanted."""
        page, address = read_page(fetched), str(place.location)
        if page.is_followed:
            self._await(self._onward(step, page))
        if not page.is_indexed or not self.fits(address):
            return False
        canonical = page.canonical
        if canonical is None or key_of(canonical) == key_of(address) or not self.fits(canonical):
            return True
        self._await([_Step(canonical, step.depth)])
        self._deferred.append((key_of(canonical), place))
        return False

    def _still_deferred(self) -> Iterable[Place]:
        """Pages that say that they really stand elsewhere, where there is nothing."""
        for canonical, place in self._deferred:
            key = key_of(str(place.location))
            if not {canonical, key} & self._found:
                self._found |= {canonical, key}
                yield place

    def _onward(self, step: _Step, page: Page) -> Iterable[_Step]:
        for link in page.links:
            onward = _Step(link, step.depth + 1)
            if onward.suffix in _ATTACHED:
                if self._source.attachments and self.fits(link, as_page=False):
                    yield onward
            elif step.depth < self._depth and onward.suffix not in _NO_PAGES and self.fits(link):
                yield onward


def _matches(path: str, patterns: Iterable[str]) -> bool:
    """Whether a path fits a pattern; a folder's own page fits the pattern of what is in it."""
    return any(fnmatchcase(path, pattern) or fnmatchcase(f"{path.rstrip('/')}/", pattern) for pattern in patterns)
