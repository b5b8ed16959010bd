from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.case import Case, CaseState
from bot.desk.deadlines import OPENS, OSLO, SHUTS, awaited, due
from tests.desk.examples import request


def oslo(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=OSLO)


@pytest.mark.parametrize(
    ("opened", "expected"),
    [
        ("2026-11-24 10:00", "2026-11-25 10:00"),
        ("2026-11-24 08:00", "2026-11-24 15:30"),
        ("2026-11-24 07:59", "2026-11-24 15:30"),
        ("2026-11-24 02:00", "2026-11-24 15:30"),
        ("2026-11-24 15:30", "2026-11-25 15:30"),
        ("2026-11-24 23:59", "2026-11-25 15:30"),
        ("2026-11-27 12:00", "2026-11-30 12:00"),
        ("2026-11-27 16:00", "2026-11-30 15:30"),
        ("2026-11-28 12:00", "2026-11-30 15:30"),
        # From the Wednesday before Easter to the Tuesday after it, and the clocks change in between.
        ("2027-03-24 12:00", "2027-03-30 12:00"),
        ("2027-03-25 12:00", "2027-03-30 15:30"),
        ("2026-10-23 15:00", "2026-10-26 15:00"),
        ("2027-05-14 15:00", "2027-05-18 15:00"),
        ("2026-12-24 14:00", "2026-12-28 14:00"),
        ("2026-12-31 15:00", "2027-01-04 15:00"),
    ],
)
def test_an_answer_is_due_when_a_working_day_has_passed(opened: str, expected: str) -> None:
    assert due(oslo(opened)).astimezone(OSLO) == oslo(expected)
    assert due(oslo(opened).astimezone(dt.UTC)) == due(oslo(opened))


@given(st.datetimes(dt.datetime(2020, 1, 1), dt.datetime(2040, 1, 1)))
def test_a_deadline_falls_in_working_hours_and_not_before_they_have_passed(moment: dt.datetime) -> None:
    opened = moment.replace(tzinfo=dt.UTC)
    at = due(opened).astimezone(OSLO)
    assert at.weekday() < 5
    assert OPENS < at.time() <= SHUTS
    assert at - opened >= dt.timedelta(hours=7, minutes=30)
    assert due(opened + dt.timedelta(minutes=1)) >= due(opened)


def test_no_deadline_is_left_when_an_officer_has_written_or_nothing_is_to_come() -> None:
    moment = oslo("2026-11-24 10:00")
    case = Case(**dict(request()), id="c", number=1, opened=moment)
    assert awaited(case) == due(moment)
    assert awaited(case.model_copy(update={"replied": moment})) is None
    assert awaited(case.model_copy(update={"state": CaseState.CLOSED})) is None
