"""What protects the pages: refusing what other sites make a browser post here, and what is too large."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}


class SmallBody:
    """Refuses (413) a request that says it is larger than `limit`.

    Starlette's own limit answers such a request in plain English; raised here, it gets a page like all else does.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        length = Headers(scope=scope).get("content-length", "") if scope["type"] == "http" else ""
        if length.isascii() and length.isdigit() and int(length) > self._limit:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        await self.app(scope, receive, send)


class SameOrigin:
    """Refuses (403) whatever changes something and was sent by another site's page.

    Browsers say where a request comes from: in Sec-Fetch-Site, or where they don't send that, in Origin. A request
    with neither is not from a browser that could have been tricked.
    """

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self.app = app
        self._public = urlsplit(public_url).netloc

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not self._own(Headers(scope=scope)):
            raise HTTPException(HTTPStatus.FORBIDDEN, "cross-site")
        await self.app(scope, receive, send)

    def _own(self, headers: Headers) -> bool:
        if site := headers.get("sec-fetch-site"):
            return site in {"same-origin", "none"}
        origin = headers.get("origin")
        return origin is None or _netloc(origin) in {headers.get("host"), self._public} - {None, ""}


def _netloc(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # it is no address
        return ""
