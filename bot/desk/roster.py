"""Which officers there are: nobody keeps a list of them, but the teams name some, and others have worked here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from bot.database import Database
from bot.desk.case import Officer
from bot.desk.moves import RULES, By
from bot.desk.tables import EventRow
from bot.desk.teams import Teams

_THEIRS = frozenset(move for move, rule in RULES.items() if rule.by is By.OFFICER)
"""The moves that nobody but an officer makes."""


class Roster:
    """The officers that a case can be given to. `others` are some who are known without having worked yet."""

    def __init__(self, database: Database, teams: Teams, others: Iterable[Officer] = ()) -> None:
        self._database = database
        self._named = {officer.id: officer for officer in others}
        self._named |= {officer.id: officer for team in teams for officer in team.officers}

    async def officers(self) -> Sequence[Officer]:
        """The members of all teams and whoever has worked on a case, by name."""
        worked = select(EventRow.actor_id, func.max(EventRow.actor_name)).where(EventRow.move.in_(_THEIRS))
        async with self._database.reading() as session:
            rows = await session.execute(worked.group_by(EventRow.actor_id))
            found = {id_: Officer(id=id_, name=name) for id_, name in rows}
        return sorted((found | self._named).values(), key=lambda officer: (officer.name.casefold(), officer.id))

    async def officer(self, id_: str) -> Officer | None:
        """The one of them with that id."""
        return next((officer for officer in await self.officers() if officer.id == id_), None)
