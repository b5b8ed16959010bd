"""Watches the clocks of all cases: reminds of deadlines, passes on what is late, and asks whether an answer helped."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable

from bot.database import now
from bot.desk import clock
from bot.desk.background import look_again
from bot.desk.case import IllegalMove
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound

PAUSE = 30.0
"""Seconds between two looks."""


class Timekeeper:
    """Any number may run: what one has noted of a case, the others don't note again."""

    def __init__(self, desk: Desk, time: Callable[[], dt.datetime] = now, pause: float = PAUSE) -> None:
        self._desk = desk
        self._time = time
        self._pause = pause

    async def run(self, stop: asyncio.Event) -> None:
        """Look again and again until `stop` is set."""
        await look_again(self.look, stop, self._pause, "timekeeper.unreachable")

    async def look(self) -> int:
        """Have every clock say what it has to say at this moment; how many had something."""
        moment = self._time()
        teams = self._desk.teams
        horizon = max(clock.horizon(moment, teams.terms(team.id)) for team in teams)
        rung = 0
        for case in await self._desk.pressing(horizon):
            terms = teams.terms(case.team)
            if event := clock.rings(case, moment, terms) or clock.asks(case, moment, terms):
                # Whoever has moved the case meanwhile was faster than the clock.
                with contextlib.suppress(IllegalMove, CaseNotFound):
                    await self._desk.ring(case.id, event)
                    rung += 1
        return rung
