"""Working time: the hours of a week, without public holidays, measured in working days. Pure."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, model_validator

OSLO = ZoneInfo("Europe/Oslo")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Hours = tuple[tuple[dt.time, dt.time], ...]
"""The hours of one day: spans from one time to another, in order. One that ends at 00:00 ends at midnight."""

_OFFICE: Hours = ((dt.time(8), dt.time(15, 30)),)
_DAY = dt.timedelta(days=1)
_ROUNDING = 1e-9
"""Of a working day: what floats may be off, and nobody notices."""


class Calendar(BaseModel):
    """When a team works, in Oslo's time; without anything said, Monday to Friday from 08:00 to 15:30.

    `week` holds the hours of Monday to Sunday, `closed` the days off besides public holidays: "MM-DD" every year,
    "YYYY-MM-DD" once. Every day with hours is one working day, however long, and a part of its hours is that part of a
    day. What comes outside of the hours counts from when they next begin.
    """

    model_config = ConfigDict(frozen=True)

    week: tuple[Hours, ...] = (*(_OFFICE,) * 5, (), ())
    closed: frozenset[str] = frozenset()

    @classmethod
    def of(cls, week: Mapping[str, Hours], closed: frozenset[str] = frozenset()) -> Self:
        """A calendar by the names of its open days: "mon" to "sun"."""
        return cls(week=tuple(week.get(day, ()) for day in DAYS), closed=closed)

    @model_validator(mode="after")
    def _has_hours(self) -> Self:
        if len(self.week) != len(DAYS) or not any(self.week):
            raise ValueError("a week has seven days, and hours on at least one of them")
        return self

    def is_open(self, moment: dt.datetime) -> bool:
        """Is it within the hours? The moment when they end is not."""
        moment = moment.astimezone(dt.UTC)
        return any(begin <= moment < end for begin, end in self._open(_date(moment)).spans)

    def after(self, moment: dt.datetime, days: float) -> dt.datetime:
        """The moment, in UTC, when that many working days have passed.

        What runs out together with a day's hours is due when they end, not when the next begin. After 0 days it is the
        moment itself, or when hours next begin. Raises ValueError for a negative number.
        """
        left = _not_negative(days)
        moment = moment.astimezone(dt.UTC)
        day = _date(moment)
        while True:
            open_ = self._open(day)
            passed = open_.passed(moment)
            if passed < 1 and left <= 1 - passed + _ROUNDING:
                return open_.reached(passed + left) if left else open_.next(moment)
            left -= 1 - passed
            day += _DAY

    def before(self, moment: dt.datetime, days: float) -> dt.datetime:
        """The latest moment, in UTC, from which that many working days are left until then.

        Raises ValueError for a negative number.
        """
        left = _not_negative(days)
        moment = moment.astimezone(dt.UTC)
        day = _date(moment)
        while True:
            open_ = self._open(day)
            passed = open_.passed(moment) if open_.spans else 0
            if passed > 0 and left <= passed + _ROUNDING:
                return open_.left(passed - left)
            left -= passed
            day -= _DAY

    def between(self, start: dt.datetime, end: dt.datetime) -> float:
        """The working days from one moment to the other; negative where the other comes first."""
        if end < start:
            return -self.between(end, start)
        start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        first = _date(start)
        days = (first + index * _DAY for index in range((_date(end) - first).days + 1))
        return sum((open_.passed(end) - open_.passed(start) for open_ in map(self._open, days)), 0.0)

    def _open(self, day: dt.date) -> _Open:
        if day in _public_holidays(day.year) or not self.closed.isdisjoint({f"{day:%m-%d}", day.isoformat()}):
            return _Open(())
        spans: list[tuple[dt.datetime, dt.datetime]] = []
        for opens, shuts in self.week[day.weekday()]:
            begin = _instant(day, opens)
            end = _instant(day if shuts > opens else day + _DAY, shuts)
            # In the night when the clocks are put forward, times of the hour that isn't there fall into the next one.
            begin = max(begin, spans[-1][1]) if spans else begin
            if begin < end:
                spans.append((begin, end))
        return _Open(tuple(spans))


class _Open(NamedTuple):
    """The hours of one date, as moments in UTC; a date without hours has passed as soon as it begins."""

    spans: tuple[tuple[dt.datetime, dt.datetime], ...]

    @property
    def length(self) -> dt.timedelta:
        return sum((end - begin for begin, end in self.spans), dt.timedelta())

    def passed(self, moment: dt.datetime) -> float:
        """How much of these hours has passed by then, from 0 to 1."""
        if not self.spans:
            return 1
        worked = (min(end, moment) - begin for begin, end in self.spans if moment > begin)
        return sum(worked, dt.timedelta()) / self.length

    def reached(self, share: float) -> dt.datetime:
        """The first moment by which that much has passed."""
        worked = self.length * min(share, 1)
        for begin, end in self.spans[:-1]:
            if worked <= end - begin:
                return begin + worked
            worked -= end - begin
        return self.spans[-1][0] + worked

    def left(self, share: float) -> dt.datetime:
        """The last moment by which no more than that has passed."""
        to_come = self.length - self.length * max(share, 0)
        for begin, end in self.spans[:0:-1]:
            if to_come <= end - begin:
                return end - to_come
            to_come -= end - begin
        return self.spans[0][1] - to_come

    def next(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself, or when hours next begin."""
        return next(max(begin, moment) for begin, end in self.spans if moment < end)


def _not_negative(days: float) -> float:
    if days < 0:
        raise ValueError(f"{days} working days are less than none; ask for the other direction")
    return days


def _date(moment: dt.datetime) -> dt.date:
    return moment.astimezone(OSLO).date()


def _instant(day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, OSLO).astimezone(dt.UTC)


@functools.cache
def _public_holidays(year: int) -> frozenset[dt.date]:
    # Only now: to load it takes as long as all that is said of a case takes to be made.
    from holidays.countries.norway import Norway  # noqa: PLC0415

    return frozenset(Norway(years=year))
