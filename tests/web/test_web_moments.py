from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk.calendar import OSLO
from bot.handlers.web.moments import deadline, lateness
from bot.texts import LANGUAGES, Texts

TEXTS = Texts()


def at(days: int) -> dt.datetime:
    """Half past three on that day from today on, in Oslo."""
    today = dt.datetime.now(OSLO).date()
    return dt.datetime.combine(today + dt.timedelta(days=days), dt.time(15, 30), OSLO).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("days", "nb", "nn", "en"),
    [
        (-1, "i går 15.30", "i går 15.30", "yesterday 15:30"),
        (0, "i dag 15.30", "i dag 15.30", "today 15:30"),
        (1, "i morgen 15.30", "i morgon 15.30", "tomorrow 15:30"),
    ],
)
def test_what_is_near_is_named_by_its_day(days: int, nb: str, nn: str, en: str) -> None:
    assert [deadline(at(days), language, TEXTS) for language in ("nb", "nn", "en")] == [nb, nn, en]


@given(days=st.integers(min_value=2, max_value=400), language=st.sampled_from(LANGUAGES))
def test_a_week_ahead_it_is_the_weekday_and_after_that_the_date(days: int, language: str) -> None:
    said = deadline(at(days), language, TEXTS)
    assert said.endswith("15.30" if language != "en" else "15:30")
    has_number = any(character.isdigit() for character in said.rsplit(" ", 1)[0])
    assert has_number is (days >= 7)


@pytest.mark.parametrize(
    ("passed", "nb"), [({"minutes": 10}, "10 minutter"), ({"hours": 3}, "3 timer"), ({"days": 3}, "3 døgn")]
)
def test_how_late_it_is_is_said_in_one_unit(passed: dict[str, float], nb: str) -> None:
    assert lateness(dt.datetime.now(dt.UTC) - dt.timedelta(**passed), "nb") == nb
