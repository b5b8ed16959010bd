"""Who has said that they are away, in the database, and who works for them meanwhile."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Mapping, Sequence

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Date, String, select
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, now
from bot.desk.absence import Absence, standing_in
from bot.desk.calendar import OSLO
from bot.desk.case import OPEN, Actor, Case, Officer
from bot.desk.teams import Teams

LONGEST = dt.timedelta(days=400)
"""Nobody says that they are away for longer: a year with the wrong number is sooner a mistake."""


class AbsenceRow(Base):
    """An absence as an officer told it."""

    __tablename__ = "absences"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    officer_id: Mapped[str] = mapped_column(String(255), index=True)
    officer_name: Mapped[str] = mapped_column(String(255))
    first: Mapped[dt.date] = mapped_column(Date)
    last: Mapped[dt.date] = mapped_column(Date, index=True)
    substitute_id: Mapped[str] = mapped_column(String(255))
    substitute_name: Mapped[str] = mapped_column(String(255))
    told: Mapped[dt.datetime] = mapped_column(Instant)


class Told(BaseModel):
    """An absence with the people it is about; `id` names it to end it."""

    model_config = ConfigDict(frozen=True)

    id: str
    officer: Officer
    first: dt.date
    last: dt.date
    substitute: Officer | None = None

    @property
    def absence(self) -> Absence:
        """The absence as the rules of standing in have it."""
        return Absence(
            officer=self.officer.id,
            first=self.first,
            last=self.last,
            substitute=self.substitute.id if self.substitute else "",
        )


class Away(BaseModel):
    """Who is away on a day. `told` are the absences of that day, the one told last coming last; `usual` and `free` are
    what the teams say: who takes over from whom, and whose case may be taken by which officers where nobody does (by
    team; a team that isn't named lets everybody)."""

    model_config = ConfigDict(frozen=True)

    day: dt.date
    told: tuple[Told, ...] = ()
    usual: Mapping[str, str] = {}
    free: Mapping[str, frozenset[str]] = {}

    def until(self, officer: Actor | None) -> dt.date | None:
        """The last day that the officer is away; None where they are here."""
        theirs = [each.last for each in self.told if officer and each.officer.id == officer.id]
        return theirs[-1] if theirs else None

    def substitute(self, officer: Actor) -> str | None:
        """The id of who works for the officer: their own, where they are here; None where nobody does."""
        return standing_in((each.absence for each in self.told), officer.id, self.day, self.usual)

    def stood_in_for(self, officer: Actor) -> frozenset[str]:
        """The ids of those who are away and whom the officer works for."""
        return frozenset(each.officer.id for each in self.told if self.substitute(each.officer) == officer.id)

    def may_stand_in(self, case: Case, officer: Actor) -> bool:
        """May the officer take the case from whoever has it, and is away? Their substitute may; where there is none,
        anybody of the case's team."""
        if case.state not in OPEN or case.officer is None or case.officer.id == officer.id:
            return False
        if self.until(case.officer) is None:
            return False
        if (substitute := self.substitute(case.officer)) is not None:
            return substitute == officer.id
        team = self.free.get(case.team)
        return team is None or officer.id in team


class Absences:
    """Takes down who is away. Whoever says so says it of themselves: that is for the caller to see to."""

    def __init__(self, database: Database, teams: Teams, clock: Callable[[], dt.datetime] = now) -> None:
        self._database = database
        self._usual = teams.substitutes
        # Who is in a team by their OIDC group is not known here, so such a team is not held to its members.
        self._free = {
            team.id: frozenset(member.id for member in team.members)
            for team in teams
            if team.members and team.group is None
        }
        self._clock = clock

    @property
    def today(self) -> dt.date:
        """The day that it is in Norway."""
        return self._clock().astimezone(OSLO).date()

    async def tell(self, officer: Officer, first: dt.date, last: dt.date, substitute: Officer | None = None) -> Told:
        """Note that the officer is away from the first day to the last, both included.

        Raises ValueError where the last day comes before the first or has passed, it is longer than a year, or the
        substitute is the officer.
        """
        told = Told(id=secrets.token_hex(16), officer=officer, first=first, last=last, substitute=substitute)
        if last < max(first, self.today) or last - first > LONGEST or (substitute and substitute.id == officer.id):
            raise ValueError(f"nobody is away from {first} to {last} with themselves or nobody in their place")
        row = AbsenceRow(
            id=told.id,
            officer_id=officer.id,
            officer_name=officer.name,
            first=first,
            last=last,
            substitute_id=substitute.id if substitute else "",
            substitute_name=substitute.name if substitute else "",
            told=self._clock(),
        )
        async with self._database.writing() as session:
            session.add(row)
        return told

    async def end(self, absence_id: str, officer: Officer) -> None:
        """The officer is back today: an absence that has begun ends yesterday, one that has not begun is off. Nothing
        happens where it is over, or somebody else's."""
        today = self.today
        theirs = select(AbsenceRow).where(AbsenceRow.id == absence_id, AbsenceRow.officer_id == officer.id)
        async with self._database.writing() as session:
            row = (await session.scalars(theirs.where(AbsenceRow.last >= today))).one_or_none()
            if row is None:
                return
            if row.first >= today:
                await session.delete(row)
            else:
                row.last = today - dt.timedelta(days=1)

    async def coming(self) -> Sequence[Told]:
        """The absences that are not over, the first to begin first."""
        rows = select(AbsenceRow).where(AbsenceRow.last >= self.today)
        async with self._database.reading() as session:
            found = await session.scalars(rows.order_by(AbsenceRow.first, AbsenceRow.told))
            return [_told(row) for row in found]

    async def away(self) -> Away:
        """Who is away today."""
        today = self.today
        rows = select(AbsenceRow).where(AbsenceRow.first <= today, AbsenceRow.last >= today)
        async with self._database.reading() as session:
            found = await session.scalars(rows.order_by(AbsenceRow.told))
            told = tuple(_told(row) for row in found)
        return Away(day=today, told=told, usual=self._usual, free=self._free)


def _told(row: AbsenceRow) -> Told:
    substitute = Officer(id=row.substitute_id, name=row.substitute_name) if row.substitute_id else None
    officer = Officer(id=row.officer_id, name=row.officer_name)
    return Told(id=row.id, officer=officer, first=row.first, last=row.last, substitute=substitute)
