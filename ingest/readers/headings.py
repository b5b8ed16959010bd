"""Finds numbered headings ("§ 1.2 Energi", "3.1 Boligbebyggelse") among the lines of a document, where they are clear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_PART = re.compile(r"(?:Del|Kapittel|Kap\.)\s+(\d+|[IVX]+)\b")
_NUMBERED = re.compile(r"(?P<sign>§\s*)?(?P<number>\d{1,3}(?:\.\d{1,2}){0,3})(?P<dot>\.)?\s+(?P<text>[A-ZÆØÅ].*)")
_LONGEST = 100
_FEWEST = 3
_GAP = 3
"""Headings may be missing between two others, but not more than this."""


def numbered_headings(pages: Sequence[Sequence[str]]) -> dict[tuple[int, int], int]:
    """The level of each heading by its page and line, both from 0. Empty where there are fewer than three.

    A number is a heading's only where it goes on from the heading before; so items of lists and tables of contents,
    which are counted from one again or end in dots and a page number, are not taken for headings.
    """
    found = dict(_in_order(pages))
    return found if len(found) >= _FEWEST else {}


def _in_order(pages: Sequence[Sequence[str]]) -> Iterator[tuple[tuple[int, int], int]]:
    last: tuple[int, ...] = ()
    for page, lines in enumerate(pages):
        for index, line in enumerate(lines):
            if len(line) > _LONGEST or "...." in line:
                continue
            if _PART.match(line):
                last = ()
                yield (page, index), 1
                continue
            match = _NUMBERED.match(line)
            if match and _is_heading(match):
                number = _number(match["number"])
                if _goes_on(last, number):
                    last = number
                    yield (page, index), len(number) + 1


def _is_heading(match: re.Match[str]) -> bool:
    # "2. Samferdselsanlegg." is an item of a list, "2.2 Miljøforhold." a heading.
    return bool(match["sign"]) or "." in match["number"] or match["text"][-1] not in ".,;:"


def _number(text: str) -> tuple[int, ...]:
    # "1.0 BOLIGFORMÅL" heads what "1.1" is in.
    number = tuple(map(int, text.split(".")))
    return number[:-1] if len(number) > 1 and number[-1] == 0 else number


def _goes_on(last: tuple[int, ...], number: tuple[int, ...]) -> bool:
    if not last:
        return number[-1] <= 1 and len(number) <= 2
    if number[: len(last)] == last:
        return len(number) == len(last) + 1 and number[-1] <= _GAP
    depth = len(number) - 1
    return depth < len(last) and number[:depth] == last[:depth] and 0 < number[depth] - last[depth] <= _GAP
