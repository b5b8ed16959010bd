"""The Slack channel, put together: what Slack sends is checked, noted in the outbox, and only then acknowledged."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bot.database import Database
from bot.desk.carrying import Carriers
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.handlers.slack.cases.working import Working
from bot.handlers.slack.home.home import Home
from bot.handlers.slack.installing.connection import connection
from bot.handlers.slack.installing.leaving import Leaving
from bot.handlers.slack.membership import Membership
from bot.handlers.slack.questions.commanding import Commanding
from bot.handlers.slack.questions.hearing import Hearing
from bot.handlers.slack.replies.replying import Replying
from bot.handlers.slack.shared import share
from bot.handlers.slack.transport import Transport
from bot.library import Library
from bot.publishing.notices import UNSAID
from bot.settings import Settings
from bot.texts import Texts
from bot.thinking import Conversation
from bot.understanding import Understander


class SlackHandler:
    """The channel "slack". Raises ConfigurationError where its settings are there by half."""

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        desk: Desk,
        conversation: Conversation,
        texts: Texts,
        database: Database,
        understander: Understander,
        library: Library,
    ) -> None:
        self._connection = connection(settings, database, texts)
        self._shared = shared = share(
            settings,
            database=database,
            outbox=outbox,
            desk=desk,
            library=library,
            texts=texts,
            tell_language=understander.language,
            clients=self._connection.clients,
        )
        self._transport = Transport(settings, texts, shared.behind)
        working, replying, home = Working(shared), Replying(shared, conversation), Home(shared)
        hearing = Hearing(shared, working.casework)
        commanding = Commanding(shared, replying.thinking)
        leaving = Leaving(shared.owing, self._connection.left)
        for part in (hearing, commanding, replying, working, home, leaving, Membership(shared.known)):
            part.register(self._transport.app)
        carriers = [part.carriers() for part in (hearing, commanding, replying, working, home, leaving)]
        carried = {kind: carrier for each in carriers for kind, carrier in each.items()}
        self.courier = Carriers("Slack", {**carried, "reply": home.entitled(carried["reply"])}, UNSAID)
        """Carries the deliveries of the platform "slack"."""
        self._check: asyncio.Task[None] | None = None

    def routes(self) -> Sequence[BaseRoute]:
        """Where Slack's requests come in."""
        return [*self._transport.routes(), *self._connection.routes()]

    def middleware(self) -> Sequence[Middleware]:
        """None: what its requests go through is around its own route."""
        return []

    async def start(self) -> None:
        """Listen, and try the token, beside the requests: Slack being away must not keep the app from starting."""
        self._check = asyncio.create_task(self._connection.check())
        await self._transport.start()

    async def stop(self) -> None:
        """Nothing is under way here that the outbox does not hold."""
        await self._transport.stop()
        await self._shared.behind.finish()
        await self._shared.directory.close()
        if self._check:
            self._check.cancel()
