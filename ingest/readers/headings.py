"""Finds the numbered headings of a document ("§ 1.2 Energi", "3.1 Boligbebyggelse") where they are clear."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_PART = re.compile(r"(?:Del|Kapittel|Kap\.)\s+(\d+|[IVX]+)\b")
_NUMBERED = re.compile(r"(?P<sign>§\s*)?(?P<number>\d{1,3}(?:\.\d{1,2}){0,3})(?P<dot>\.)?\s+(?P<text>[A-ZÆØÅ].*)")
_ENTRY = re.compile(r"(?:§\s*)?\d[\d.]*\s+\S.*\s\d{1,3}$")
_LONGEST = 100
_FEWEST = 3
_GAP = 3
"""Headings may be missing between two others, but not more than this."""


@dataclass(frozen=True)
class Heading:
    """A heading that was found: its level, its text, and how many lines it takes."""

    level: int
    text: str
    lines: int = 1


def numbered_headings(pages: Sequence[Sequence[str]]) -> dict[tuple[int, int], Heading]:
    """The headings by page and line, both from 0. Empty where there are fewer than three.

    A number is a heading's only where it goes on from the heading before; so items of lists, which are counted from one
    again, are not taken for headings, and neither are tables of contents.
    """
    found = dict(_in_order(pages))
    return found if len(found) >= _FEWEST else {}


def _in_order(pages: Sequence[Sequence[str]]) -> Iterator[tuple[tuple[int, int], Heading]]:
    last: tuple[int, ...] = ()
    for page, lines in enumerate(pages):
        for index, line in enumerate(lines):
            if len(line) > _LONGEST or _is_contents(lines, index):
                continue
            match = _NUMBERED.match(line)
            if _PART.match(line):
                last = ()
                yield (page, index), _whole(1, lines, index)
            elif match and _is_heading(match) and _goes_on(last, _number(match["number"])):
                last = _number(match["number"])
                yield (page, index), _whole(len(last) + 1, lines, index)


def _whole(level: int, lines: Sequence[str], index: int) -> Heading:
    line, following = lines[index], lines[index + 1] if index + 1 < len(lines) else ""
    is_open = line.count("(") > line.count(")") and ")" in following
    if len(line) + len(following) <= 2 * _LONGEST and (is_open or re.match(r"[a-zæøå]{2}", following)):
        return Heading(level, f"{line} {following}", 2)
    return Heading(level, line)


def _is_contents(lines: Sequence[str], index: int) -> bool:
    """Whether the line and one beside it end in numbers of pages."""
    beside = [*lines[max(0, index - 1) : index], *lines[index + 1 : index + 2]]
    return bool(_ENTRY.match(lines[index])) and any(map(_ENTRY.match, beside))


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
