"""One municipality's part of a process: opened again where it fails, while those of the others go on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Protocol

import structlog
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.data_dir import DataDirError
from bot.desk.background import set_within
from bot.error_ids import new_error_id
from bot.settings import ConfigurationError, Settings
from bot.tracing import trail
from ingest.sources import SourcesError
from knowledge.library import LibraryBusy

log = structlog.get_logger(__name__)

EXPLAINED = (ConfigurationError, DataDirError, SourcesError, LibraryBusy)
PAUSE = 30.0
"""Seconds until what could not be opened, or has failed, is opened again."""


class Part(Protocol):
    """What a municipality has in a process while it is open."""

    @property
    def app(self) -> ASGIApp | None:
        """What answers its requests; None where the process takes none."""

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set."""


class Tenancy:
    """Keeps a municipality's part open, and answers requests by it; 503 where it is not open now.

    What is logged while it is at work names the municipality.
    """

    def __init__(
        self,
        settings: Settings,
        open_part: Callable[[Settings], AbstractAsyncContextManager[Part]],
        pause: float = PAUSE,
    ) -> None:
        self.settings = settings
        self.tried = asyncio.Event()
        """Is set once it is open, or could not be opened."""
        self._open_part = open_part
        self._pause = pause
        self._part: Part | None = None

    @property
    def is_open(self) -> bool:
        """Does it answer?"""
        return self._part is not None

    async def run(self, stop: asyncio.Event) -> None:
        """Keep it open until `stop` is set."""
        with structlog.contextvars.bound_contextvars(tenant=self.settings.tenant):
            while not stop.is_set():
                await self._hold(stop)
                await set_within(stop, self._pause)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        app = self._part.app if self._part else None
        if app is None:
            away = PlainTextResponse("unavailable", HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": "30"})
            await away(scope, receive, send)
            return
        with structlog.contextvars.bound_contextvars(tenant=self.settings.tenant):
            await app(scope, receive, send)

    async def _hold(self, stop: asyncio.Event) -> None:
        try:
            async with self._open_part(self.settings) as self._part:
                self.tried.set()
                log.info("tenant.open")
                await self._part.run(stop)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this municipality's alone
            error_id = new_error_id()
            # What these say is made for who operates it; anything else may hold what people wrote.
            told = str(error) if isinstance(error, EXPLAINED) else trail(error)
            log.error("tenant.failed", error_id=error_id, error=type(error).__name__, told=told)
        finally:
            self._part = None
            self.tried.set()
