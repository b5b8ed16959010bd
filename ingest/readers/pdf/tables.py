"""Finds the cells of ruled tables."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.pdf.sheet import THIN, Rule, Word

_SNAP = 3.0
"""Points: lines this near to each other are one, and meet."""
_SHORTEST = 6.0

Place = tuple[int, int]
"""Row and column."""
Cell = tuple[int, int, int]
"""Table, row and column."""


@dataclass(frozen=True)
class Grid:
    """A table's lines: where rows and columns end, and which lines there are between cells."""

    rows: tuple[float, ...]
    columns: tuple[float, ...]
    level: tuple[Rule, ...]
    upright: tuple[Rule, ...]

    def middle(self, place: Place) -> tuple[float, float]:
        """The point in the middle of a row and column."""
        row, column = place
        x = (self.columns[column] + self.columns[column + 1]) / 2
        return x, (self.rows[row] + self.rows[row + 1]) / 2

    def cell(self, x: float, y: float) -> Place | None:
        """Row and column of what stands there; of the first of those that were made one."""
        if not (self.rows[0] < y < self.rows[-1] and self.columns[0] < x < self.columns[-1]):
            return None
        row = bisect.bisect_right(self.rows, y) - 1
        column = bisect.bisect_right(self.columns, x) - 1
        while column and not _crosses(self.upright, self.columns[column], y):
            column -= 1
        while row and not _is_over(self.level, self.rows[row], x):
            row -= 1
        return row, column


class Grids:
    """The tables of a page."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._grids = tuple(_grids(rules))

    def cell(self, word: Word) -> Cell | None:
        """The cell that a word stands in."""
        x, y = (word.left + word.right) / 2, (word.top + word.bottom) / 2
        for table, grid in enumerate(self._grids):
            if place := grid.cell(x, y):
                return table, *place
        return None

    def whole(self, table: int, place: Place) -> Place:
        """The cell that a row and column are part of, where several were made one."""
        grid = self._grids[table]
        return grid.cell(*grid.middle(place)) or place


def _crosses(upright: Sequence[Rule], x: float, y: float) -> bool:
    return any(abs(rule.left - x) <= _SNAP and rule.top - _SNAP <= y <= rule.bottom + _SNAP for rule in upright)


def _is_over(level: Sequence[Rule], y: float, x: float) -> bool:
    return any(abs(rule.top - y) <= _SNAP and rule.left - _SNAP <= x <= rule.right + _SNAP for rule in level)


def _grids(rules: Sequence[Rule]) -> Iterator[Grid]:
    lines = [rule for rule in rules if max(rule.right - rule.left, rule.bottom - rule.top) >= _SHORTEST]
    for group in _touching(lines):
        level = tuple(rule for rule in group if rule.bottom - rule.top <= THIN)
        upright = tuple(rule for rule in group if rule.right - rule.left <= THIN)
        rows, columns = _places(rule.top for rule in level), _places(rule.left for rule in upright)
        if len(rows) >= 3 and len(columns) >= 3:
            yield Grid(rows, columns, level, upright)


def _touching(rules: Sequence[Rule]) -> list[list[Rule]]:
    """The rules in groups that hang together."""
    groups: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.top):
        met = [group for group in groups if any(_meet(rule, other) for other in group)]
        groups = [group for group in groups if not any(group is other for other in met)]
        groups.append([rule, *(other for group in met for other in group)])
    return groups


def _meet(one: Rule, other: Rule) -> bool:
    return (
        one.left <= other.right + _SNAP
        and other.left <= one.right + _SNAP
        and one.top <= other.bottom + _SNAP
        and other.top <= one.bottom + _SNAP
    )


def _places(places: Iterator[float]) -> tuple[float, ...]:
    found: list[float] = []
    for place in sorted(places):
        if not found or place - found[-1] > 2 * _SNAP:
            found.append(place)
    return tuple(found)
