"""The ASGI app: the channels' routes, a health check, and what runs beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.database import Database
from bot.desk.background import Job, run_all

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds that a part has to show that it is there; who asks for the health waits little longer."""


class Channel(Protocol):
    """A handler as the app sees it."""

    def routes(self) -> Sequence[BaseRoute]:
        """The addresses it answers at."""

    def middleware(self) -> Sequence[Middleware]:
        """What its requests go through."""

    async def start(self) -> None:
        """Begin what runs beside the requests."""

    async def stop(self) -> None:
        """End it."""


def create_app(
    channels: Sequence[Channel], database: Database, jobs: Sequence[Job], more: Sequence[BaseRoute] = ()
) -> Starlette:
    """The app of all channels, and of `more` for who operates it; while it is up, the jobs go on."""

    @contextlib.asynccontextmanager
    async def beside_the_requests(_: Starlette) -> AsyncIterator[None]:
        stop = asyncio.Event()
        working = asyncio.create_task(run_all(jobs, stop))
        for channel in channels:
            await channel.start()
        yield
        for channel in channels:
            await channel.stop()
        stop.set()
        await working

    async def health(_: Request) -> JSONResponse:
        if await _answers(database):
            return JSONResponse({"status": "ok"})
        return JSONResponse({"status": "unavailable", "away": ["database"]}, HTTPStatus.SERVICE_UNAVAILABLE)

    routes: list[BaseRoute] = [Route("/health", health), *more]
    middleware: list[Middleware] = []
    for channel in channels:
        routes.extend(channel.routes())
        middleware.extend(channel.middleware())
    return Starlette(routes=routes, middleware=middleware, lifespan=beside_the_requests)


async def _answers(database: Database) -> bool:
    try:
        async with asyncio.timeout(PATIENCE), database.reading() as session:
            await session.execute(text("SELECT 1"))
    except (SQLAlchemyError, OSError) as error:
        log.error("health.away", part="database", error=type(error).__name__)
        return False
    return True
