"""Where Slack's requests come in: nothing is read before its signature is checked, and nothing of it is logged."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus

import structlog
from slack_bolt import BoltResponse
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

log = structlog.get_logger(__name__)

PATH = "/slack/events"
LARGEST_REQUEST = 1024 * 1024


class Receiving:
    """The one address that Slack sends everything to."""

    def __init__(self, app: AsyncApp, signing_secret: str) -> None:
        self._signatures = SignatureVerifier(signing_secret)
        self._bolt = AsyncSlackRequestHandler(app)

    def routes(self) -> Sequence[BaseRoute]:
        """The route, with a limit to what it reads."""
        limit = Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_REQUEST)
        return [Route(PATH, self._receive, methods=["POST"], middleware=[limit])]

    async def _receive(self, request: Request) -> Response:
        # Before Bolt, which takes the body apart (and notes it in the log) before it looks at the signature.
        if not self._signed(request.headers, await request.body()):
            return JSONResponse({"error": "invalid signature"}, HTTPStatus.UNAUTHORIZED)
        return await self._bolt.handle(request)

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        try:
            return self._signatures.is_valid_request(body, headers)
        except (ValueError, TypeError):  # a time that is no number, or bytes that are no text
            return False


def new_app(client: AsyncWebClient) -> AsyncApp:
    """Bolt's app without listeners: it takes requests apart and finds the listener, and nothing else."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Who acts in which workspace is asked when something is done there (`Clients`). Asking Slack here, as Bolt
        # would, could lose a question: where Slack does not answer that, Bolt acknowledges the event all the same.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="")

    app = AsyncApp(
        # Bolt's log lines can hold what people write. What goes wrong is noted below, without it.
        logger=logging.Logger("slack_bolt", logging.CRITICAL),
        client=AsyncWebClient(base_url=client.base_url, retry_handlers=client.retry_handlers),
        authorize=authorize,
        # Acknowledged is what a listener has finished: an event that could not be kept comes again.
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(_note)
    return app


async def _note(error: Exception) -> BoltResponse:
    """Say in the log what went wrong, and let Slack send it again."""
    log.error("slack.failed", error=type(error).__name__, exc_info=error)
    return BoltResponse(status=HTTPStatus.INTERNAL_SERVER_ERROR, body="")
