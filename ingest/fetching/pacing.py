"""How politely hosts are asked."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from ingest.fetching.fetched import TransientError

_PATIENCE = 3
_FIRST_REST = 60.0
_LONGEST_REST = 3600.0


@dataclass
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    gap: float = 0.0
    free_at: float = float("-inf")
    resting_until: float = float("-inf")
    failures: int = 0


class Pace:
    """One document at a time from a host, at least `gap` seconds apart.

    A host that fails three times in a row, or asks for it, is left alone for a while: 1 minute, then 2, 4, ... 60.
    """

    def __init__(
        self,
        gap: float = 0.5,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._gap = gap
        self._clock = clock
        self._sleep = sleep
        self._hosts: defaultdict[str, _Host] = defaultdict(_Host)

    @contextlib.asynccontextmanager
    async def turn(self, name: str, location: str) -> AsyncIterator[None]:
        """Waits until the host may be asked. Raises TransientError where it is left alone."""
        host = self._hosts[name]
        async with host.lock:
            rest = host.resting_until - self._clock()
            if rest > 0:
                what = f"{name} is left alone for another {rest:.0f} s, because it failed or asked for it"
                raise TransientError(f"{location}: {what}; try again later", after=rest)
            wait = host.free_at - self._clock()
            if wait > 0:
                await self._sleep(wait)
            try:
                yield
            finally:
                host.free_at = self._clock() + max(self._gap, host.gap)

    def slow_down(self, name: str, gap: float) -> None:
        """The host asks for so many seconds between requests."""
        self._hosts[name].gap = gap

    def answered(self, name: str) -> None:
        """The host is well."""
        self._hosts[name].failures = 0

    def failed(self, name: str, after: float | None = None) -> None:
        """The host is not; it wants to be asked again in `after` seconds, where it said so."""
        host = self._hosts[name]
        host.failures += 1
        rest = after or 0.0
        if host.failures >= _PATIENCE:
            rest = max(rest, _FIRST_REST * 2 ** min(host.failures - _PATIENCE, 6))
        host.resting_until = self._clock() + min(rest, _LONGEST_REST)
