"""The headers that protect what is answered, whoever asked and whatever came of it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY = (
    *("default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "connect-src 'self'"),
    *("form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"),
)
_OFF = (
    *("accelerometer", "autoplay", "camera", "clipboard-read", "display-capture", "encrypted-media", "fullscreen"),
    *("geolocation", "gyroscope", "magnetometer", "microphone", "midi", "payment", "publickey-credentials-get"),
    *("screen-wake-lock", "usb", "xr-spatial-tracking"),
)
_UNREADABLE = "Adressen kan ikke leses: det er tegn i den som ikke er tekst.\n"
_YEAR = 365 * 24 * 3600

HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in _OFF),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Permitted-Cross-Domain-Policies": "none",
}
"""What the OWASP Secure Headers Project advises, but a referrer within our own pages: where people came from is told
to no other site, and browsers without Sec-Fetch-Site say by it (Origin) where a form was."""


def headers_for(public_url: str) -> Mapping[str, str]:
    """The headers for a site that is open there. Who opened it by https once does so from then on; of other names under
    its own, which may be others', nothing is said."""
    if not public_url.startswith("https://"):
        return HEADERS
    policy = f"{HEADERS['Content-Security-Policy']}; upgrade-insecure-requests"
    return {**HEADERS, "Content-Security-Policy": policy, "Strict-Transport-Security": f"max-age={_YEAR}"}


class SecurityHeaders:
    """Puts the headers on every response that has none of its own of that name. What a visitor sees is kept in no cache
    but what says that it may."""

    def __init__(self, app: ASGIApp, headers: Mapping[str, str] = HEADERS) -> None:
        self.app = app
        self._headers = {"Cache-Control": "no-store", **headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class Readable:
    """Refuses (400) what no browser sends and nobody can read: a query that is no text, and an address with the
    character NUL in it, which PostgreSQL takes in no text."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request, or refuse it."""
        if _is_text(scope.get("query_string", b"")) and "\0" not in scope.get("path", ""):
            await self.app(scope, receive, send)
        else:
            await PlainTextResponse(_UNREADABLE, HTTPStatus.BAD_REQUEST)(scope, receive, send)


def _is_text(query: bytes) -> bool:
    try:
        query.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in unquote_to_bytes(query)
