"""What there is to say of a case that isn't the case's own."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict

from bot.desk.absences import Absences
from bot.desk.case import OPEN, Case, CaseState, Move
from bot.desk.desk import Desk
from bot.desk.notices import CaseNotice
from bot.desk.team import Team


class Around(BaseModel):
    """The label of the case that it was merged into, the number of those that were merged into it, and the name of its
    team, where there are several. `away` is the last day that the officer who has it is away, and `substitute` the id
    of who works for them."""

    model_config = ConfigDict(frozen=True)

    into: str = ""
    merged: int = 0
    team: str = ""
    away: dt.date | None = None
    substitute: str = ""


NOTHING = Around()


class Surroundings:
    """Finds out what is around cases."""

    def __init__(self, desk: Desk, absences: Absences) -> None:
        self._desk = desk
        self._absences = absences

    async def around(self, case: Case) -> Around:
        """What there is around the case."""
        into = await self._desk.get(case.merged_into) if case.merged_into else None
        away = await self._absences.away() if case.officer and case.state in OPEN else None
        until = away.until(case.officer) if away else None
        return Around(
            into=into.label if into and case.state is CaseState.MERGED else "",
            merged=len(await self._desk.merged_into(case.id)),
            team=self.team(case).name if len(self._desk.teams) > 1 else "",
            away=until,
            substitute=(away.substitute(case.officer) or "") if away and until and case.officer else "",
        )

    async def main(self, notice: CaseNotice, case: Case) -> Case | None:
        """The case that this is answered by way of or, where it has just been parted from it, was."""
        if case.merged_into:
            return await self._desk.get(case.merged_into)
        if notice.move not in {Move.REOPENED, Move.WITHDRAWN}:
            return None
        into = [event.into for event in await self._desk.events(case.id) if event.into]
        return await self._desk.get(into[-1]) if into else None

    def team(self, case: Case) -> Team:
        """The case's team; the default one where that is no longer there."""
        return self._desk.teams.get(case.team) or self._desk.teams.default
