"""What goes wrong on demand."""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import math
import random
import time
from collections.abc import Collection, Sequence
from typing import Any

from starlette.responses import JSONResponse, PlainTextResponse, Response

UNHEARD = {"lost", "gone"}
"""What is asked is done, and nobody hears of it."""


@dataclasses.dataclass
class _Share:
    share: float
    kinds: Sequence[str]
    methods: Collection[str]
    chance: random.Random


class Faults:
    """Which of the calls to come go wrong, and how: one by one, or a share of them by chance. `drawn` of these did."""

    def __init__(self) -> None:
        self.drawn = 0
        self._queued: dict[str, collections.deque[str]] = collections.defaultdict(collections.deque)
        self._shares: list[_Share] = []
        self._limits: dict[str, tuple[int, float]] = {}
        self._made: dict[tuple[str, str], collections.deque[float]] = collections.defaultdict(collections.deque)

    def queue(self, method: str, kinds: Sequence[str]) -> None:
        """Let the next calls of that method go wrong in these ways."""
        self._queued[method].extend(kinds)

    def share(self, share: float, kinds: Sequence[str], methods: Collection[str], seed: int) -> None:
        """Let a share of all calls go wrong by chance, always the same chance for the same seed."""
        self._shares.append(_Share(share, kinds, methods, random.Random(seed)))

    def limit(self, method: str, count: int, seconds: float) -> None:
        """Let a method be called so often in so many seconds in each channel."""
        self._limits[method] = count, seconds

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._queued.clear()
        self._shares.clear()
        self._limits.clear()

    def next(self, method: str, channel: str = "") -> str:
        """How the call of that method that is just made goes wrong; empty where it doesn't."""
        if wait := self._wait(method, channel):
            return f"429:{wait}"
        if self._queued[method]:
            return self._queued[method].popleft()
        for each in self._shares:
            if (not each.methods or method in each.methods) and each.chance.random() < each.share:
                self.drawn += 1
                return each.chance.choice(each.kinds)
        return ""

    def _wait(self, method: str, channel: str) -> int:
        count, seconds = self._limits.get(method, (0, 0.0))
        if not count:
            return 0
        made, now = self._made[method, channel], time.monotonic()
        while made and made[0] <= now - seconds:
            made.popleft()
        if len(made) >= count:
            return math.ceil(made[0] + seconds - now)
        made.append(now)
        return 0


async def interrupt(fault: str) -> Response | None:
    """What is answered instead of doing what is asked; None where that is done first."""
    if fault.startswith("429"):
        wait = fault.partition(":")[2] or "0"
        return JSONResponse({"ok": False, "error": "ratelimited"}, 429, {"Retry-After": wait})
    if fault == "500":
        return PlainTextResponse("server error", 500)
    if fault.startswith("slow"):
        await asyncio.sleep(float(fault.partition(":")[2] or "1"))
        return None
    if fault and fault not in UNHEARD:
        return JSONResponse({"ok": False, "error": fault})
    return None


def unheard(fault: str) -> Response:
    """How the connection ends after what was asked is done."""
    return PlainTextResponse("server error", 500) if fault == "lost" else Broken()


class Broken(Response):
    """Breaks the connection off in the middle of an answer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-type", b"application/json"), (b"content-length", b"100")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": False})
