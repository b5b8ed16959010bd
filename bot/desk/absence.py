"""Officers who are away, and who stands in for them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

_NOBODY: Mapping[str, str] = MappingProxyType({})


class Absence(BaseModel):
    """An officer is away from the first day to the last, both included. `substitute` is the id of who takes over,
    empty where nobody but their usual substitute does."""

    model_config = ConfigDict(frozen=True)

    officer: str
    first: dt.date
    last: dt.date
    substitute: str = ""

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"the last day, {self.last}, is before the first, {self.first}")
        return self


def standing_in(
    absences: Iterable[Absence], officer: str, day: dt.date, usual: Mapping[str, str] = _NOBODY
) -> str | None:
    """Who works for the officer on that day, by id: the officer, where they aren't away; else their substitute, and
    where that one is away too, theirs. None where this ends with nobody.

    `usual` says who takes over from whom where an absence names nobody (`Teams.substitutes`). Of several absences on
    one day, the last one told counts.
    """
    away = {each.officer: each.substitute for each in absences if each.first <= day <= each.last}
    asked: set[str] = set()
    while officer in away:
        asked.add(officer)
        officer = away[officer] or usual.get(officer, "")
        if not officer or officer in asked:
            return None
    return officer
