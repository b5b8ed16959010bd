"""Where Slack's requests come in: nothing is read before its signature is checked, and nothing of it is logged."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from urllib.parse import parse_qs

import structlog
from pydantic import SecretStr
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.handlers.slack.clients import connect
from bot.handlers.slack.failing import Failing

log = structlog.get_logger(__name__)

PATH = "/slack/events"
LARGEST_REQUEST = 1024 * 1024
_SHORT = 500


class Signatures:
    """Tells what is from Slack, and refuses the rest."""

    def __init__(self, signing_secret: SecretStr) -> None:
        self._verifier = SignatureVerifier(signing_secret.get_secret_value())

    async def refused(self, request: Request) -> Response | None:
        """What to answer at once; None where the request is signed, and may be read."""
        if request.method != "POST":
            # Slack looks now and then whether the certificate is good, and signs nothing then.
            tried = request.query_params.get("ssl_check") == "1"
            return Response(status_code=HTTPStatus.OK if tried else HTTPStatus.METHOD_NOT_ALLOWED)
        body = await request.body()
        # Before Bolt, which takes the body apart (and notes it in the log) before it looks at the signature.
        if self._signed(request.headers, body):
            return None
        return (
            Response() if _is_ssl_check(body) else JSONResponse({"error": "invalid signature"}, HTTPStatus.UNAUTHORIZED)
        )

    def _signed(self, headers: Mapping[str, str], body: bytes) -> bool:
        try:
            return self._verifier.is_valid_request(body, headers)
        except (ValueError, TypeError):  # a time that is no number, or bytes that are no text
            return False


class Receiving:
    """The one address that Slack sends everything to."""

    def __init__(self, app: AsyncApp, signing_secret: SecretStr) -> None:
        self._signatures = Signatures(signing_secret)
        self._bolt = AsyncSlackRequestHandler(app)

    def routes(self) -> Sequence[BaseRoute]:
        """The route, with a limit to what it reads."""
        limit = Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_REQUEST)
        return [Route(PATH, self._receive, methods=["GET", "POST"], middleware=[limit])]

    async def _receive(self, request: Request) -> Response:
        if refused := await self._signatures.refused(request):
            return refused
        try:
            return await self._bolt.handle(request)
        except (ValueError, TypeError, AttributeError, LookupError) as error:
            # What goes wrong in a listener is noted by `Failing`. This is Bolt, which can't take the body apart.
            log.error("slack.unreadable", error=type(error).__name__)
            return JSONResponse({"error": "unreadable"}, HTTPStatus.BAD_REQUEST)


def _is_ssl_check(body: bytes) -> bool:
    return len(body) < _SHORT and parse_qs(body.decode("latin-1")).get("ssl_check") == ["1"]


def new_app(address: str, failing: Failing) -> AsyncApp:
    """Bolt's app without listeners: it takes requests apart and finds the listener, and nothing else."""

    async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
        # Who acts in which workspace is asked when something is done there (`Clients`). Asking Slack here, as Bolt
        # would, could lose a question: where Slack does not answer that, Bolt acknowledges the event all the same.
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token="")

    app = AsyncApp(
        # Bolt's log lines can hold what people write. What goes wrong is noted below, without it.
        logger=logging.Logger("slack_bolt", logging.CRITICAL),
        client=connect(None, address),
        authorize=authorize,
        # Acknowledged is what a listener has finished: an event that could not be kept comes again.
        process_before_response=True,
        request_verification_enabled=False,
        ssl_check_enabled=False,
        # Also what nothing listens to goes to the error handler, which knows what may be left alone.
        raise_error_for_unhandled_request=True,
        attaching_conversation_kwargs_enabled=False,
    )
    app.error(failing.note)
    return app
