"""Whether questions are answered by all that is held, looked at when somebody asks for the numbers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from prometheus_client import CollectorRegistry, Gauge

log = structlog.get_logger(__name__)

_PATIENCE = 2.0
"""Seconds that it has to show; without an answer a search would have none, either."""


class Searching:
    """Tells whether searches go on without an index: by words alone, where the Chroma server is away."""

    def __init__(self, is_limited: Callable[[], Awaitable[bool]]) -> None:
        self._is_limited = is_limited
        about = "1: this process searches without an index, by words alone where the Chroma server is away"
        self._limited = Gauge("moteplassen_library_limited", about, registry=None)

    def register(self, registry: CollectorRegistry) -> None:
        """Let the registry hold what is measured."""
        registry.register(self._limited)

    async def read(self) -> None:
        """Look at it anew."""
        try:
            async with asyncio.timeout(_PATIENCE):
                limited = await self._is_limited()
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody can say that searches have all they need
            log.error("metrics.unreadable", error=type(error).__name__)
            limited = True
        self._limited.set(limited)
