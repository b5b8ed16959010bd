"""The Slack channel, put together: what Slack sends is checked, noted in the outbox, and only then acknowledged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

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

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.notices import lane_of
from bot.desk.outbox import Delivery, Outbox
from bot.guard import Guard
from bot.handlers.slack import PLATFORM, rendering
from bot.handlers.slack.asking import read
from bot.handlers.slack.courier import Conversation, SlackCourier
from bot.handlers.slack.store import Posts, Replies, Said
from bot.handlers.slack.workspace import Workspace, connect
from bot.people import Place
from bot.settings import ConfigurationError, Settings
from bot.texts import Texts
from bot.understanding import Understander

log = structlog.get_logger(__name__)

PATH = "/slack/events"
LARGEST_REQUEST = 1024 * 1024


class SlackHandler:
    """The channel "slack". Raises ConfigurationError where the token or the signing secret is missing."""

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        desk: Desk,
        conversation: Conversation,
        texts: Texts,
        database: Database,
        understander: Understander,
    ) -> None:
        if settings.slack_bot_token is None or settings.slack_signing_secret is None:
            raise ConfigurationError("Slack needs both SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET; set them, or neither.")
        client = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        self._outbox = outbox
        self._database = database
        self._texts = texts
        self._guard = Guard()
        self._replies = Replies(database)
        self._workspace = Workspace(client, Posts(database))
        self._signatures = SignatureVerifier(settings.slack_signing_secret.get_secret_value())
        self._bolt = AsyncSlackRequestHandler(self._app(client))
        self._check: asyncio.Task[None] | None = None
        self._language = understander.language
        self.courier = SlackCourier(
            settings, self._workspace, self._replies, conversation, desk, texts, tell_language=self._language
        )
        """Carries the deliveries of the platform "slack"."""

    def routes(self) -> Sequence[BaseRoute]:
        """The one address that Slack sends everything to."""
        limit = Middleware(RequestBodyLimitMiddleware, max_body_size=LARGEST_REQUEST)
        return [Route(PATH, self._receive, methods=["POST"], middleware=[limit])]

    def middleware(self) -> Sequence[Middleware]:
        """None: what its requests go through is around its own route."""
        return []

    async def start(self) -> None:
        """Try the token, beside the requests: Slack being away must not keep the app from starting."""
        self._check = asyncio.create_task(self._workspace.check())

    async def stop(self) -> None:
        """Nothing is under way here that the outbox does not hold."""
        if self._check:
            self._check.cancel()

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

    def _app(self, client: AsyncWebClient) -> AsyncApp:
        async def authorize(enterprise_id: str | None, team_id: str | None) -> AuthorizeResult:
            # One workspace, one token. Asking Slack who it belongs to, as Bolt would, could lose a question: where
            # Slack does not answer that, Bolt acknowledges the event all the same.
            return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=client.token)

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
        app.event("app_mention")(self._hear)
        app.event("message")(self._hear)
        app.action(rendering.FORWARD)(self._press)
        app.error(_note)
        return app

    async def _hear(self, body: dict[str, Any]) -> None:
        # In a thread: to tell a language can take a while.
        asked = await asyncio.to_thread(read, body["event"], self._guard, self._language)
        if asked is None:
            return
        # Slack sends an event again when the acknowledgement is late; its id makes that the same delivery.
        key = f"reply:{PLATFORM}:{body['event_id']}"
        await self._owe("reply", key, asked.question.place, asked.model_dump(mode="json"))

    async def _press(self, body: dict[str, Any], ack: Callable[[], Awaitable[BoltResponse]]) -> None:
        said = await self._replies.get(body["actions"][0]["value"])
        if said:
            await self._forward(said, body["user"])
        await ack()

    async def _forward(self, said: Said, presser: Mapping[str, str]) -> None:
        place = said.question.place
        if presser["id"] != said.question.asker.id:
            text = self._texts(said.reply.language, "slack.forward.others")
            return await self._workspace.whisper(place.channel, place.thread, presser["id"], rendering.said(text))
        payload = {"reply": said.reply.id, "name": presser.get("name") or presser["id"]}
        await self._owe("forward", f"forward:{PLATFORM}:{said.reply.id}", place, payload)

    async def _owe(self, kind: str, key: str, place: Place, payload: Mapping[str, Any]) -> None:
        delivery = Delivery(kind=kind, platform=PLATFORM, key=key, payload=payload, lane=lane_of(place))
        async with self._database.writing() as session:
            await self._outbox.put(session, delivery)


async def _note(error: Exception) -> BoltResponse:
    """Say in the log what went wrong, and let Slack send it again."""
    log.error("slack.failed", error=type(error).__name__, exc_info=error)
    return BoltResponse(status=HTTPStatus.INTERNAL_SERVER_ERROR, body="")
