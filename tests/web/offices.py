"""A demo with two teams, and the desk behind it, so that cases can be old, late, or from elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.database import Database, now
from bot.desk.absences import Absences
from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.desk.routing import Router
from bot.desk.teams import Teams
from bot.people import Asker, Place
from bot.wiring import Knowledge
from tests.desk.examples import request
from tests.web.examples import PATIENCE, running

TEAMS = """
[[team]]
id = "naering"
name = "Næringsavdelingen"
default = true
hours = { mon-sun = "00:00-24:00" }

[[team.topic]]
name = "Tilskudd"
words = ["tilskudd"]

[[team]]
id = "bevilling"
name = "Bevillingskontoret"
hours = { mon-sun = "00:00-24:00" }

[[team.topic]]
name = "Servering"
words = ["øl*", "*servering*"]

[[team.member]]
id = "kari"
name = "Kari Berg"

[[team.member]]
id = "ola"
name = "Ola Lie"

[[team.member]]
id = "ina"
name = "Ina Vik"
"""
"""Two teams that always work, so that nothing depends on when the tests run."""
AMINA = Asker(id="kafe", name="Amina Yusuf")
ELSEWHERE = Place(platform="slack", channel="C1", thread="1.1")


@dataclasses.dataclass(frozen=True)
class Office:
    """A demo's address, its database, and its teams."""

    url: str
    database: Database
    teams: Teams
    numbers: Any = dataclasses.field(default_factory=itertools.count)

    def desk(self, **past: float) -> Desk:
        """The desk as it was that long ago."""
        moment = now() - dt.timedelta(**past)
        return Desk(self.database, Outbox(self.database), ("web",), Router(self.teams), clock=lambda: moment)

    @property
    def absences(self) -> Absences:
        return Absences(self.database, self.teams)

    async def opened(self, question: str, desk: Desk | None = None, **changes: Any) -> Case:
        """A case that Amina has opened from Slack, where the web owes nobody anything."""
        values: dict[str, Any] = {"asker": AMINA, "place": ELSEWHERE, "draft": (), "nearest": (), "history": ()}
        new = request(f"reply-{next(self.numbers)}", question=question, **values | changes)
        return await (desk or self.desk()).open(new)


@contextlib.asynccontextmanager
async def meeting(knowledge: Knowledge, folder: Path, written: str = TEAMS) -> AsyncIterator[Office]:
    """The demo, running with its data in that folder and with those teams."""
    teams = folder / "teams.toml"
    teams.write_text(written, "utf-8")
    async with running(knowledge, folder, demo=True, teams=teams) as url:
        database = Database(f"sqlite+aiosqlite:///{folder / 'moteplassen.db'}")
        try:
            yield Office(url, database, Teams.load(teams))
        finally:
            await database.close()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until it is so; what is owed arrives in its time."""
    async with asyncio.timeout(PATIENCE):
        while not await holds():
            await asyncio.sleep(0.02)
