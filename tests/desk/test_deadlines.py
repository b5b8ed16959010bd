from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.desk.calendar import DAYS, OSLO, Calendar, Hours
from bot.desk.deadlines import Terms


def oslo(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=OSLO)


def hours(*spans: str) -> Hours:
    """The hours written "08:00-15:30"."""
    return tuple((dt.time.fromisoformat(span[:5]), dt.time.fromisoformat(span[6:])) for span in spans)


OFFICE = Calendar()
SHORT_FRIDAY = Calendar.of({**dict.fromkeys(DAYS[:4], hours("08:00-15:30")), "fri": hours("09:00-12:00")})
TWO_SPANS = Calendar.of(dict.fromkeys(DAYS[:5], hours("08:00-11:00", "12:00-15:00")))
SATURDAYS_TOO = Calendar.of(dict.fromkeys(DAYS[:6], hours("10:00-14:00")))
ALWAYS = Calendar.of(dict.fromkeys(DAYS, hours("00:00-00:00")))
CHRISTMAS_OFF = Calendar(closed=frozenset({"12-24", "12-31", "2026-05-15"}))
NIGHT_OF_SUNDAY = Calendar.of({"sun": hours("01:00-05:00"), "mon": hours("08:00-12:00")})


@pytest.mark.parametrize(
    ("calendar", "start", "days", "expected"),
    [
        # within the hours, at their edges, and at night
        (OFFICE, "2026-11-24 10:00", 1, "2026-11-25 10:00"),
        (OFFICE, "2026-11-23 10:00", 1, "2026-11-24 10:00"),
        (OFFICE, "2026-11-24 08:00", 1, "2026-11-24 15:30"),
        (OFFICE, "2026-11-24 07:59", 1, "2026-11-24 15:30"),
        (OFFICE, "2026-11-24 02:00", 1, "2026-11-24 15:30"),
        (OFFICE, "2026-11-24 15:30", 1, "2026-11-25 15:30"),
        (OFFICE, "2026-11-24 23:59", 1, "2026-11-25 15:30"),
        (OFFICE, "2026-11-24 10:00", 0.5, "2026-11-24 13:45"),
        (OFFICE, "2026-11-24 14:00", 0.5, "2026-11-25 10:15"),
        (OFFICE, "2026-11-24 10:00", 0, "2026-11-24 10:00"),
        (OFFICE, "2026-11-24 15:30", 0, "2026-11-25 08:00"),
        # weekends
        (OFFICE, "2026-11-27 12:00", 1, "2026-11-30 12:00"),
        (OFFICE, "2026-11-27 16:00", 1, "2026-11-30 15:30"),
        (OFFICE, "2026-11-28 12:00", 1, "2026-11-30 15:30"),
        (OFFICE, "2026-11-27 12:00", 5, "2026-12-04 12:00"),
        (SATURDAYS_TOO, "2026-11-27 12:00", 1, "2026-11-28 12:00"),
        # Easter: from Maundy Thursday to Easter Monday; in 2027 the clocks change in between
        (OFFICE, "2026-04-01 12:00", 1, "2026-04-07 12:00"),
        (OFFICE, "2026-04-02 12:00", 1, "2026-04-07 15:30"),
        (OFFICE, "2026-03-30 09:00", 5, "2026-04-09 09:00"),
        (SATURDAYS_TOO, "2026-04-01 12:00", 1, "2026-04-04 12:00"),
        (OFFICE, "2027-03-24 12:00", 1, "2027-03-30 12:00"),
        (OFFICE, "2027-03-25 12:00", 1, "2027-03-30 15:30"),
        # the clocks go back and forward, without an hour of work lost or won
        (OFFICE, "2026-10-23 15:00", 1, "2026-10-26 15:00"),
        (OFFICE, "2026-03-27 09:00", 1, "2026-03-30 09:00"),
        (ALWAYS, "2026-10-25 00:00", 1, "2026-10-26 00:00"),
        (ALWAYS, "2026-03-29 00:00", 1, "2026-03-30 00:00"),
        # of the four hours in that night three are left, or five: half of them is another time
        (NIGHT_OF_SUNDAY, "2026-03-29 01:00", 0.5, "2026-03-29 03:30"),
        (NIGHT_OF_SUNDAY, "2026-10-25 01:00", 0.6, "2026-10-25 03:00"),
        (NIGHT_OF_SUNDAY, "2026-10-18 01:00", 0.5, "2026-10-18 03:00"),
        # 17 May on a Sunday and on Whit Monday
        (OFFICE, "2026-05-15 15:00", 1, "2026-05-18 15:00"),
        (OFFICE, "2027-05-14 15:00", 1, "2027-05-18 15:00"),
        # Christmas Eve and New Year's Eve are working days, where they are not said to be off
        (OFFICE, "2026-12-23 14:00", 1, "2026-12-24 14:00"),
        (OFFICE, "2026-12-24 14:00", 1, "2026-12-28 14:00"),
        (OFFICE, "2026-12-31 15:00", 1, "2027-01-04 15:00"),
        (CHRISTMAS_OFF, "2026-12-23 14:00", 1, "2026-12-28 14:00"),
        (CHRISTMAS_OFF, "2026-12-30 14:00", 1, "2027-01-04 14:00"),
        (CHRISTMAS_OFF, "2026-05-13 14:00", 1, "2026-05-18 14:00"),
        (CHRISTMAS_OFF, "2027-05-13 14:00", 1, "2027-05-14 14:00"),
        # an open day is a whole one, however short
        (SHORT_FRIDAY, "2026-11-26 08:00", 2, "2026-11-27 12:00"),
        (SHORT_FRIDAY, "2026-11-26 11:45", 1, "2026-11-27 10:30"),
        (SHORT_FRIDAY, "2026-11-27 10:30", 1, "2026-11-30 11:45"),
        # with a break: what comes in it counts from its end
        (TWO_SPANS, "2026-11-24 11:30", 0.25, "2026-11-24 13:30"),
        (TWO_SPANS, "2026-11-24 11:30", 0, "2026-11-24 12:00"),
        (TWO_SPANS, "2026-11-24 10:00", 0.25, "2026-11-24 12:30"),
        (TWO_SPANS, "2026-11-24 08:00", 0.5, "2026-11-24 11:00"),
    ],
)
def test_working_days_pass_only_in_hours(calendar: Calendar, start: str, days: float, expected: str) -> None:
    end = calendar.after(oslo(start), days)
    assert end.tzinfo is dt.UTC
    assert end == oslo(expected).astimezone(dt.UTC)
    assert calendar.after(oslo(start).astimezone(dt.UTC), days) == end
    assert calendar.between(oslo(start), end) == pytest.approx(days)


