"""How long: "1 day", "2 weeks", "6 months"."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

_DAYS = {"minute": 1 / 1440, "hour": 1 / 24, "day": 1, "week": 7, "month": 30, "year": 365}
_LONGEST = timedelta(days=3650)
PATTERN = rf"^[1-9][0-9]{{0,3}} ({'|'.join(_DAYS)})s?$"


def _duration(written: object) -> timedelta:
    if isinstance(written, timedelta):
        return written
    if not isinstance(written, str) or not re.search(PATTERN, written):
        advice = 'is no length of time; write a number and minutes, hours, days, weeks, months or years: "2 weeks"'
        raise PydanticCustomError("duration", advice)
    number, unit = written.split()
    length = timedelta(days=int(number) * _DAYS[unit.removesuffix("s")])
    if not timedelta(minutes=5) <= length <= _LONGEST:
        raise PydanticCustomError("duration", "is too short or too long; write 5 minutes to 10 years")
    return length


Duration = Annotated[timedelta, BeforeValidator(_duration), WithJsonSchema({"type": "string", "pattern": PATTERN})]
"""A month has 30 days in it and a year 365."""
