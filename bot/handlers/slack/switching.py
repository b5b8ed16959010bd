"""One Slack app for several municipalities: what Slack sends goes to the one whose workspace it is of."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from pydantic import SecretStr
from slack_bolt.request.internals import parse_body
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.receiving import LARGEST_REQUEST, Signatures
from bot.replaying import hand_on
from bot.texts import LANGUAGES, Texts

log = structlog.get_logger(__name__)


class Switchboard:
    """Takes requests at the app's one address. The signature is checked before anything in the body is read, and by the
    handler that it goes to once more; what it is taken apart with is what that handler's Bolt does it with.

    A workspace that is nobody's is told so where somebody waits for an answer. Its events are acknowledged: Slack would
    send them again, and end by sending the others' no longer.
    """

    def __init__(self, signing_secret: SecretStr, workspaces: Mapping[str, ASGIApp], texts: Texts) -> None:
        self._signatures = Signatures(signing_secret)
        self._workspaces = workspaces
        self._texts = texts
        self._limited = RequestBodyLimitMiddleware(self._switch, max_body_size=LARGEST_REQUEST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or let a municipality do so."""
        await self._limited(scope, receive, send)

    async def _switch(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        if answer := await self._signatures.refused(request):
            await answer(scope, receive, send)
            return
        try:
            told = parse_body((await request.body()).decode(), request.headers.get("content-type"))
            workspace = workspace_of(told)
        except (ValueError, TypeError, AttributeError) as error:
            log.error("slack.unreadable", error=type(error).__name__)
            await JSONResponse({"error": "unreadable"}, HTTPStatus.BAD_REQUEST)(scope, receive, send)
            return
        app = self._workspaces.get(workspace)
        if app is not None:
            await hand_on(request, app, receive, send)
            return
        await self._unknown(told, workspace)(scope, receive, send)

    def _unknown(self, told: Mapping[str, object], workspace: str) -> Response:
        if told.get("type") == "url_verification":  # of the app as a whole, when its address is entered at Slack
            return JSONResponse({"challenge": told.get("challenge")})
        log.warning("slack.workspace_unknown", workspace=workspace, kind=str(told.get("type", "command")))
        if "command" in told:
            return JSONResponse({"response_type": "ephemeral", "text": self._texts(LANGUAGES[0], "slack.elsewhere")})
        return Response()
