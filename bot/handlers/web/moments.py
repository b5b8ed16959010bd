"""Moments and dates as people write them, on the municipality's clock."""

from __future__ import annotations

import datetime as dt

from babel.dates import format_date, format_datetime, format_timedelta, get_timezone

from bot.texts import LOCALES, Texts

_CLOCK = get_timezone("Europe/Oslo")
_DAY = {"nb": "d. MMM HH:mm", "nn": "d. MMM HH:mm", "en": "d MMM HH:mm"}
_TIME = {"nb": "HH.mm", "nn": "HH.mm", "en": "HH:mm"}
_DATE = {"nb": "d. MMMM", "nn": "d. MMMM", "en": "d MMMM"}
_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}


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


def date(value: dt.date, language: str) -> str:
    """The day of this year, the month in letters."""
    return format_date(value, _DATE[language], locale=LOCALES[language])


def deadline(value: dt.datetime, language: str, texts: Texts) -> str:
    """When something is due, in words: "i dag 15.30", "torsdag 15.30", "3. desember 15.30"."""
    local, today = value.astimezone(_CLOCK), dt.datetime.now(_CLOCK).date()
    time = format_datetime(value, _TIME[language], tzinfo=_CLOCK, locale=LOCALES[language])
    days = (local.date() - today).days
    if near := _NEAR.get(days):
        return texts(language, f"web.when.{near}", time=time)
    pattern = "EEEE" if 1 < days < 7 else _DATE[language]
    written = format_datetime(value, pattern, tzinfo=_CLOCK, locale=LOCALES[language])
    return texts(language, "web.when.day", day=written, time=time)


def lateness(value: dt.datetime, language: str) -> str:
    """How long it is past due, in one unit."""
    passed = dt.datetime.now(dt.UTC) - value
    return format_timedelta(passed, granularity="minute", threshold=1.5, locale=LOCALES[language])
