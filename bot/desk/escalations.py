"""The late cases of a leader's teams, until an officer has written or the leader has seen that they are late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from sqlalchemy import select

from bot.database import Database, now
from bot.desk.case import Actor, Case
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter
from bot.desk.tables import CaseRow, SeenRow


class Escalations:
    """What leaders are told of. A deadline that passes later is told anew."""

    def __init__(self, database: Database, desk: Desk, clock: Callable[[], dt.datetime] = now) -> None:
        self._database = database
        self._desk = desk
        self._clock = clock

    async def count(self, leader: Actor) -> int | None:
        """How many cases wait for that leader to see them; None for whoever leads no team."""
        led = self._desk.teams.led_by(leader.id)
        if not led:
            return None
        return await self._desk.count(CaseFilter(late=self._clock(), led=led, unseen_by=leader.id))

    async def is_for(self, case: Case, leader: Actor) -> bool:
        """Does the case wait for that leader to see it?"""
        if not self._is_escalated(case) or case.team not in self._desk.teams.led_by(leader.id):
            return False
        async with self._database.reading() as session:
            return await session.get(SeenRow, (case.number, leader.id, case.escalated)) is None

    async def see(self, case: Case, leader: Actor) -> None:
        """Note that the leader has seen how late the case is; nothing where that is not for them."""
        if not await self.is_for(case, leader):
            return
        async with self._database.writing() as session:
            # Whoever presses twice waits here, and then finds it noted.
            await session.execute(select(CaseRow.number).where(CaseRow.number == case.number).with_for_update())
            await session.merge(SeenRow(case_number=case.number, leader_id=leader.id, due=case.escalated))

    def _is_escalated(self, case: Case) -> bool:
        return case.escalated is not None and case.is_late(self._clock())
