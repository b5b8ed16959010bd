"""The Slack channel, put together: what Slack sends is checked, noted in the outbox, and only then acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.handlers.slack.cases import courier as cases
from bot.handlers.slack.cases.buttons import Forwarding
from bot.handlers.slack.clients import OneWorkspace, connect
from bot.handlers.slack.courier import SlackCourier
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.owing import Owing
from bot.handlers.slack.questions.listening import Listening
from bot.handlers.slack.receiving import Receiving, new_app
from bot.handlers.slack.replies.courier import Conversation, ReplyCourier
from bot.handlers.slack.store import Posts, Replies
from bot.handlers.slack.workspace import UNREACHABLE, Workspace, reason
from bot.settings import ConfigurationError, Settings
from bot.texts import Texts
from bot.understanding import Understander

log = structlog.get_logger(__name__)


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
        self._client = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        clients = OneWorkspace(self._client)
        owing = Owing(database, outbox)
        directory = Directory(clients)
        replies = Replies(database)
        workspace = Workspace(clients, Posts(database))
        app = new_app(self._client)
        for part in (Listening(owing, understander.language), Forwarding(owing, replies, workspace, texts)):
            part.register(app)
        self._receiving = Receiving(app, settings.slack_signing_secret.get_secret_value())
        self._check: asyncio.Task[None] | None = None
        carried = cases.CaseCourier(settings, workspace, directory, replies, desk, texts)
        answering = ReplyCourier(workspace, directory, replies, conversation, texts, understander.language)
        self.courier = SlackCourier({"reply": answering, **dict.fromkeys(cases.KINDS, carried)})
        """Carries the deliveries of the platform "slack"."""

    def routes(self) -> Sequence[BaseRoute]:
        """Where Slack's requests come in."""
        return self._receiving.routes()

    def middleware(self) -> Sequence[Middleware]:
        """None: what its requests go through is around its own route."""
        return []

    async def start(self) -> None:
        """Try the token, beside the requests: Slack being away must not keep the app from starting."""
        self._check = asyncio.create_task(self._try_token())

    async def stop(self) -> None:
        """Nothing is under way here that the outbox does not hold."""
        if self._check:
            self._check.cancel()

    async def _try_token(self) -> None:
        try:
            found = await self._client.auth_test()
        except UNREACHABLE as error:
            log.error("slack.unusable", error=reason(error))
        else:
            log.info("slack.connected", workspace=found["team"], bot=found["user_id"])
