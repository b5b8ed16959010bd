"""Who people in Slack are to the municipality, and who may read along in a channel: by Slack's own data."""

from __future__ import annotations

import structlog
from pydantic import BaseModel, ConfigDict

from bot.handlers.slack.clients import Clients
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.people import Place, Role

log = structlog.get_logger(__name__)


class Person(BaseModel):
    """Somebody in Slack. `team` is the workspace that they are of, `name` empty where Slack doesn't say it."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str = ""
    team: str = ""
    role: Role = Role.BUSINESS


class Directory:
    """Looks people and channels up. Where Slack doesn't say who somebody is, they are a business: an outsider."""

    def __init__(self, clients: Clients) -> None:
        self._clients = clients

    async def person(self, workspace: str, user: str) -> Person:
        """Who the user is."""
        return Person(id=user)

    async def place(self, place: Place) -> Place:
        """The place as it stands now: with outsiders or without."""
        return place

    async def name(self, workspace: str, user: str, default: str) -> str:
        """What the person is called; the default where Slack doesn't say it now."""
        try:
            client = await self._clients.of(workspace)
            found = (await client.users_info(user=user))["user"]
        except UNREACHABLE as error:
            log.warning("slack.nameless", error=reason(error))
            return default
        profile = found.get("profile", {})
        return str(profile.get("display_name") or profile.get("real_name") or default)
