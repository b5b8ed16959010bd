"""When an officer's first word is due: within one working day's hours. Pure."""

from __future__ import annotations

import datetime as dt
import functools
from zoneinfo import ZoneInfo

from bot.desk.case import OPEN, Case

OSLO = ZoneInfo("Europe/Oslo")
OPENS = dt.time(8)
SHUTS = dt.time(15, 30)
WORKING_DAY = dt.timedelta(hours=7, minutes=30)

_SATURDAY = 5


def due(opened: dt.datetime) -> dt.datetime:
    """The moment when a working day's hours have passed since then, in UTC.

    What comes outside the hours counts from when they next begin: of Friday evening, Monday afternoon is the deadline.
    """
    moment = opened.astimezone(OSLO)
    left = WORKING_DAY
    while True:
        begin, end = _hours(moment.date())
        start = max(moment, begin)
        if _is_working_day(moment.date()) and start < end:
            # Within one day the hours are shifted by nothing: clocks change on Sunday nights.
            if left <= end - start:
                return (start + left).astimezone(dt.UTC)
            left -= end - start
        moment = dt.datetime.combine(moment.date() + dt.timedelta(days=1), OPENS, OSLO)


def awaited(case: Case) -> dt.datetime | None:
    """When the first word of an officer is due; None where it has come, or is not to come any more."""
    return due(case.opened) if case.state in OPEN and case.replied is None else None


def _hours(day: dt.date) -> tuple[dt.datetime, dt.datetime]:
    return dt.datetime.combine(day, OPENS, OSLO), dt.datetime.combine(day, SHUTS, OSLO)


def _is_working_day(day: dt.date) -> bool:
    return day.weekday() < _SATURDAY and day not in _public_holidays(day.year)


@functools.cache
def _public_holidays(year: int) -> frozenset[dt.date]:
    # Only now: to load it takes as long as all that is said of a case takes to be made.
    from holidays.countries.norway import Norway  # noqa: PLC0415

    return frozenset(Norway(years=year))
