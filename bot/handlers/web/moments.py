"""Moments and dates as people write them, on the municipality's clock."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date, format_datetime, format_timedelta, get_timezone

from bot.texts import LOCALES

_CLOCK = get_timezone("Europe/Oslo")
_DAY = {"nb": "d. MMM HH:mm", "nn": "d. MMM HH:mm", "en": "d MMM HH:mm"}


def moment(value: dt.datetime, language: str) -> str:
    """The time of day; with the day before it where that isn't today."""
    today = dt.datetime.now(_CLOCK).date()
    pattern = "HH:mm" if value.astimezone(_CLOCK).date() == today else _DAY[language]
    return format_datetime(value, pattern, tzinfo=_CLOCK, locale=LOCALES[language])


def age(value: dt.datetime, language: str) -> str:
    """How long ago it was, in one unit."""
    passed = dt.datetime.now(dt.UTC) - value
    return format_timedelta(-passed, add_direction=True, granularity="minute", locale=LOCALES[language])


def day(value: dt.date, language: str) -> str:
    """The date, the month in letters."""
    return format_date(value, "long", locale=LOCALES[language])