@pytest.mark.parametrize(
    ("calendar", "end", "days", "expected"),
    [
        (OFFICE, "2026-11-24 15:30", 0.5, "2026-11-24 11:45"),
        (OFFICE, "2026-11-24 10:00", 1, "2026-11-23 10:00"),
        (OFFICE, "2026-11-24 15:30", 1, "2026-11-24 08:00"),
        (OFFICE, "2026-11-24 08:00", 0, "2026-11-23 15:30"),
        (OFFICE, "2026-11-28 12:00", 1, "2026-11-27 08:00"),
        (OFFICE, "2026-04-07 09:30", 0.4, "2026-04-01 13:59:59.999999"),
        (TWO_SPANS, "2026-11-24 12:30", 0.25, "2026-11-24 10:00"),
        (TWO_SPANS, "2026-11-24 15:00", 0.5, "2026-11-24 12:00"),
        (TWO_SPANS, "2026-11-24 11:30", 0.25, "2026-11-24 09:30"),
    ],
)
def test_working_days_are_counted_back_from_a_moment(calendar: Calendar, end: str, days: float, expected: str) -> None:
    start = calendar.before(oslo(end), days)
    assert abs(start - oslo(expected)) <= dt.timedelta(microseconds=1)
    assert calendar.between(start, oslo(end)) == pytest.approx(days)


@pytest.mark.parametrize(
    ("calendar", "moment", "expected"),
    [
        (OFFICE, "2026-11-24 08:00", True),
        (OFFICE, "2026-11-24 15:29", True),
        (OFFICE, "2026-11-24 15:30", False),
        (OFFICE, "2026-11-24 07:59", False),
        (OFFICE, "2026-11-28 12:00", False),
        (OFFICE, "2026-04-02 12:00", False),
        (OFFICE, "2027-05-17 12:00", False),
        (OFFICE, "2026-12-24 12:00", True),
        (CHRISTMAS_OFF, "2026-12-24 12:00", False),
        (TWO_SPANS, "2026-11-24 11:30", False),
        (TWO_SPANS, "2026-11-24 12:00", True),
        (SHORT_FRIDAY, "2026-11-27 12:30", False),
        (ALWAYS, "2026-11-28 23:59:59", True),
    ],
)
def test_hours_hold_their_beginning_and_not_their_end(calendar: Calendar, moment: str, expected: bool) -> None:
    assert calendar.is_open(oslo(moment)) is expected


def test_time_does_not_run_backwards_and_a_week_has_hours() -> None:
    moment = oslo("2026-11-24 10:00")
    with pytest.raises(ValueError, match="less than none"):
        OFFICE.after(moment, -1)
    with pytest.raises(ValueError, match="less than none"):
        OFFICE.before(moment, -1)
    with pytest.raises(ValueError, match="hours on at least one"):
        Calendar.of({})


def test_hours_in_the_hour_that_the_clocks_leave_out_do_not_run_backwards() -> None:
    calendar = Calendar.of({"sun": hours("02:15-02:45", "03:00-03:30"), "mon": hours("08:00-12:00")})
    shares = [0.1 * tenth for tenth in range(1, 11)]
    ends = [calendar.after(oslo("2026-03-28 12:00"), share) for share in shares]
    assert ends == sorted(set(ends))
    assert all(calendar.is_open(end - dt.timedelta(microseconds=2)) for end in ends)


