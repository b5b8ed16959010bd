"""Dates as pages and files write them: "Publisert 01.02.2024", "Sist endra 3. mars 2025 kl. 12.00"."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Literal

Event = Literal["published", "changed", "checked"]

_MONTHS = {
    name: number
    for number, names in enumerate("jan feb mar apr mai|may jun jul aug sep okt|oct nov des|dec".split(), start=1)
    for name in names.split("|")
}
_DATE = (
    r"(?:\w+dag,?\s+)?(?P<date>\d{4}-\d\d-\d\d|\d{1,2}[./]\s?\d{1,2}[./]\s?(?:\d{4}|\d\d)\b"
    r"|\d{1,2}\.?\s+[a-z]{3,9}\.?\s+\d{4})"
)
_TIME = r"(?:[\sT,]*(?:kl\.?|klokk[ae]n?|at)?\s*\d{1,2}[.:]\d\d(?:[.:]\d\d)?)?"
_LABEL = (
    r"(?P<published>(?:først\s+)?publisert|lagt ut|(?:first\s+)?published)"
    r"|(?P<changed>(?:sist\s+)?(?:endr[ae]t?|oppdatert|revidert|redigert)|(?:last\s+)?(?:updated|modified|changed))"
    r"|(?P<checked>(?:sist\s+)?(?:kontrollert|kvalitetssikr[ae]t?|gjennomgått|gjennomgådd)|last\s+(?:checked|reviewed))"
)
_SAID = re.compile(rf"\b(?:{_LABEL})(?:\s+den)?\s*:?\s*{_DATE}{_TIME}", re.I)
_REST = re.compile(r"[\s,.;:|·•()–-]*(?:(?:artikkel|tekst|skrevet)?\s*(?:av|by)\s[^.]{1,60})?[\s,.;|·•()–-]*", re.I)
_YEAR = re.compile(r"\d\d")
_LONGEST = 200


class Dates:
    """The dates that a page says of itself."""

    def __init__(self) -> None:
        self._said: dict[Event, dt.date] = {}

    def take(self, line: str) -> bool:
        """Keep the dates of a line that says nothing else; False where it says more, or none."""
        if len(line) > _LONGEST or not _YEAR.search(line):
            return False
        found = _dates_in(line)
        if not found or not _REST.fullmatch(_SAID.sub("", line)):
            return False
        for event, date in found:
            self._said.setdefault(event, date)
        return True

    def look_in(self, text: str) -> None:
        """Keep what a text says once, such as the line of dates among what stands around the content."""
        found = _dates_in(text)
        times = Counter(event for event, _ in found)
        for event, date in found:
            if times[event] == 1:
                self._said.setdefault(event, date)

    def get(self, event: Event) -> dt.date | None:
        """The date, where one was found."""
        return self._said.get(event)


def date_in(text: str) -> dt.date | None:
    """The date that a text begins with, as people or machines write it."""
    match = re.match(rf"\s*{_DATE}", text, re.I)
    return _date(match["date"]) if match else None


def _dates_in(text: str) -> list[tuple[Event, dt.date]]:
    events: tuple[Event, ...] = ("published", "changed", "checked")
    found = ((event, _date(match["date"])) for match in _SAID.finditer(text) for event in events if match[event])
    return [(event, date) for event, date in found if date]


def _date(text: str) -> dt.date | None:
    parts = re.findall(r"\w+", text)
    year, month, day = parts if "-" in text else parts[::-1]
    number = _MONTHS.get(month[:3].lower()) if month.isalpha() else int(month)
    try:
        return dt.date(int(year) + (2000 if len(year) == 2 else 0), number or 0, int(day))
    except ValueError:
        return None
