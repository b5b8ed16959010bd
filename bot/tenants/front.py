"""What stands before the municipalities: each request goes to one of them, by host name or by platform, or to none."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.tenants.tenancy import Tenancy
from bot.tenants.tenants_file import host_of

log = structlog.get_logger(__name__)

HEALTH = "/health"
START = 30.0
"""Seconds that the municipalities have to open before requests are taken; one that takes longer answers 503 first."""


@dataclass(frozen=True)
class Switch:
    """The one address of an app that several municipalities share on a platform, at whatever host it is entered there.
    `sharing` are their ids: one with an app of its own has that at its own host name."""

    app: ASGIApp
    sharing: Collection[str]


class Front:
    """The ASGI app of several municipalities, of web processes and of workers. While it is up, each is kept open."""

    def __init__(self, tenancies: Sequence[Tenancy], switches: Mapping[str, Switch], start: float = START) -> None:
        self._tenancies = tenancies
        self._hosts = {host_of(each.settings): each for each in tenancies}
        self._switches = switches
        self._start = start
        self._process = Starlette(lifespan=lambda _: self.kept_open())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let a municipality do so."""
        if scope["type"] == "lifespan":
            await self._process(scope, receive, send)
            return
        # Who hangs up in mid-request where it is only looked whose it is waits for no answer.
        with contextlib.suppress(ClientDisconnect):
            await self._of(scope)(scope, receive, send)

    def _of(self, scope: Scope) -> ASGIApp:
        tenancy, path = self._hosts.get(_host(scope)), scope["path"]
        switch = self._switches.get(path)
        if switch and (tenancy is None or tenancy.settings.tenant in switch.sharing):
            return switch.app
        if tenancy:
            return tenancy
        if path == HEALTH or path.startswith(f"{HEALTH}/"):
            return self._health
        return PlainTextResponse("no such host\n", HTTPStatus.MISDIRECTED_REQUEST)

    async def _health(self, scope: Scope, receive: Receive, send: Send) -> None:
        """How the process is, for what watches over it: well, as long as one of the municipalities is."""
        statuses = await asyncio.gather(*(_status(each, scope) for each in self._tenancies))
        away = sum(status >= HTTPStatus.BAD_REQUEST for status in statuses)
        told = {"status": "ok" if away < len(statuses) else "unavailable", "tenants": len(statuses), "away": away}
        await JSONResponse(told, min(statuses))(scope, receive, send)

    @contextlib.asynccontextmanager
    async def kept_open(self) -> AsyncIterator[None]:
        """Keep each open while the block lasts, which begins once all have been tried, or `start` seconds have passed.

        What is open ends in order then, what is being opened is broken off.
        """
        stop = asyncio.Event()
        running = {asyncio.create_task(each.run(stop), name=each.settings.tenant): each for each in self._tenancies}
        try:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._start):
                    for each in self._tenancies:
                        await each.tried.wait()
            yield
        finally:
            stop.set()
            for task, tenancy in running.items():
                if not tenancy.is_open:
                    task.cancel()
            await asyncio.gather(*running, return_exceptions=True)


def _host(scope: Scope) -> str:
    try:
        return urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
    except ValueError:
        return ""


async def _status(app: ASGIApp, scope: Scope) -> int:
    status = int(HTTPStatus.SERVICE_UNAVAILABLE)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]

    await app(dict(scope), receive, send)
    return status
