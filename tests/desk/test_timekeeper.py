"""The clocks of cases: what is said when, once each, however many watch."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from bot.database import Database
from bot.desk.calendar import OSLO
from bot.desk.case import SYSTEM, CaseState, Event, Move
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Outbox
from bot.desk.timekeeper import Timekeeper
from tests.desk.examples import ASKER, KARI, brought, request

MONDAY = dt.datetime(2026, 11, 23, 10, tzinfo=OSLO)


class Time:
    """The time, as it is set."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        return self.moment.astimezone(dt.UTC)

    def pass_until(self, day: int, hour: float) -> None:
        self.moment = MONDAY.replace(day=day, hour=int(hour), minute=round(hour % 1 * 60))


@pytest.fixture
def time() -> Time:
    return Time(MONDAY)


@pytest.fixture
def desk(database: Database, outbox: Outbox, time: Time) -> Desk:
    return Desk(database, outbox, officer_platforms=("slack",), clock=time)


@pytest.fixture
def timekeeper(desk: Desk, time: Time) -> Timekeeper:
    return Timekeeper(desk, time)


async def rung(timekeeper: Timekeeper, desk: Desk, case_id: str) -> list[Move]:
    """What the clock says now."""
    known = len(await desk.events(case_id))
    await timekeeper.look()
    await timekeeper.look()
    return [event.move for event in (await desk.events(case_id))[known:]]


async def test_the_life_of_a_case_that_nobody_hurries_with(desk: Desk, timekeeper: Timekeeper, time: Time) -> None:
    case = await desk.open(request())
    assert (case.due_reply, case.due_answer) == (MONDAY.replace(day=24), MONDAY.replace(day=30))
    time.pass_until(24, 8)
    assert await rung(timekeeper, desk, case.id) == []
    time.pass_until(24, 8.5)
    assert await rung(timekeeper, desk, case.id) == [Move.REMINDED]
    time.pass_until(24, 10)
    assert await rung(timekeeper, desk, case.id) == [Move.ESCALATED]
    assert await desk.count(CaseFilter(late=time() + dt.timedelta(minutes=1))) == 1
    time.pass_until(30, 8.25)
    assert await rung(timekeeper, desk, case.id) == [Move.REMINDED]
    time.pass_until(30, 12)
    assert await rung(timekeeper, desk, case.id) == [Move.ESCALATED]
    await desk.answer(case.id, KARI, "Ja.")
    assert await rung(timekeeper, desk, case.id) == []
    time.pass_until(30, 23)
    assert await rung(timekeeper, desk, case.id) == []
    time.moment = dt.datetime(2026, 12, 1, 12, tzinfo=OSLO)
    assert await rung(timekeeper, desk, case.id) == [Move.NUDGED]


async def test_an_officers_first_word_leaves_the_other_deadline(desk: Desk, timekeeper: Timekeeper, time: Time) -> None:
    case = await desk.open(request())
    await desk.ask_back(case.id, KARI, "Ute?")
    await desk.follow_up(case.id, ASKER, "Ja.", "C1:2")
    time.pass_until(24, 12)
    assert await rung(timekeeper, desk, case.id) == []
    time.pass_until(30, 12)
    assert await rung(timekeeper, desk, case.id) == [Move.ESCALATED]


async def test_the_clock_stands_still_while_the_asker_is_waited_for(
    desk: Desk, timekeeper: Timekeeper, time: Time, outbox: Outbox
) -> None:
    case = await desk.open(request())
    time.pass_until(24, 9)
    await desk.ask_back(case.id, KARI, "Ute?")
    assert (await desk.get(case.id)).due is None
    time.moment = dt.datetime(2026, 12, 10, 20, tzinfo=OSLO)
    assert await rung(timekeeper, desk, case.id) == []
    await brought(outbox, "web")
    resumed = await desk.follow_up(case.id, ASKER, "Ja.", "C1:2")
    # Four days and an hour were left; they begin on Friday morning.
    assert resumed.due == dt.datetime(2026, 12, 17, 9, tzinfo=OSLO)
    (told,) = [each for each in await brought(outbox, "web") if each.kind == "case.resumed"]
    assert CaseNotice.model_validate(told.payload).due == resumed.due


async def test_what_is_late_is_told_to_the_asker_and_to_the_officers(
    desk: Desk, timekeeper: Timekeeper, time: Time, outbox: Outbox
) -> None:
    case = await desk.open(request())
    await brought(outbox, "slack")
    time.pass_until(24, 12)
    await timekeeper.look()
    told = await brought(outbox, "web", "slack")
    assert {each.kind for each in told} <= {"case.escalated", "case.changed"}
    (late,) = [CaseNotice.model_validate(each.payload) for each in told if each.kind == "case.escalated"]
    assert (late.case_id, late.due) == (case.id, case.due_reply)


async def test_many_who_watch_say_a_thing_once(desk: Desk, database: Database, other: Database, time: Time) -> None:
    cases = [await desk.open(request(f"reply-{number}")) for number in range(10)]
    elsewhere = Desk(other, Outbox(other), ("slack",), clock=time)
    time.pass_until(24, 12)
    await asyncio.gather(*(Timekeeper(each, time).look() for each in (desk, elsewhere, desk, elsewhere)))
    for case in cases:
        assert [event.move for event in await desk.events(case.id)] == [Move.OPENED, Move.ESCALATED]


async def test_a_reopened_case_gets_new_deadlines(desk: Desk, timekeeper: Timekeeper, time: Time) -> None:
    case = await desk.open(request())
    await desk.answer(case.id, KARI, "Ja.")
    time.pass_until(26, 9)
    reopened = await desk.reopen(case.id, KARI)
    assert (reopened.state, reopened.due) == (CaseState.FORWARDED, MONDAY.replace(day=27, hour=9))
    assert await rung(timekeeper, desk, case.id) == []


async def test_it_goes_on_after_trouble_and_ends_when_told(desk: Desk, time: Time, database: Database) -> None:
    case = await desk.open(request())
    time.pass_until(24, 12)
    stop = asyncio.Event()
    running = asyncio.create_task(Timekeeper(desk, time, pause=0.01).run(stop))
    while len(await desk.events(case.id)) == 1:
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(running, 5)


async def test_a_case_past_both_deadlines_is_told_of_once(desk: Desk, timekeeper: Timekeeper, time: Time) -> None:
    case = await desk.open(request())
    time.moment = dt.datetime(2026, 12, 10, 12, tzinfo=OSLO)
    assert await rung(timekeeper, desk, case.id) == [Move.ESCALATED]
    assert (await desk.get(case.id)).escalated == case.due_answer


async def test_what_was_found_of_the_first_deadline_is_not_told_after_the_second(desk: Desk, time: Time) -> None:
    case = await desk.open(request())
    time.moment = dt.datetime(2026, 12, 10, 12, tzinfo=OSLO)
    first, second = [
        Event(move=Move.ESCALATED, actor=SYSTEM, moment=time(), due=due) for due in (case.due_reply, case.due_answer)
    ]
    await desk.ring(case.id, second)
    slow = await desk.ring(case.id, first)  # a timekeeper that looked before the second one passed
    assert slow.escalated == case.due_answer
    assert [event.move for event in await desk.events(case.id)] == [Move.OPENED, Move.ESCALATED]
