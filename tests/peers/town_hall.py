"""A small municipal web site on a port of its own, with what such sites have: good pages, and all sorts of trouble."""

from __future__ import annotations

import asyncio
import bz2
import contextlib
import gzip
import hashlib
import io
import tarfile
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field

import httpx
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.peers.serving import served

HTML = "text/html; charset=utf-8"
PDF = "application/pdf"


@dataclass(frozen=True)
class Asked:
    """A request: its path with the query, and its headers."""

    path: str
    headers: Headers


@dataclass
class TownHall:
    """Pages by path, changeable while it runs; a page's ETag is made of what it holds.

    `failures` are the statuses that a path answers with before it works again, `moved` where a path redirects to.
    """

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    pages: dict[str, tuple[bytes, dict[str, str]]] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    failures: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)

    def publish(
        self,
        path: str,
        *links: str,
        text: str = "Kommunen behandler søknaden.",
        head: str = "",
        headers: Mapping[str, str] = {},
    ) -> None:
        """Put up a page with these links."""
        anchors = "".join(f'<p><a href="{link}">{link}</a></p>' for link in links)
        body = f"<html><head><title>{path}</title>{head}</head><body><main><h1>{path}</h1>{anchors}<p>{text}</p></main>"
        self.put(path, body.encode(), HTML, headers)

    def put(self, path: str, content: bytes, media_type: str, headers: Mapping[str, str] = {}) -> None:
        """Put up a file."""
        self.pages[path] = (content, {"content-type": media_type, **headers})

    def fail(self, path: str, status: int, times: int = 99, **headers: str) -> None:
        """Answer so many requests with an error."""
        self.failures[path] = [(status, {name.replace("_", "-"): value for name, value in headers.items()})] * times

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order, robots.txt aside."""
        return [asked.path for asked in self.asked if asked.path != "/robots.txt"]

    @property
    def app(self) -> Starlette:
        """The site."""
        return Starlette(routes=[Route("/drypp", self._drip), Route("/{path:path}", self._page)])

    async def _page(self, request: Request) -> Response:
        path = self._note(request)
        if self.failures.get(path):
            status, headers = self.failures[path].pop(0)
            return Response("busy", status_code=status, headers=headers)
        if path in self.moved:
            return RedirectResponse(self.moved[path], status_code=301)
        if path not in self.pages:
            return Response("there is nothing", status_code=404)
        content, headers = self.pages[path]
        etag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers={"etag": etag})
        return Response(content, headers={"etag": etag, **headers})

    async def _drip(self, request: Request) -> Response:
        self._note(request)

        async def drops() -> AsyncIterator[bytes]:
            while not await request.is_disconnected():
                yield b"x"
                await asyncio.sleep(0.02)

        return StreamingResponse(drops(), media_type="text/html")

    def _note(self, request: Request) -> str:
        query = f"?{request.url.query}" if request.url.query else ""
        self.asked.append(Asked(request.url.path + query, request.headers))
        return request.url.path + query


def furnished() -> TownHall:
    """A site with a business section, attachments, and what is not to be brought in."""
    hall = TownHall()
    hall.put("/robots.txt", b"User-agent: *\nDisallow: /intern/\n", "text/plain")
    hall.publish("/", "/naering/", "/om?utm_source=forside#topp", "/intern/lonn", "mailto:post@k.no", "https://nav.no/")
    hall.publish("/om", "/", "/naering", "/bilde.png", "javascript:alert(1)")
    hall.publish("/naering/", "skjenking", "/naering/skilt?print=1", "/vedlegg/skjema.pdf", "/naering/borte", "//[x")
    hall.publish("/naering/skjenking", "/naering/skjenking/gebyr", "/naering/utkast")
    hall.publish("/naering/skjenking/gebyr", "/naering/skjenking/gebyr/dypt")
    hall.publish("/naering/skjenking/gebyr/dypt")
    hall.publish("/naering/utkast", head='<meta name="Robots" content="NOINDEX">')
    hall.publish("/naering/skilt", head='<link rel="canonical" href="/naering/skilt">')
    hall.publish("/naering/skilt?print=1", head='<link rel="canonical" href="/naering/skilt">')
    hall.publish("/intern/lonn")
    hall.put("/vedlegg/skjema.pdf", b"%PDF-1.4", PDF)
    return hall


def sitemap(*addresses: str, index: bool = False) -> bytes:
    """A sitemap, or an index of sitemaps."""
    outer, inner = ("sitemapindex", "sitemap") if index else ("urlset", "url")
    entries = "".join(f"<{inner}><loc> {address} </loc></{inner}>" for address in addresses)
    return f'<?xml version="1.0"?><{outer} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</{outer}>'.encode()


def rss(*links: str) -> bytes:
    """A feed with an entry for each link."""
    items = "".join(f"<item><title>Nytt</title><link>{link}</link></item>" for link in links)
    return f'<rss version="2.0"><channel><title>Nyheter</title>{items}</channel></rss>'.encode()


def archive(members: Mapping[str, bytes], *special: tarfile.TarInfo, packing: str = "bz2") -> bytes:
    """A tar archive of these files and of what else is given."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
        for info in special:
            tar.addfile(info)
    packed: Mapping[str, Callable[[bytes], bytes]] = {"bz2": bz2.compress, "gz": gzip.compress, "": bytes}
    return packed[packing](plain.getvalue())


class Worldwide(httpx.AsyncHTTPTransport):
    """Brings requests for a public address to a local site, over real HTTP, as if that stood on the internet."""

    public = "93.184.215.14"

    def __init__(self, url: str) -> None:
        super().__init__()
        self._site = httpx.URL(url)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """What the local site answers."""
        if request.url.host == self.public:
            request.url = request.url.copy_with(host=self._site.host, port=self._site.port)
        return await super().handle_async_request(request)


@contextlib.asynccontextmanager
async def opened(hall: TownHall) -> AsyncIterator[TownHall]:
    """The site, served until the block ends."""
    async with served(hall.app) as hall.url:
        yield hall
