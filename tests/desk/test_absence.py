from __future__ import annotations

import datetime as dt

import pytest

from bot.desk.absence import Absence, standing_in


def away(officer: str, first: str, last: str, substitute: str = "") -> Absence:
    return Absence(
        officer=officer,
        first=dt.date.fromisoformat(first),
        last=dt.date.fromisoformat(last),
        substitute=substitute,
    )


ABSENCES = [
    away("ola", "2026-12-01", "2026-12-10", "eva"),
    away("eva", "2026-12-10", "2026-12-20", "per"),
    away("per", "2026-12-15", "2026-12-15"),
    away("ina", "2026-12-01", "2026-12-31", "ulf"),
    away("ulf", "2026-12-05", "2026-12-05", "ina"),
    away("ina", "2026-12-24", "2026-12-24", "eva"),
]


@pytest.mark.parametrize(
    ("officer", "day", "expected"),
    [
        ("kari", "2026-12-01", "kari"),
        ("ola", "2026-11-30", "ola"),
        ("ola", "2026-12-01", "eva"),
        ("ola", "2026-12-10", "per"),
        ("ola", "2026-12-11", "ola"),
        ("eva", "2026-12-15", None),
        ("ina", "2026-12-04", "ulf"),
        ("ina", "2026-12-05", None),
        ("ina", "2026-12-24", "eva"),
    ],
)
def test_a_substitute_stands_in_and_theirs_for_them(officer: str, day: str, expected: str | None) -> None:
    assert standing_in(ABSENCES, officer, dt.date.fromisoformat(day)) == expected


def test_who_names_no_substitute_has_the_usual_one() -> None:
    day = dt.date(2026, 12, 15)
    assert standing_in(ABSENCES, "per", day, {"per": "kari", "eva": "ola"}) == "kari"
    assert standing_in(ABSENCES, "eva", day, {"per": "kari", "eva": "ola"}) == "kari"
    assert standing_in(ABSENCES, "per", day, {"per": "per"}) is None


def test_an_absence_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="is before the first"):
        away("ola", "2026-12-02", "2026-12-01")
