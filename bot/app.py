"""The ASGI app: the channels' routes, a health check, and what runs beside the requests."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus
from typing import Protocol

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot.database import Database
from bot.desk.background import Job, run_all
from bot.error_ids import new_error_id
from bot.headers import Readable, SecurityHeaders, headers_for
from bot.observing.health import Check, Health, database_check
from bot.observing.requests import Counted, Requests
from bot.observing.spans import Unrecorded
from bot.tracing import trail

log = structlog.get_logger(__name__)


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
    channels: Sequence[Channel],
    database: Database,
    jobs: Sequence[Job],
    more: Sequence[BaseRoute] = (),
    checks: Sequence[Check] = (),
    requests: Requests | None = None,
    public_url: str = "",
    proxies: Sequence[str] = (),
) -> Starlette:
    """The app of all channels, and of `more` for who operates it; while it is up, the jobs go on.

    It is ready for questions where the database answers, the jobs go on and all `checks` pass. What is asked of it is
    counted by `requests`. It is open at `public_url`. Who asked is who says so, or whom one of the `proxies` names.
    """
    beside = Beside(jobs)

    @contextlib.asynccontextmanager
    async def beside_the_requests(_: Starlette) -> AsyncIterator[None]:
        async with beside.going_on():
            for channel in channels:
                await channel.start()
            yield
            for channel in channels:
                await channel.stop()

    health = Health(database_check(database), [Check("jobs", beside.well)], checks)
    routes: list[BaseRoute] = [*health.routes(), *more]
    for channel in channels:
        routes.extend(channel.routes())
    counted = Middleware(Counted, requests=requests or Requests(Unrecorded()), routes=routes)
    middleware = [
        *_protection(public_url, proxies),
        counted,
        *(each for channel in channels for each in channel.middleware()),
    ]
    return Starlette(routes=routes, middleware=middleware, lifespan=beside_the_requests)


class Beside:
    """What goes on beside the requests, and whether it does."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._working: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def going_on(self) -> AsyncIterator[None]:
        """While the block runs, the jobs do. One that breaks ends all of them: only another start helps then."""
        stop = asyncio.Event()
        self._working = asyncio.create_task(run_all(self._jobs, stop))
        self._working.add_done_callback(_note)
        yield
        stop.set()
        await self._working

    async def well(self) -> bool:
        """Do they go on, if there are any?"""
        working = self._working
        return working is not None and not (working.done() and (working.cancelled() or working.exception()))


def _note(working: asyncio.Task[None]) -> None:
    if not working.cancelled() and (error := working.exception()):
        log.error("jobs.broken", error=type(error).__name__, trail=trail(error))


def _protection(public_url: str, proxies: Sequence[str]) -> list[Middleware]:
    # From the outside in: what goes wrong inside gets the headers, too.
    return [
        *([Middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))] if proxies else []),
        Middleware(SecurityHeaders, headers=headers_for(public_url)),
        Middleware(ExceptionMiddleware, handlers={Exception: _crashed}),
        Middleware(Readable),
    ]


async def _crashed(request: Request, error: Exception) -> Response:
    """The answer where a channel has none; its number finds the cause in the log."""
    error_id, where = new_error_id(), request.scope["path"]
    log.error("app.crashed", error_id=error_id, path=where, error=type(error).__name__, trail=trail(error))
    return JSONResponse({"error": "internal", "id": error_id}, HTTPStatus.INTERNAL_SERVER_ERROR)
