"""Who may work on cases in Slack, and where the officers meet."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bot.desk.case import Case, Officer
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.people import Place, Role

OFFICERS_LANGUAGE = "nb"
"""What is said to all officers at once is said in this; to one of them, in the language that they have Slack in."""

_PREFIX = f"{PLATFORM}:"
_PAGE = 200


class Colleague(BaseModel):
    """Somebody who works on cases, or wants to. `officer` is missing where that is not for them to do."""

    model_config = ConfigDict(frozen=True)

    officer: Officer | None
    language: str


class Officers:
    """Tells officers from others: the people in the officers' user group or, where the settings name none, the staff
    in the officers' channel. Guests and people of other companies are never officers.
    """

    def __init__(self, clients: Clients, directory: Directory, channel: str | None, group: str | None) -> None:
        self._clients = clients
        self._directory = directory
        self._channel = channel
        self._group = group

    async def channel(self, case: Case) -> Place | None:
        """Where the officers meet whose case that is; None where the settings name no channel."""
        if not self._channel:
            return None
        home = await self._clients.home()
        return Place(platform=PLATFORM, workspace=home, channel=self._channel, thread="", outsiders=False)

    async def colleague(self, workspace: str, user: str, handle: str = "") -> Colleague:
        """Who the user is to the officers. `handle` is what they are called where Slack doesn't say their name now."""
        person = await self._directory.person(workspace, user)
        language = person.language or OFFICERS_LANGUAGE
        if not await self._may(person.role, workspace, user):
            return Colleague(officer=None, language=language)
        name = await self._directory.name(workspace, user, default=handle or user)
        return Colleague(officer=Officer(id=f"{_PREFIX}{user}", name=name), language=language)

    async def _may(self, role: Role, workspace: str, user: str) -> bool:
        if self._group or role is not Role.STAFF:
            return role is Role.OFFICER
        return await self._is_in_channel(workspace, user)

    async def _is_in_channel(self, workspace: str, user: str) -> bool:
        if not self._channel:
            return False
        client = await self._clients.of(workspace)
        async for page in await client.conversations_members(channel=self._channel, limit=_PAGE):
            if user in page["members"]:
                return True
        return False


def user_of(officer: Officer | None) -> str:
    """The officer's id in Slack; empty where it is somebody who works elsewhere, or nobody."""
    return officer.id.removeprefix(_PREFIX) if officer and officer.id.startswith(_PREFIX) else ""
