"""Watches the clocks of all cases: reminds of deadlines, passes on what is late, and asks whether an answer helped."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable

import structlog

from bot.database import now
from bot.desk import clock
from bot.desk.case import IllegalMove
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound

log = structlog.get_logger(__name__)

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
        while not stop.is_set():
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - a database that is away must not end this
                log.error("timekeeper.unreachable", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause):
                    await stop.wait()

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
