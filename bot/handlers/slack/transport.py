"""How Slack's requests reach the bot: by its address, through a connection of its own (Socket Mode), or both."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from bot.behind import Behind
from bot.handlers.slack.failing import Failing
from bot.handlers.slack.questions.addresses import Addresses
from bot.handlers.slack.receiving import Receiving, new_app
from bot.handlers.slack.sockets import Sockets
from bot.settings import Settings
from bot.texts import Texts


class Transport:
    """Takes requests in, once it is started, and hands them to `app`. Without a signing secret it has no address."""

    def __init__(self, settings: Settings, texts: Texts, behind: Behind) -> None:
        address, secret, token = settings.slack_api_url, settings.slack_signing_secret, settings.slack_app_token
        self.app = new_app(address, Failing(behind, texts, Addresses(address)))
        self._receiving = Receiving(self.app, secret) if secret else None
        self._sockets = Sockets(self.app, token, address) if token else None

    def routes(self) -> Sequence[BaseRoute]:
        """Where requests come in."""
        return self._receiving.routes() if self._receiving else []

    async def start(self) -> None:
        """Connect to Slack, where that is set."""
        if self._sockets:
            await self._sockets.start()

    async def stop(self) -> None:
        """Take nothing more."""
        if self._sockets:
            await self._sockets.stop()
