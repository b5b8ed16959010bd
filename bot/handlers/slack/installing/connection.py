"""How the app is in Slack: in one workspace by its token, or in those where it was installed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import structlog
from starlette.routing import BaseRoute

from bot.database import Database
from bot.desk.outbox import Undeliverable
from bot.handlers.slack.clients import Clients, OneWorkspace, connect
from bot.handlers.slack.installing.leaving import Left, ManyWorkspacesLeft, OneWorkspaceLeft
from bot.handlers.slack.installing.pages import Pages
from bot.handlers.slack.installing.rotating import Rotation
from bot.handlers.slack.installing.sealing import Seal
from bot.handlers.slack.installing.store import Begun, Installations
from bot.handlers.slack.installing.trying import try_token
from bot.handlers.slack.installing.workspaces import ManyWorkspaces
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.settings import ConfigurationError, Settings
from bot.texts import Texts

log = structlog.get_logger(__name__)


class Connection(Protocol):
    """What differs between the two."""

    @property
    def clients(self) -> Clients:
        """With which tokens to act."""

    @property
    def left(self) -> Left:
        """What happens when the app is taken out."""

    def routes(self) -> Sequence[BaseRoute]:
        """The pages to install the app by, if there are."""

    async def check(self) -> None:
        """Say in the log how it stands with the tokens."""


class ByToken:
    """In the one workspace that the token in the settings is of."""

    def __init__(self, settings: Settings) -> None:
        if settings.slack_bot_token is None:
            raise ConfigurationError("SLACK_BOT_TOKEN is missing.")
        self._client = connect(settings.slack_bot_token.get_secret_value(), settings.slack_api_url)
        self.clients: Clients = OneWorkspace(self._client, settings.slack_staff_workspace)
        self.left: Left = OneWorkspaceLeft()

    def routes(self) -> Sequence[BaseRoute]:
        """None."""
        return []

    async def check(self) -> None:
        """Try the token."""
        if str(self._client.token).startswith("xoxe."):
            log.error("slack.token_expires", todo="turn token rotation off for the app, or have it installed by OAuth")
        await try_token(self._client)


class ByInstalling:
    """In every workspace where somebody installs it."""

    def __init__(self, settings: Settings, database: Database, texts: Texts) -> None:
        if settings.slack_client_id is None or settings.slack_client_secret is None:
            raise ConfigurationError("To be installed in several workspaces, SLACK_CLIENT_ID and SLACK_CLIENT_SECRET.")
        client_id, secret, address = settings.slack_client_id, settings.slack_client_secret, settings.slack_api_url
        self._installations = Installations(database, Seal(settings.encryption_key))
        rotation = Rotation(self._installations, client_id, secret, address)
        self.clients: Clients = ManyWorkspaces(self._installations, rotation, address, settings.slack_staff_workspace)
        self.left: Left = ManyWorkspacesLeft(database, self._installations)
        self._pages = Pages(settings, client_id, secret, self._installations, Begun(database), texts)

    def routes(self) -> Sequence[BaseRoute]:
        """The pages to install the app by."""
        return self._pages.routes()

    async def check(self) -> None:
        """Try all tokens, one after the other."""
        workspaces = await self._installations.workspaces()
        log.info("slack.installations", number=len(workspaces))
        for workspace in workspaces:
            try:
                client = await self.clients.of(workspace)
            except (*UNREACHABLE, Undeliverable) as error:
                log.error("slack.unusable", workspace=workspace, error=reason(error))
            else:
                await try_token(client)


def connection(settings: Settings, database: Database, texts: Texts) -> Connection:
    """How the settings say that the app is in Slack. Raises ConfigurationError where they say it by half or twice."""
    if fault := settings.slack_fault:
        raise ConfigurationError(fault)
    if settings.slack_bot_token:
        return ByToken(settings)
    return ByInstalling(settings, database, texts)
