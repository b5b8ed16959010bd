"""What the owners of sites ask of those who follow links: robots.txt."""

from __future__ import annotations

import asyncio

import httpx
from protego import Protego

from ingest.addresses import host_of
from ingest.fetching import Fetcher, FetchError
from ingest.fetching.fetcher import AGENT

_LONGEST_DELAY = 60.0
_READ = 512 * 1024
"""What stands further down is not heeded by anybody (RFC 9309, 2.5)."""


class Disallowed(FetchError):
    """The owner of a site does not want a page to be fetched."""


class Robots:
    """What the robots.txt of each host allows, asked for once."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher
        self._rules: dict[str, Protego] = {}

    async def check(self, address: str) -> None:
        """Raise Disallowed where the page is not to be fetched, other FetchErrors where it can't be found out."""
        url = httpx.URL(address)
        origin = f"{url.scheme}://{url.netloc.decode('ascii')}"
        if origin not in self._rules:
            self._rules[origin] = await self._ask(f"{origin}/robots.txt")
            self._slow_down(origin)
        if not self._rules[origin].can_fetch(address, AGENT):
            raise Disallowed(
                f"{address}: {origin}/robots.txt keeps it from being fetched by links; "
                f"ask the owner of the site to allow {AGENT}, or exclude the address"
            )

    async def _ask(self, address: str) -> Protego:
        try:
            fetched = await self._fetcher.fetch(address)
        except FetchError as error:
            if error.status is not None and 400 <= error.status < 500 and error.status != httpx.codes.TOO_MANY_REQUESTS:
                return Protego.parse("")
            raise FetchError(f"{error}; without robots.txt nothing is followed there", error.status) from error
        text = fetched.content[:_READ].decode("utf-8", "replace")
        return await asyncio.to_thread(Protego.parse, text)

    def _slow_down(self, origin: str) -> None:
        delay = self._rules[origin].crawl_delay(AGENT)
        if delay and delay > _LONGEST_DELAY:
            raise FetchError(
                f"{origin}/robots.txt: asks for {delay:.0f} s between two pages, which would take days; "
                "ask the owner of the site for less, or list single pages with url"
            )
        if delay:
            self._fetcher.pace.slow_down(host_of(origin), delay)
