"""Who may work on cases in Slack, and where each team of them meets."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from pydantic import BaseModel, ConfigDict

from bot.desk.case import Actor, Case, Officer
from bot.desk.outbox import Undeliverable
from bot.desk.team import Person, Team
from bot.desk.teams import Teams
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.workspace import told_apart
from bot.people import Place, Role

log = structlog.get_logger(__name__)

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
    in any team's channel; and staff whom teams.toml names as members or leaders. Guests and people of other companies
    are never officers.

    `fallback` is the channel of teams that have none of their own, `group` the user group.
    """

    def __init__(
        self, clients: Clients, directory: Directory, teams: Teams, fallback: str | None, group: str | None
    ) -> None:
        self._clients = clients
        self._directory = directory
        self._teams = teams
        self._fallback = fallback or teams.default.slack_channel
        self._group = group

    async def channel(self, case: Case) -> Place | None:
        """Where the team meets whose case that is; None where there is no such channel."""
        return await self.channel_of(case.team)

    async def channel_of(self, team: str) -> Place | None:
        """Where the team of that id meets; None where there is no channel for it."""
        found = self._teams.get(team)
        channel = (found and found.slack_channel) or self._fallback
        if not channel:
            return None
        home = await self._clients.home()
        return Place(platform=PLATFORM, workspace=home, channel=channel, thread="", outsiders=False)

    def teams_of(self, officer: Officer) -> Sequence[Team]:
        """The teams that teams.toml names the officer in; all of them where it does in none."""
        theirs = [team for team in self._teams if officer.id in _named(team)]
        return theirs or list(self._teams)

    async def colleague(self, workspace: str, user: str, handle: str = "") -> Colleague:
        """Who the user is to the officers. `handle` is what they are called where Slack doesn't say their name now."""
        person = await self._directory.person(workspace, user)
        language = person.language or OFFICERS_LANGUAGE
        if not await self._may(person.role, workspace, user):
            return Colleague(officer=None, language=language)
        name = await self._directory.name(workspace, user, default=handle or user)
        return Colleague(officer=Officer(id=f"{_PREFIX}{user}", name=name), language=language)

    async def _may(self, role: Role, workspace: str, user: str) -> bool:
        if role is not Role.STAFF:
            return role is Role.OFFICER
        if any(f"{_PREFIX}{user}" in _named(team) for team in self._teams):
            return True
        return not self._group and await self._is_in_a_channel(workspace, user)

    async def _is_in_a_channel(self, workspace: str, user: str) -> bool:
        channels = dict.fromkeys(filter(None, [*(team.slack_channel for team in self._teams), self._fallback]))
        # All at once: a modal has three seconds to open.
        found = await asyncio.gather(*(self._is_in(workspace, channel, user) for channel in channels))
        return any(found)

    async def _is_in(self, workspace: str, channel: str, user: str) -> bool:
        client = await self._clients.of(workspace)
        try:
            with told_apart():
                async for page in await client.conversations_members(channel=channel, limit=_PAGE):
                    if user in page["members"]:
                        return True
        except Undeliverable as error:
            # One team's channel that is gone keeps nobody from being an officer of another.
            log.warning("slack.officers_unknown", channel=channel, error=str(error))
        return False


def _named(team: Team) -> set[str]:
    """The ids of those whom teams.toml names in the team."""
    return {each.id for each in (*team.members, *filter(None, [team.leader]))}


def user_of(officer: Actor | Person | None) -> str:
    """Their id in Slack; empty where it is somebody who works elsewhere, or nobody."""
    return officer.id.removeprefix(_PREFIX) if officer and officer.id.startswith(_PREFIX) else ""
