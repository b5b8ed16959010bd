"""What a team's leader is told of late cases, and until when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable

import pytest

from bot.database import Database
from bot.desk.case import Case, Officer
from bot.desk.desk import Desk
from bot.desk.escalations import Escalations
from bot.desk.outbox import Outbox
from bot.desk.routing import Router
from bot.desk.team import Leader, Team, Topic
from bot.desk.teams import Teams
from bot.desk.timekeeper import Timekeeper
from tests.desk.examples import ASKER, KARI, OLA, request

PER = Officer(id="per", name="Per Moen")
PER_IN_SLACK = Officer(id="slack:UPER", name="Per Moen")
TEAMS = Teams(
    [
        Team(id="alle", name="Alle", default=True, leader=Leader(id="slack:UPER", name="Per Moen", web="per")),
        Team(id="skilt", name="Skilt", topics=(Topic(name="Skilt", words=("skilt*",)),), leader=Leader(**dict(OLA))),
    ]
)
OPENED = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)


class Office:
    """The desk and what its leaders are told, at a time that passes in days."""

    def __init__(self, database: Database) -> None:
        self.moment = OPENED
        self.desk = Desk(database, Outbox(database), router=Router(TEAMS), clock=self.now)
        self.escalations = Escalations(database, self.desk, self.now)
        self._timekeeper = Timekeeper(self.desk, self.now)

    def now(self) -> dt.datetime:
        return self.moment

    async def wait(self, days: float) -> None:
        self.moment += dt.timedelta(days=days)
        await self._timekeeper.look()

    async def told(self) -> tuple[int | None, ...]:
        return tuple([await self.escalations.count(each) for each in (PER, PER_IN_SLACK, OLA, KARI)])


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)


async def test_a_leader_is_told_of_the_late_cases_of_the_teams_they_lead(office: Office) -> None:
    await office.desk.open(request(question="Hva gjør dere?"))
    assert await office.told() == (0, 0, 0, None)
    await office.wait(2)
    assert await office.told() == (1, 1, 0, None)
    await office.desk.open(request("reply-2", question="Kan jeg sette opp skilt?"))
    await office.wait(2)
    assert await office.told() == (1, 1, 1, None)


async def _answer(office: Office, case: Case) -> Case:
    return await office.desk.answer(case.id, KARI, "Ja.")


async def _ask_back(office: Office, case: Case) -> Case:
    return await office.desk.ask_back(case.id, KARI, "Hvor?")


async def _close(office: Office, case: Case) -> Case:
    return await office.desk.close(case.id, KARI)


async def _withdraw(office: Office, case: Case) -> Case:
    return await office.desk.withdraw(case.id, ASKER)


async def _see(office: Office, case: Case) -> None:
    for _ in range(2):
        await office.escalations.see(case, PER)


@pytest.mark.parametrize("end", [_answer, _ask_back, _close, _withdraw, _see], ids=lambda end: end.__name__)
async def test_a_leader_is_told_until_somebody_has_done_something_about_it(
    office: Office, end: Callable[[Office, Case], Awaitable[object]]
) -> None:
    case = await office.desk.open(request(question="Hva gjør dere?"))
    await office.wait(2)
    late = await office.desk.claim(case.id, KARI)
    assert await office.escalations.is_for(late, PER)
    assert not await office.escalations.is_for(late, OLA)
    await end(office, late)
    assert await office.escalations.count(PER) == 0
    assert not await office.escalations.is_for(await office.desk.get(case.id), PER)


async def test_what_one_has_seen_the_other_has_not_and_a_later_deadline_is_told_anew(office: Office) -> None:
    case = await office.desk.open(request(question="Hva gjør dere?"))
    await office.wait(2)
    case = await office.desk.get(case.id)
    await office.escalations.see(case, OLA)  # who doesn't lead the team
    assert await office.escalations.count(PER) == 1
    await office.escalations.see(case, PER)
    assert await office.told() == (0, 1, 0, None)
    await office.wait(6)
    assert await office.told() == (1, 1, 0, None)


async def test_a_case_that_goes_to_another_team_is_told_to_its_leader(office: Office) -> None:
    case = await office.desk.open(request(question="Hva gjør dere?"))
    await office.wait(2)
    await office.desk.route(case.id, KARI, "skilt")
    assert await office.told() == (0, 0, 1, None)
