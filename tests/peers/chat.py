"""A small chat platform over real HTTP: it keeps what it is sent, fails at random, and knows no idempotency keys.

`POST /channels/{channel}` with `{"text": ..., "metadata": ...}` says something, `GET` lists what was said. Metadata is
kept as it comes, and means nothing to the platform.
"""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import random
from collections.abc import AsyncIterator, Collection
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.peers.serving import served

_SLOW = 0.2
"""Seconds that a slow message is on its way: less than any lease is long."""
_FAULTS = ("refused", "lost", "slow")
"""Not kept, and said so; kept, and said that it was not; kept late."""


@dataclasses.dataclass
class Chat:
    """What was said, by channel. A share of what is sent fails; channels whose names begin as `gone` says are away."""

    share: float = 0.0
    gone: Collection[str] = ()
    seed: int = 1
    url: str = ""
    said: dict[str, list[dict[str, Any]]] = dataclasses.field(default_factory=lambda: collections.defaultdict(list))
    failures: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)

    async def post(self, request: Request) -> Response:
        """Keep a message."""
        channel, message = request.path_params["channel"], await request.json()
        if channel.startswith(tuple(self.gone)):
            return JSONResponse({"error": "gone"}, 410)
        fault = self._random.choice(_FAULTS) if self._random.random() < self.share else ""
        self.failures.update([fault] if fault else [])
        if fault == "refused":
            return JSONResponse({"error": "busy"}, 503)
        if fault == "slow":
            await asyncio.sleep(_SLOW)
        self.said[channel].append(message)
        return JSONResponse({"error": "broken"}, 500) if fault == "lost" else JSONResponse({})

    async def get(self, request: Request) -> Response:
        """What was said in the channel."""
        return JSONResponse(self.said.get(request.path_params["channel"], []))


@contextlib.asynccontextmanager
async def running(chat: Chat) -> AsyncIterator[Chat]:
    """The platform, listening while the block lasts; its `url` says where."""
    routes = [Route("/channels/{channel:path}", chat.post, methods=["POST"])]
    routes.append(Route("/channels/{channel:path}", chat.get, methods=["GET"]))
    async with served(Starlette(routes=routes)) as chat.url:
        yield chat
