"""The clients of an app that is installed in several workspaces."""

from __future__ import annotations

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.desk.outbox import Undeliverable
from bot.handlers.slack.clients import connect
from bot.handlers.slack.installing.rotating import NoToken, Rotation
from bot.handlers.slack.installing.sealing import Unsealable
from bot.handlers.slack.installing.store import Installation, Installations

log = structlog.get_logger(__name__)


class ManyWorkspaces:
    """Acts in each workspace with the token that was got there.

    The database is looked into each time: another process may have refreshed the token or seen the app removed.
    """

    def __init__(
        self, installations: Installations, rotation: Rotation, address: str, staff_workspace: str | None
    ) -> None:
        self._installations = installations
        self._rotation = rotation
        self._address = address
        self._home = staff_workspace if staff_workspace != "none" else None

    async def of(self, workspace: str) -> AsyncWebClient:
        """The client to act with there; where none is named, in the staff's workspace. Raises Undeliverable where the
        app is not installed, and NoToken where there is no good token now."""
        workspace = workspace or await self.home()
        if not workspace:
            raise Undeliverable("no workspace is named; set MOTEPLASSEN_SLACK_STAFF_WORKSPACE")
        found = await self._find(workspace)
        fresh = await self._rotation.fresh(found) if found else None
        if fresh is None:
            raise Undeliverable("the app is not installed there any more")
        return connect(fresh.tokens.token, self._address)

    async def home(self) -> str:
        """The workspace that the settings name; empty where they don't."""
        return self._home or ""

    async def _find(self, workspace: str) -> Installation | None:
        try:
            return await self._installations.get(workspace)
        except Unsealable as error:
            log.error("slack.unsealable", workspace=workspace, todo="put the old key back into the list of keys")
            raise NoToken(str(error)) from error
