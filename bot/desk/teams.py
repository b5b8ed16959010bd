"""The teams of case officers that a municipality has, one of them for what fits no other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Self

from bot.desk.deadlines import Terms
from bot.desk.team import Team
from bot.desk.teams_file import read_teams


class Teams:
    """The teams in the order of their file. Exactly one is the default."""

    def __init__(self, teams: Sequence[Team]) -> None:
        self._teams = {team.id: team for team in teams}
        (self.default,) = (team for team in teams if team.default)

    @classmethod
    def load(cls, path: Path) -> Self:
        """The teams that a teams.toml lists.

        Raises TeamsError, with a line for every mistake found, where the file is missing or malformed.
        """
        return cls(read_teams(path))

    @classmethod
    def single(
        cls, name: str = "Saksbehandlere", slack_channel: str | None = None, teams_channel: str | None = None
    ) -> Self:
        """The one team of a municipality that has no teams.toml: it gets everything, in office hours."""
        channels = {"slack_channel": slack_channel, "teams_channel": teams_channel}
        return cls([Team.model_validate({"id": "all", "name": name, "default": True, **channels})])

    def __iter__(self) -> Iterator[Team]:
        return iter(self._teams.values())

    def __len__(self) -> int:
        return len(self._teams)

    def get(self, id_: str) -> Team | None:
        """The team of that id; None where there is none, or no longer."""
        return self._teams.get(id_)

    def terms(self, id_: str) -> Terms:
        """What the team of that id promises; of one that is no longer there, what the default team does."""
        return self._teams.get(id_, self.default).terms

    def led_by(self, id_: str) -> frozenset[str]:
        """The ids of the teams whose leader has that id, in Slack or on the web."""
        return frozenset(team.id for team in self if team.is_led_by(id_))

    @property
    def substitutes(self) -> Mapping[str, str]:
        """Who takes over from whom when they are away, by ids; who is in several teams has their first team's."""
        members = [member for team in self for member in team.members if member.substitute]
        return {member.id: member.substitute for member in reversed(members) if member.substitute}
