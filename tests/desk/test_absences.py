"""Absences in the database, and who may take a case over."""

from __future__ import annotations

import datetime as dt

import pytest

from bot.database import Database
from bot.desk.absences import Absences
from bot.desk.calendar import OSLO
from bot.desk.case import Case, IllegalMove, Officer, Refusal
from bot.desk.desk import Desk
from bot.desk.team import Member, Team
from bot.desk.teams import Teams
from tests.desk.examples import KARI, OLA, request

TODAY = dt.date(2026, 11, 24)
INA = Officer(id="ina", name="Ina Vik")
SOMEBODY = Officer(id="u-7", name="Siri Moe")


def team(id_: str = "all", *members: Member, group: str | None = None, default: bool = True) -> Team:
    return Team(id=id_, name=id_, default=default, members=members, group=group)


LISTED = (
    Member(id="kari", name="Kari Berg", substitute="ola"),
    Member(id="ola", name="Ola Lie"),
    Member(id="ina", name="Ina Vik"),
)


def at(days: int = 0, hour: int = 12) -> dt.datetime:
    return dt.datetime.combine(TODAY + dt.timedelta(days=days), dt.time(hour), OSLO)


def absences(database: Database, *members: Member, days: int = 0, group: str | None = None) -> Absences:
    return Absences(database, Teams([team("all", *members, group=group)]), clock=lambda: at(days))


async def held(desk: Desk, officer: Officer) -> Case:
    case = await desk.open(request())
    return await desk.claim(case.id, officer)


async def test_an_officer_is_away_from_the_first_day_to_the_last(database: Database) -> None:
    told = await absences(database).tell(KARI, TODAY + dt.timedelta(days=1), TODAY + dt.timedelta(days=2), OLA)
    seen = [(await absences(database, days=days).away()).until(KARI) for days in range(4)]
    assert seen == [None, told.last, told.last, None]
    assert (await absences(database, days=1).away()).until(OLA) is None
    assert list(await absences(database).coming()) == [told]
    assert list(await absences(database, days=3).coming()) == []


async def test_the_day_is_oslos(database: Database) -> None:
    late = Absences(database, Teams([team()]), clock=lambda: dt.datetime(2026, 11, 23, 23, 30, tzinfo=dt.UTC))
    assert late.today == TODAY


async def test_who_is_back_early_is_back_today_and_what_has_not_begun_is_off(database: Database) -> None:
    now = await absences(database, days=-2).tell(KARI, TODAY - dt.timedelta(days=2), TODAY + dt.timedelta(days=5))
    later = await absences(database).tell(KARI, TODAY + dt.timedelta(days=7), TODAY + dt.timedelta(days=8))
    await absences(database).end(now.id, OLA)
    assert (await absences(database).away()).until(KARI) == now.last
    await absences(database).end(now.id, KARI)
    await absences(database).end(later.id, KARI)
    assert (await absences(database).away()).until(KARI) is None
    assert list(await absences(database).coming()) == []
    assert (await absences(database, days=-1).away()).until(KARI) == TODAY - dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "substitute"),
    [(1, 0, OLA), (-3, -1, OLA), (0, 401, OLA), (0, 1, KARI)],
    ids=["backwards", "over", "for years", "by themselves"],
)
async def test_what_makes_no_sense_is_refused(database: Database, first: int, last: int, substitute: Officer) -> None:
    begin, end = (TODAY + dt.timedelta(days=each) for each in (first, last))
    with pytest.raises(ValueError, match="nobody is away"):
        await absences(database).tell(KARI, begin, end, substitute)
    assert list(await absences(database).coming()) == []


@pytest.mark.parametrize(
    ("members", "group", "substitute", "may"),
    [
        (LISTED, None, INA, {INA}),  # whom the absence names
        (LISTED, None, None, {OLA}),  # whom the team names
        (LISTED[1:], None, None, {OLA, INA}),  # nobody: anybody of the team
        (LISTED[1:], "saksbehandlere", None, {OLA, INA, SOMEBODY}),  # whose people are not all listed
        ((), None, None, {OLA, INA, SOMEBODY}),  # or none are
    ],
    ids=["own substitute", "usual substitute", "the team", "a group", "no members"],
)
async def test_who_stands_in_may_take_the_case_over(
    database: Database,
    desk: Desk,
    members: tuple[Member, ...],
    group: str | None,
    substitute: Officer | None,
    may: set[Officer],
) -> None:
    case = await held(desk, KARI)
    known = absences(database, *members, group=group)
    assert not (await known.away()).may_stand_in(case, OLA)  # she is here
    await known.tell(KARI, TODAY, TODAY, substitute)
    away = await known.away()
    assert {each for each in (KARI, OLA, INA, SOMEBODY) if away.may_stand_in(case, each)} == may


async def test_a_substitute_who_is_away_has_one_too(database: Database, desk: Desk) -> None:
    case = await held(desk, KARI)
    known = absences(database, *LISTED)
    await known.tell(KARI, TODAY, TODAY)
    await known.tell(OLA, TODAY, TODAY, INA)
    away = await known.away()
    assert (away.substitute(KARI), away.may_stand_in(case, OLA), away.may_stand_in(case, INA)) == ("ina", False, True)


async def test_the_last_absence_told_counts(database: Database) -> None:
    known = absences(database, *LISTED)
    await known.tell(KARI, TODAY, TODAY, INA)
    await Absences(database, Teams([team("all", *LISTED)]), clock=lambda: at(hour=13)).tell(KARI, TODAY, TODAY, OLA)
    assert (await known.away()).substitute(KARI) == "ola"


async def test_a_case_that_nobody_has_is_taken_over_by_nobody(database: Database, desk: Desk) -> None:
    case = await desk.open(request())
    assert not (await absences(database).away()).may_stand_in(case, OLA)


async def test_the_case_is_then_the_substitutes(database: Database, desk: Desk) -> None:
    case = await held(desk, KARI)
    with pytest.raises(IllegalMove) as refused:
        await desk.claim(case.id, OLA)
    assert refused.value.refusal is Refusal.TAKEN
    assert (await desk.claim(case.id, OLA, standing_in=True)).officer == OLA
