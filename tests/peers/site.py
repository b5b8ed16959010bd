"""A small web site on a port of its own, for what fetches addresses."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.peers.serving import served

PAGE = "<html><head><title>Skilt</title></head><body><main><h1>Skilt</h1><p>Skilt må omsøkes.</p></main></body></html>"


class Site:
    """Pages by path, changeable while it runs. `asked` lists requested paths, `hosts` the Host headers."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[str] = []
        self.hosts: list[str] = []
        self.pages: dict[str, tuple[bytes, dict[str, str]]] = {
            "/skilt.html": (
                PAGE.encode(),
                {
                    "content-type": "text/html; charset=utf-8",
                    "etag": '"1"',
                    "last-modified": "Mon, 02 Mar 2026 10:00:00 GMT",
                },
            )
        }
        self.failures: dict[str, list[int]] = {}
        self.app = Starlette(
            routes=[
                Route("/to/{hops:int}", self._hop),
                Route("/away", self._away),
                Route("/flood", self._flood),
                Route("/slow", self._slow),
                Route("/{path:path}", self._page),
            ]
        )

    async def _page(self, request: Request) -> Response:
        path = request.url.path
        self._note(request)
        if self.failures.get(path):
            return Response("busy", status_code=self.failures[path].pop(0))
        if path not in self.pages:
            return Response("there is nothing", status_code=404)
        content, headers = self.pages[path]
        return Response(content, headers=headers)

    async def _hop(self, request: Request) -> Response:
        self._note(request)
        hops = request.path_params["hops"]
        return RedirectResponse(f"/to/{hops - 1}" if hops > 1 else "/skilt.html")

    async def _away(self, request: Request) -> Response:
        self._note(request)
        return RedirectResponse(request.query_params["url"])

    async def _flood(self, request: Request) -> Response:
        self._note(request)

        async def water() -> AsyncIterator[bytes]:
            while not await request.is_disconnected():
                yield b"x" * 65536

        return StreamingResponse(water(), media_type="text/html")

    async def _slow(self, request: Request) -> Response:
        self._note(request)
        await asyncio.sleep(5)
        return Response("late")

    def _note(self, request: Request) -> None:
        self.asked.append(request.url.path)
        self.hosts.append(request.headers["host"])


@contextlib.asynccontextmanager
async def running(certificate: Path | None = None) -> AsyncIterator[Site]:
    """The site, served until the block ends; over HTTPS where a certificate (a PEM file with its key) is given."""
    site = Site()
    async with served(site.app, certificate) as site.url:
        yield site
