"""What of a sentence can be compared with another's: numbers, amounts, dates, paragraphs, denials, duties, promises."""

from __future__ import annotations

import dataclasses
import itertools
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from knowledge.references import PARAGRAPH_NUMBER, law_key
from knowledge.wordings import DENIAL, DUTIES, MONTHS, OUTCOMES, SCALES, UNITS, WEEKDAYS, numerals

_PARAGRAPHS = re.compile(
    r"(?:§+|\bparagraf(?:ane|ene|en|er)?|\bsections?|\bartikkel|\barticle|\bart\.)\s*"
    rf"{PARAGRAPH_NUMBER}(?:(?:\s*[,–-]\s*|\s+(?:og|eller|til|and|or|to)\s+)(?:§\s*)?{PARAGRAPH_NUMBER})*",
    re.I,
)
_NUMBER_OF_ONE = re.compile(PARAGRAPH_NUMBER, re.I)
_PART = re.compile(r"\b(\d+)\.?\s*(ledd|punktum)|\b(bokstav|letter)(?:ene)?\s+([a-zæøå])\b", re.I)
_CODE = re.compile(r"(?<![\w§-])[A-Z]\d{1,2}(?![\w-])")
_LAW = re.compile(r"\b[\w-]{2,}?(?:lovens?|lova|forskriften?s?|forskrifta)\b", re.I)
_ACT = re.compile(r"\b(?:[A-Z][\w-]+ )+Act\b")

_MONTH = "|".join(MONTHS)
_DATES = (
    re.compile(
        rf"\b(?P<day>\d{{1,2}})(?:\.|st|nd|rd|th)?\s*(?:of )?(?P<name>{_MONTH})\b(?:\s+(?P<year>\d{{4}}))?", re.I
    ),
    re.compile(rf"\b(?P<name>{_MONTH})\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+(?P<year>\d{{4}}))?", re.I),
    re.compile(r"\b(?P<day>\d{1,2})[./](?P<month>\d{1,2})[./](?P<year>\d{4}|\d{2})\b"),
    re.compile(r"\b(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})\b"),
)
_SPACES = re.compile(r"[\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\s]+")
_THOUSANDS = re.compile(r"(?<=\d)[ .,](?=\d{3}(?!\d))")
_SCALED = re.compile(rf"(\d+(?:[.,]\d+)?)\s*({'|'.join(SCALES)})\b", re.I)
_NUMBER = re.compile(
    rf"(?:(?P<before>kr\.?|NOK|€|EUR|\$|USD|kl\.?|klokk[ae]n?)\s*)?(?P<value>\d+(?:[.,:]\d+)*)"
    rf"(?:\s*[-–]?\s*(?:{'|'.join(f'(?P<{name}>{unit})' for name, unit in UNITS.items())})(?!\w))?",
    re.I,
)
_BEFORE = {"€": "euro", "eur": "euro", "$": "dollar", "usd": "dollar", "kr": "kroner", "nok": "kroner"}
_CLOCK = re.compile(r"[012]\d[.:][0-5]\d")
_COUNTED = re.compile(r"\s+(?!(?:og|eller|til|and|or|to)\b)[^\W\d_]")


OTHER = "other"
"""The unit of what is counted in something that has no name here."""


@dataclasses.dataclass(frozen=True)
class Facts:
    """What a text states that can be compared.

    `amounts` are (number, unit), the unit "" where none stands beside it; `days` dates, months and weekdays;
    `references` paragraphs, their parts and codes; `laws` the laws named; `denials` how many words deny; `duties`
    whether it says "must", "may" or both; `outcomes` what it promises or decides.
    """

    amounts: frozenset[tuple[str, str]]
    days: frozenset[str]
    references: frozenset[str]
    laws: frozenset[str]
    denials: int
    duties: frozenset[str]
    outcomes: frozenset[str]


def facts(text: str, language: str) -> Facts:
    """The facts of a text in that language (nb, nn or en): "to" is a number in two of them."""
    text = _SPACES.sub(" ", text)
    rest, references = _references(numerals(text, language))
    rest, days = _days(rest)
    return Facts(
        amounts=frozenset(_amounts(rest)),
        days=frozenset(days),
        references=frozenset(references),
        laws=frozenset(_laws(text)),
        denials=len(DENIAL.findall(text)),
        duties=frozenset(name for name, words in DUTIES.items() if words.search(text)),
        outcomes=frozenset(name for name, words in OUTCOMES.items() if words.search(text)),
    )


def _references(text: str) -> tuple[str, set[str]]:
    """The text without them, and what it refers to."""
    found: set[str] = set()

    def paragraphs(match: re.Match[str]) -> str:
        found.update(f"§{re.sub(' ', '', each).lower()}" for each in _NUMBER_OF_ONE.findall(match[0]))
        return " "

    def part(match: re.Match[str]) -> str:
        number, name, _, letter = match.groups()
        found.add(f"{name.lower()} {number}" if number else f"bokstav {letter.lower()}")
        return " "

    def code(match: re.Match[str]) -> str:
        found.add(match[0])
        return " "

    for pattern, take in ((_PARAGRAPHS, paragraphs), (_PART, part), (_CODE, code)):
        text = pattern.sub(take, text)
    return text, found


def _days(text: str) -> tuple[str, set[str]]:
    """The text without dates, save their years, and the days, months and weekdays that it names."""
    found: set[str] = set()

    def take(match: re.Match[str]) -> str:
        parts = match.groupdict()
        month = int(parts["month"]) if parts.get("month") else _month(parts["name"])
        found.update({f"{month}-{int(parts['day'])}", f"month {month}"})
        return f" {parts['year'] or ''} "

    for pattern in _DATES:
        text = pattern.sub(take, text)
    found.update(f"month {_month(name)}" for name in re.findall(rf"\b(?:{_MONTH})\b", text, re.I) if name != "may")
    found.update(f"weekday {day}" for day, name in enumerate(WEEKDAYS) if re.search(rf"\b(?:{name})", text, re.I))
    return text, found


def _month(name: str) -> int:
    return next(number for pattern, number in MONTHS.items() if re.fullmatch(pattern, name, re.I))


def _amounts(text: str) -> Iterator[tuple[str, str]]:
    text = _THOUSANDS.sub("", text)
    while _SCALED.search(text):
        text = _SCALED.sub(_unscaled, text)
    for match in _NUMBER.finditer(text):
        parts = match.groupdict()
        before, number = parts.pop("before"), parts.pop("value")
        unit = next((name for name, there in parts.items() if there), "")
        if before and not unit:
            unit = _BEFORE.get(before.lower().rstrip("."), "clock")
        elif not unit and _CLOCK.fullmatch(number):
            unit = "clock"
        elif not unit and _COUNTED.match(text, match.end()):
            unit = OTHER
        yield _plain(number), unit


def _unscaled(match: re.Match[str]) -> str:
    factor = next(factor for name, factor in SCALES.items() if re.fullmatch(name, match[2], re.I))
    return _written(Decimal(match[1].replace(",", ".")) * factor)


def _plain(number: str) -> str:
    parts = re.split(r"[.,:]", number)
    try:
        return _written(Decimal(".".join(parts)))
    except InvalidOperation:  # of three parts and more: a section "4.3.1"
        return ".".join(str(int(part)) for part in parts)


def _written(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _laws(text: str) -> Iterator[str]:
    """The laws that are named, the same in bokmål and nynorsk; "loven" alone names none."""
    for match in itertools.chain(_LAW.finditer(text), _ACT.finditer(text)):
        yield law_key(match[0].removesuffix("s"), "")