MOMENTS = st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2032, 1, 1), timezones=st.just(dt.UTC))
WORKING_DAYS = st.floats(0.001, 12)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Weeks of up to three spans a day, at any time, one of them with hours at least."""
    week: dict[str, Hours] = {}
    for day in draw(st.sets(st.sampled_from(DAYS), min_size=1)):
        edges = sorted(draw(st.sets(st.integers(0, 95), min_size=2, max_size=6)))
        times = [dt.time(edge // 4, edge % 4 * 15) for edge in edges]
        week[day] = tuple(zip(times[::2], times[1::2], strict=False))
    return Calendar.of(week)


@settings(deadline=None)
@given(calendars(), MOMENTS, WORKING_DAYS)
def test_between_undoes_after_and_before(calendar: Calendar, moment: dt.datetime, days: float) -> None:
    later = calendar.after(moment, days)
    assert calendar.between(moment, later) == pytest.approx(days, abs=1e-6)
    assert calendar.between(calendar.before(moment, days), moment) == pytest.approx(days, abs=1e-6)


@settings(deadline=None)
@given(calendars(), MOMENTS, WORKING_DAYS)
def test_what_is_due_is_due_in_hours(calendar: Calendar, moment: dt.datetime, days: float) -> None:
    instant = dt.timedelta(microseconds=2)
    end = calendar.after(moment, days)
    assert end > moment
    assert calendar.is_open(end - instant)
    assert calendar.is_open(calendar.before(moment, days) + instant)
    assert calendar.is_open(calendar.after(moment, 0))


@settings(deadline=None)
@given(calendars(), MOMENTS, st.timedeltas(dt.timedelta(), dt.timedelta(days=9)), WORKING_DAYS, WORKING_DAYS)
def test_later_is_due_later(
    calendar: Calendar, moment: dt.datetime, apart: dt.timedelta, days: float, more: float
) -> None:
    assert calendar.after(moment, days) <= calendar.after(moment + apart, days)
    assert calendar.after(moment, days) <= calendar.after(moment, days + more)
    assert calendar.before(moment, days) <= calendar.before(moment + apart, days)


@settings(deadline=None)
@given(calendars(), MOMENTS, MOMENTS, MOMENTS)
def test_working_time_adds_up(calendar: Calendar, first: dt.datetime, second: dt.datetime, third: dt.datetime) -> None:
    between = calendar.between
    assert between(first, second) + between(second, third) == pytest.approx(between(first, third), abs=1e-6)
    assert between(first, second) == -between(second, first)


@settings(deadline=None)
@given(calendars(), MOMENTS, WORKING_DAYS, WORKING_DAYS)
def test_waiting_twice_is_waiting_for_both(calendar: Calendar, moment: dt.datetime, one: float, two: float) -> None:
    in_two_steps = calendar.after(calendar.after(moment, one), two)
    assert calendar.between(in_two_steps, calendar.after(moment, one + two)) == pytest.approx(0, abs=1e-6)


def test_terms_say_when_words_are_due_and_when_to_remind() -> None:
    terms, opened = Terms(), oslo("2026-11-24 10:00")
    assert terms.reply_due(opened) == oslo("2026-11-25 10:00")
    assert terms.answer_due(opened) == oslo("2026-12-01 10:00")
    assert terms.remind_at(terms.reply_due(opened)) == oslo("2026-11-25 08:07:30")
    assert terms.remind_at(oslo("2026-11-25 09:00")) == oslo("2026-11-24 14:37:30")
    slower = Terms(calendar=SHORT_FRIDAY, reply=2, answer=10, reminder=1)
    assert slower.reply_due(oslo("2026-11-26 08:00")) == oslo("2026-11-27 12:00")
    assert slower.remind_at(oslo("2026-11-27 12:00")) == oslo("2026-11-27 09:00")


@pytest.mark.parametrize(
    ("deadline", "paused", "now", "expected"),
    [
        ("2026-11-25 10:00", "2026-11-24 14:00", "2026-11-26 09:00", "2026-11-26 12:30"),
        ("2026-11-25 10:00", "2026-11-24 14:00", "2026-11-24 14:00", "2026-11-25 10:00"),
        # asked back and answered within a night: nothing was lost
        ("2026-11-25 10:00", "2026-11-24 16:00", "2026-11-25 07:00", "2026-11-25 10:00"),
        ("2026-11-25 10:00", "2026-11-24 15:00", "2026-11-28 12:00", "2026-11-30 10:30"),
        # late when it was paused: late it stays
        ("2026-11-25 10:00", "2026-11-25 11:00", "2026-11-27 09:00", "2026-11-25 10:00"),
    ],
)
def test_a_paused_clock_goes_on_with_what_was_left(deadline: str, paused: str, now: str, expected: str) -> None:
    resumed = Terms().resumed(oslo(deadline), oslo(paused), oslo(now))
    assert abs(resumed - oslo(expected)) < dt.timedelta(milliseconds=1)
