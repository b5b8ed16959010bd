"""Leaves out what no reader reads: headers, footers, page numbers, and tables of contents."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from ingest.readers.pdf.layout import Block
from ingest.readers.pdf.pieces import Line

_EDGE = 3
"""Headers and footers are sought among so many lines at the top and at the bottom of a page."""
_FEWEST = 3
_SAME_PLACE = 3.0
_LONG = 25
_NEAR = 60.0
"""Points: headers of so many characters may move between pages with more and with less text; shorter ones not."""
_NUMBER = r"(?:\d{1,4}|[ivxl]{1,6})"
_PAGE_NUMBER = re.compile(
    rf"[-–|•\s]*(?:(?:side|s\.|page|p\.)\s*)?{_NUMBER}(?:\s*(?:av|of|/|\|)\s*\d{{1,4}}|\s*\(\d{{1,4}}\))?[-–|•\s]*",
    re.I,
)
_PAGE_OF = re.compile(r"\b(?:side|s\.|page)\s*(\d{1,4})\s*(?:av|of|/)\s*\d{1,4}\b", re.I)
_LEADERS = re.compile(r"(?:\.\s?){4,}|…{2,}|_{4,}")
_ENTRY = re.compile(r".*?\S(?:(?:\.\s?){4,}|…+|\s|\|\s)\s*(?P<page>\d{1,4})$")
_CONTENTS = re.compile(
    r"(?:innhold|innhald|innholdsfortegnelse|innhaldsliste|innhold:|contents|table of contents)", re.I
)
_LONGEST_ENTRY = 300
_BESIDE = 4
"""Lines between two entries of a table of contents, at most."""

Pages = Sequence[Sequence[Block]]


def without_running_lines(pages: Pages) -> list[list[Block]]:
    """The pages without lines that stand in the same place on most pages of a stretch, and without page numbers."""
    edges = [_edge([line for block in page for line in block.lines]) for page in pages]
    seen: dict[tuple[str, float, int], list[tuple[int, Line]]] = defaultdict(list)
    for number, edge in enumerate(edges):
        for line, side in edge.items():
            seen[_pattern(line.text), line.size, side].append((number, line))
    running = {
        (number, line) for places in seen.values() for group in _in_place(places) for number, line in _repeated(group)
    }
    return [
        _kept(page, lambda line, n=number: (n, line) in running or _is_page_number(line, n, edges[n]))  # type: ignore[misc]
        for number, page in enumerate(pages)
    ]


def without_contents(pages: Pages) -> list[list[Block]]:
    """The pages without tables of contents: lines with leaders, and runs of lines that end in growing page numbers."""
    return [_kept(page, _entries([line for block in page for line in block.lines], len(pages))) for page in pages]


def _edge(lines: Sequence[Line]) -> dict[Line, int]:
    """The outermost lines and their side: -1 for the top, 1 for the bottom."""
    by_place = sorted(lines, key=lambda line: line.bottom)
    found = dict.fromkeys(by_place[:_EDGE], -1)
    return found | {line: 1 for line in by_place[-_EDGE:] if line not in found}


def _in_place(places: Iterable[tuple[int, Line]]) -> list[list[tuple[int, Line]]]:
    groups: list[list[tuple[int, Line]]] = []
    for number, line in sorted(places, key=lambda place: place[1].bottom):
        if groups and line.bottom - groups[-1][-1][1].bottom <= (_NEAR if len(line.text) >= _LONG else _SAME_PLACE):
            groups[-1].append((number, line))
        else:
            groups.append([(number, line)])
    return groups


def _repeated(group: Sequence[tuple[int, Line]]) -> Sequence[tuple[int, Line]]:
    """The group, where it is on most pages from its first to its last, or on most of the left or the right ones."""
    numbers = sorted({number for number, _ in group})
    span = numbers[-1] - numbers[0] + 1
    one_side = len({number % 2 for number in numbers}) == 1
    is_running = len(numbers) >= _FEWEST and len(numbers) > (span / 2 if not one_side else (span + 1) / 4)
    return group if is_running else ()


def _is_page_number(line: Line, number: int, edge: dict[Line, int]) -> bool:
    outermost = list(edge)[:1] + list(edge)[-1:]
    if line not in outermost:
        return False
    if (counted := _PAGE_OF.search(line.text)) and len(line.text) <= 100:
        return int(counted[1]) == number + 1
    if not _PAGE_NUMBER.fullmatch(line.text):
        return False
    digits = re.search(r"\d+", line.text)
    return bool(re.match(r"\W*[a-z]", line.text, re.I)) or bool(digits and abs(int(digits[0]) - number - 1) <= 2)


def _entries(lines: Sequence[Line], pages: int) -> Callable[[Line], bool]:
    has_title = any(_CONTENTS.fullmatch(line.text.strip()) for line in lines)
    entries: list[int] = []
    run: list[int] = []
    last = 0
    for index, line in enumerate(lines):
        match = _ENTRY.match(line.text) if len(line.text) <= _LONGEST_ENTRY else None
        page = int(match["page"]) if match else 0
        clear = bool(match and _LEADERS.search(line.text))
        if match and (clear or last <= page <= pages + 50) and (clear or has_title or line.row):
            if run and index - run[-1] > _BESIDE:
                entries, run = [*entries, *_whole(run)], []
            run.append(index)
            last = page
    entries += _whole(run)
    titles = {index for index, line in enumerate(lines) if entries and _CONTENTS.fullmatch(line.text.strip())}
    left_out = {lines[index] for index in {*entries, *titles}}
    left_out |= {line for line in lines if len(line.text) <= _LONGEST_ENTRY and _LEADERS.search(line.text)}
    return left_out.__contains__


def _whole(run: Sequence[int]) -> Sequence[int]:
    """All lines from the first entry to the last: those between are entries of two lines."""
    return range(run[0], run[-1] + 1) if len(run) >= _FEWEST else ()


def _kept(page: Sequence[Block], leaves_out: Callable[[Line], bool]) -> list[Block]:
    blocks = [Block([line for line in block.lines if not leaves_out(line)]) for block in page]
    return [block for block in blocks if block.lines]


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "0", text)
