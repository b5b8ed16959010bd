"""The one address that Teams sends everything to, and what is looked at before the SDK sees any of it."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from http import HTTPStatus
from typing import Any

import httpx
import structlog
from microsoft_teams.api import ActivityTypeAdapter
from microsoft_teams.apps.http.adapter import HttpMethod, HttpRouteHandler
from pydantic import ValidationError
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.describing import describe
from bot.handlers.teams.tokens import CHANNEL, Tokens, Untrusted

log = structlog.get_logger(__name__)

PATH = "/teams/messages"
LARGEST_REQUEST = 512 * 1024
_HEARD = frozenset({"message", "messageUpdate", "messageDelete", "invoke", "conversationUpdate", "installationUpdate"})
"""The types of activities that the bot does anything about; the others are acknowledged."""


class Receiving:
    """Takes requests in for the SDK's app (its HttpServerAdapter). Without `tokens` everybody is let in, from wherever.

    Nothing reaches the SDK that is not from Teams (of other channels of the Bot Framework, whoever writes says
    themselves which tenant they are of), from a tenant that the bot may be asked from, and readable.
    """

    def __init__(self, tokens: Tokens | None, tenants: Collection[str]) -> None:
        self._tokens = tokens
        self._tenants = tenants
        self._handler: HttpRouteHandler | None = None

    def register_route(self, method: HttpMethod, path: str, handler: HttpRouteHandler) -> None:
        """Let the SDK's handler have what comes in. Raises ValueError for another path than that of messages."""
        if (method, path) != ("POST", PATH):
            raise ValueError(f"Teams sends nothing to {path}")
        self._handler = handler

    def serve_static(self, path: str, directory: str) -> None:
        """Serve nothing: the bot has no tabs."""

    async def start(self, port: int) -> None:
        """Do nothing: the app that these routes are in is served by others."""

    async def stop(self) -> None:
        """Do nothing, either."""

    def routes(self) -> Sequence[BaseRoute]:
        """Where requests come in, with a limit to what is read of them."""
        limit = Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_REQUEST)
        return [Route(PATH, self._receive, methods=["POST"], middleware=[limit])]

    async def _receive(self, request: Request) -> Response:
        if self._handler is None:
            return _no(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
        body = read_body(await request.body())
        if body is None:
            return _no(HTTPStatus.BAD_REQUEST, "unreadable")
        if refused := await self._refused(request, body):
            return refused
        kind = body.get("type")
        if isinstance(kind, str) and kind not in _HEARD:
            return JSONResponse({})
        if not _is_activity(body):
            return _no(HTTPStatus.BAD_REQUEST, "unreadable")
        answer = await self._handler({"body": body, "headers": dict(request.headers)})
        return JSONResponse({} if answer["body"] is None else answer["body"], answer["status"])

    async def _refused(self, request: Request, body: dict[str, Any]) -> Response | None:
        if self._tokens is None:
            # Without tokens only what runs on this machine may ask, and no page that somebody has open in a browser.
            foreign = any(name in request.headers for name in ("origin", "sec-fetch-site"))
            return _no(HTTPStatus.FORBIDDEN, "forbidden") if foreign else None
        try:
            await self._tokens.check(request.headers.get("authorization", ""), body)
        except Untrusted as error:
            log.warning("teams.untrusted", error=str(error))
            return _no(HTTPStatus.UNAUTHORIZED, "unauthorized")
        except (httpx.HTTPError, ValueError) as error:
            log.error("teams.keys_away", error=type(error).__name__)
            return _no(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable")
        if body.get("channelId") != CHANNEL or not self._is_let_in(body):
            log.warning("teams.tenant_refused")
            return _no(HTTPStatus.FORBIDDEN, "forbidden")
        return None

    def _is_let_in(self, body: dict[str, Any]) -> bool:
        told = tenants_of(body)
        return bool(told) and all(isinstance(each, str) and each in self._tenants for each in told)


def tenants_of(body: dict[str, Any]) -> Sequence[Any]:
    """The tenants that the body of a request names, whoever has written it."""
    named = (_part(body, "conversation").get("tenantId"), _part(body, "channelData", "tenant").get("id"))
    return [each for each in named if each is not None]


def read_body(content: bytes) -> dict[str, Any] | None:
    """What a request holds; None where that can't be read."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _is_activity(body: dict[str, Any]) -> bool:
    try:
        ActivityTypeAdapter.validate_python(body)
    except ValidationError as error:
        log.warning("teams.unreadable", error=describe(error))
        return False
    return True


def _part(body: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        found = body.get(name)
        body = found if isinstance(found, dict) else {}
    return body


def _no(status: HTTPStatus, error: str) -> Response:
    return JSONResponse({"error": error}, status)
