"""The ASGI app: the channels' routes, a health check, and what runs beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from bot.database import Database
from bot.desk.dispatcher import Dispatcher


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


def create_app(channels: Sequence[Channel], database: Database, dispatcher: Dispatcher) -> Starlette:
    """The app of all channels; while it is up, the dispatcher delivers."""

    @contextlib.asynccontextmanager
    async def beside_the_requests(_: Starlette) -> AsyncIterator[None]:
        stop = asyncio.Event()
        delivering = asyncio.create_task(dispatcher.run(stop))
        for channel in channels:
            await channel.start()
        yield
        for channel in channels:
            await channel.stop()
        stop.set()
        await delivering

    async def health(_: Request) -> JSONResponse:
        async with database.reading() as session:
            await session.execute(text("SELECT 1"))
        return JSONResponse({"status": "ok"})

    routes: list[BaseRoute] = [Route("/health", health)]
    middleware: list[Middleware] = []
    for channel in channels:
        routes.extend(channel.routes())
        middleware.extend(channel.middleware())
    return Starlette(routes=routes, middleware=middleware, lifespan=beside_the_requests)
