"""The Teams channel, put together: what Teams sends is checked, noted in the outbox, and only then acknowledged."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from bot.database import Database
from bot.desk.carrying import Carriers
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.handlers.teams.cases.working import Working
from bot.handlers.teams.connecting import Connection
from bot.handlers.teams.questions.listening import Listening
from bot.handlers.teams.reaching.reaching import Reaching
from bot.handlers.teams.replies.replying import Replying
from bot.handlers.teams.shared import share
from bot.handlers.teams.silencing import silence
from bot.library import Findable
from bot.publishing.notices import UNSAID
from bot.settings import Settings
from bot.texts import Texts
from bot.thinking import Conversation
from bot.understanding import Understander


class TeamsHandler:
    """The channel "teams". Raises ConfigurationError where its settings are there by half."""

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        desk: Desk,
        conversation: Conversation,
        texts: Texts,
        database: Database,
        understander: Understander,
        findable: Findable,
    ) -> None:
        silence()
        self._connection = Connection(settings)
        app = self._connection.app
        shared = share(settings, app, database=database, outbox=outbox, desk=desk, texts=texts)
        self._behind = shared.behind
        working = Working(shared)
        replying = Replying(shared, conversation, understander.language)
        Listening(working.writing, shared.owing, shared.replies).register(app)
        parts = (replying, working, Reaching(shared, findable, replying.thinking))
        for part in parts:
            part.register(app)
        carried = {kind: carrier for part in parts for kind, carrier in part.carriers().items()}
        self.courier = Carriers("Teams", carried, UNSAID)
        """Carries the deliveries of the platform "teams"."""

    def routes(self) -> Sequence[BaseRoute]:
        """Where Teams' requests come in."""
        return self._connection.receiving.routes()

    def middleware(self) -> Sequence[Middleware]:
        """None: what its requests go through is around its own route."""
        return []

    async def start(self) -> None:
        """Listen. Nothing is asked of Teams before a message comes or goes."""
        await self._connection.app.initialize()

    async def stop(self) -> None:
        """Let what was begun behind an acknowledgement end; all else the outbox holds."""
        await self._behind.finish()
        await self._connection.close()
