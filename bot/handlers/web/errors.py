"""What people see when something can't be done, or has gone wrong."""

from __future__ import annotations

from typing import Any

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.database import Database, is_away
from bot.desk.describing import describe
from bot.desk.rates import Limited, Scope
from bot.error_ids import new_error_id
from bot.handlers.web.gate import TooMuch
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.requests import wants_json
from bot.handlers.web.rendering import Rendering
from bot.limits import worded

log = structlog.get_logger(__name__)

KNOWN = {401, 403, 404, 405, 413, 500}
SOON = 10
"""Seconds after which it is worth trying again where others have all connections."""
AGAIN = 30
"""Seconds after which it is worth trying again where the database is away, or the documents are not in yet."""


class ErrorPages:
    """Says what is wrong and what to do, in the visitor's language. `web.error.<name>` are the texts."""

    def __init__(self, database: Database, rendering: Rendering, identity: Identity) -> None:
        self._database = database
        self._rendering = rendering
        self._identity = identity

    async def refused(self, request: Request, error: Exception) -> Response:
        """The page for something that isn't there or isn't allowed."""
        if not isinstance(error, HTTPException):
            raise TypeError("only for what was refused") from error
        if isinstance(error, TooMuch):
            response = self._page(request, "429", error.status_code, limited=error.limited)
            response.headers.update(error.headers or {})
            return response
        if error.detail in {"officers", "cross-site"}:
            return self._page(request, error.detail, error.status_code)
        name = error.status_code if error.status_code in KNOWN else 400
        return self._page(request, str(name), error.status_code)

    async def crashed(self, request: Request, error: Exception) -> Response:
        """The page for our own mistakes, or for a database that is away; its number finds the cause in the log. Where
        more is asked than there are connections for, who asks is told to come back."""
        number = new_error_id()
        about = {"error_id": number, "path": request.scope["path"], "method": request.method}
        if self._database.is_busy(error):
            log.warning("web.busy", **about)
            return await self.refused(request, TooMuch(Limited(Scope.EVERYBODY, SOON)))
        if is_away(error):
            log.error("web.unreachable", error=describe(error), **about)
            # Of whoever only looked at a page nothing was to be sent.
            part = "shown" if request.method in {"GET", "HEAD"} else "text"
            response = self._page(request, "503", 503, number, part=part)
            response.headers["Retry-After"] = str(AGAIN)
            return response
        log.error("web.crashed", exc_info=error, **about)
        return self._page(request, "500", 500, number)

    def _page(
        self,
        request: Request,
        name: str,
        status: int,
        number: str = "",
        limited: Limited | None = None,
        part: str = "text",
    ) -> Response:
        t, language = self._rendering.texts, self._identity.visitor(request).language
        told = {"title": t(language, f"web.error.{name}.title"), "text": t(language, f"web.error.{name}.{part}")}
        if limited:
            told["text"] = worded(limited, language, t)
        if wants_json(request):
            numbered = t(language, "web.error.number", number=number) if number else ""
            return JSONResponse({"problem": f"{told['title']}. {told['text']} {numbered}".strip()}, status)
        more: dict[str, Any] = {**told, "name": name, "number": number}
        return self._rendering.still(request, "error.html", status, **more)
