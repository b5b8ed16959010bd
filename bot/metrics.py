"""What is measured, for Prometheus."""

from __future__ import annotations

import asyncio
import hmac
import importlib.metadata
from collections.abc import Sequence
from http import HTTPStatus
from typing import Protocol

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Info,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route


def new_registry() -> CollectorRegistry:
    """Where the parts of a process register what they measure. The process itself and its version are in it."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    build = Info("moteplassen_build", "Which version this is", registry=registry)
    build.info({"version": importlib.metadata.version("moteplassen")})
    return registry


class Reading(Protocol):
    """What is in the registry as it was last read."""

    async def read(self) -> None:
        """Read it anew; where that fails, leave nothing old behind."""


class MetricsEndpoint:
    """`GET /metrics`, for whoever knows the token: `Authorization: Bearer <token>`."""

    def __init__(self, registry: CollectorRegistry, token: SecretStr, readings: Sequence[Reading] = ()) -> None:
        self._registry = registry
        self._readings = readings
        self._expected = f"Bearer {token.get_secret_value()}".encode()

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [Route("/metrics", self.show)]

    async def show(self, request: Request) -> Response:
        """All that is measured, in Prometheus' text format."""
        given = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(given, self._expected):
            told = "send MOTEPLASSEN_METRICS_TOKEN as a bearer token"
            return PlainTextResponse(told, HTTPStatus.UNAUTHORIZED, {"WWW-Authenticate": "Bearer"})
        await asyncio.gather(*(reading.read() for reading in self._readings))
        text = await asyncio.to_thread(generate_latest, self._registry)
        return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
