"""Who may work on cases in Teams, and where each team of them meets."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.desk.case import Actor, Case, Officer
from bot.desk.team import Person
from bot.desk.teams import Teams
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.directory import Directory
from bot.people import Place

OFFICERS_LANGUAGE = "nb"
"""What is said to all officers at once is said in this."""

_PREFIX = f"{PLATFORM}:"


class Officers:
    """Tells officers from others: the people that the settings list or, where they list none, the staff in any team's
    channel; and staff whom teams.toml names as members or leaders. Guests and people of other tenants are never
    officers.

    `home` is the municipality's tenant, `fallback` the channel of teams that have none of their own.
    """

    def __init__(
        self, directory: Directory, teams: Teams, home: str, fallback: str | None, listed: Collection[str]
    ) -> None:
        self._directory = directory
        self._teams = teams
        self._home = home
        self._fallback = fallback or teams.default.teams_channel
        self._listed = listed

    def channel(self, case: Case) -> Place | None:
        """Where the team meets whose case that is; None where there is no such channel."""
        return self.channel_of(case.team)

    def channel_of(self, team: str) -> Place | None:
        """Where the team of that id meets; None where there is no channel for it."""
        found = self._teams.get(team)
        channel = (found and found.teams_channel) or self._fallback
        return self.place(channel) if channel else None

    async def officer(self, place: Place, user: str, name: str) -> Officer | None:
        """The officer that somebody is who pressed something in the place; None where that is not for them to do."""
        member = await self._directory.member(place, user)
        if member is None or not self._directory.is_staff(member) or not await self._may(user):
            return None
        return Officer(id=f"{_PREFIX}{user}", name=member.name or name or user)

    async def colleagues(self) -> Sequence[Officer]:
        """Everybody whom a case can be given to, by name: those whom teams.toml names, on whatever platform they work,
        and those who are officers in Teams."""
        named = [each for team in self._teams for each in (*team.members, *filter(None, [team.leader]))]
        found = {person.id: person.officer for person in named}
        here = [await self._directory.staff(self.place(channel)) for channel in self._channels()]
        names = {member.id: member.name for members in here for member in members}
        for user in self._listed or names:
            officer = Officer(id=f"{_PREFIX}{user}", name=names.get(user) or user)
            found.setdefault(officer.id, officer)
        return sorted(found.values(), key=lambda officer: officer.name.casefold())

    def _channels(self) -> Sequence[str]:
        return list(dict.fromkeys(filter(None, [*(team.teams_channel for team in self._teams), self._fallback])))

    async def _may(self, user: str) -> bool:
        if user in self._listed or any(f"{_PREFIX}{user}" in team.named for team in self._teams):
            return True
        if self._listed:
            return False
        for channel in self._channels():
            if await self._directory.is_in(self.place(channel), user):
                return True
        return False

    def place(self, channel: str) -> Place:
        """The channel, as one of the officers'."""
        return Place(platform=PLATFORM, workspace=self._home, channel=channel, thread="", outsiders=False)


def user_of(officer: Actor | Person | None) -> str:
    """Their id in Teams; empty where it is somebody who works elsewhere, or nobody."""
    return officer.id.removeprefix(_PREFIX) if officer and officer.id.startswith(_PREFIX) else ""
