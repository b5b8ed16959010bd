"""Text without ruled cells: the tables and columns that only white space makes."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.pdf.pieces import Line, Piece, line_of, same_row
from ingest.readers.pdf.words import in_one_line

_ALIGNED = 4.0
_FEWEST_ROWS = 3
_APART = 1.2
"""Of the smallest distance of lines: rows of tables are farther apart than the lines in a cell."""
_NEXT = 3.0
"""Of the height of a line: rows that are farther apart belong to different things."""


class _Placed(NamedTuple):
    """A piece, and when it was written."""

    at: int
    piece: Piece


_Row = list[_Placed]


def lines_of(pieces: Sequence[Piece]) -> Iterator[list[Line]]:
    """The lines in the order that they were written in; tables and columns of text all at once."""
    regions = list(_regions(pieces))
    region_of = {placed.at: number for number, region in enumerate(regions) for row in region for placed in row}
    row: list[Piece] = []
    for at, piece in enumerate(pieces):
        if row and (at in region_of or not same_row(row, piece)):
            yield [line_of(row)]
            row = []
        if at not in region_of:
            row.append(piece)
        elif region := regions[region_of[at]]:
            regions[region_of[at]] = []
            yield from _region(region)
    if row:
        yield [line_of(row)]


def _regions(pieces: Sequence[Piece]) -> Iterator[list[_Row]]:
    """Rows of pieces under each other in columns."""
    rows = _rows(pieces)
    start = 0
    while start < len(rows):
        end, columns = start + 1, [(placed.piece.left, placed.piece.right) for placed in rows[start]]
        while len(columns) > 1 and end < len(rows) and _fits(rows[end - 1], rows[end], columns):
            end += 1
        while end - start > 1 and len(rows[end - 1]) == 1:
            end -= 1
        several = sum(len(row) > 1 for row in rows[start:end])
        if several >= (_FEWEST_ROWS if len(columns) == 2 else 2) and not _is_written_by_column(
            rows[start:end], columns
        ):
            yield rows[start:end]
        start = end


def _rows(pieces: Sequence[Piece]) -> list[_Row]:
    rows: list[_Row] = []
    for placed in sorted(
        (_Placed(at, piece) for at, piece in enumerate(pieces)), key=lambda placed: placed.piece.bottom
    ):
        last = rows[-1][0].piece if rows else None
        height = placed.piece.bottom - placed.piece.top
        if last and last.bottom - placed.piece.top > 0.6 * height:
            rows[-1].append(placed)
        else:
            rows.append([placed])
    return [sorted(row, key=lambda placed: placed.piece.left) for row in rows]


def _fits(above: _Row, row: _Row, columns: list[tuple[float, float]]) -> bool:
    """Whether every piece of a row stands in a column of its own; then the columns are as wide as these too."""
    height = row[0].piece.bottom - row[0].piece.top
    if row[0].piece.top - above[0].piece.bottom > _NEXT * height:
        return False
    places = [place for placed in row if (place := _column(placed.piece, columns)) is not None]
    if len(set(places)) < len(row):
        return False
    for placed, place in zip(row, places, strict=True):
        left, right = columns[place]
        columns[place] = min(left, placed.piece.left), max(right, placed.piece.right)
    return True


def _column(piece: Piece, columns: Sequence[tuple[float, float]]) -> int | None:
    touched = [at for at, (left, right) in enumerate(columns) if piece.left < right and left < piece.right]
    if len(touched) != 1:
        return None
    left, right = columns[touched[0]]
    off = (piece.left - left, piece.right - right, (piece.left + piece.right - left - right) / 2)
    return touched[0] if min(map(abs, off)) <= _ALIGNED else None


def _by_column(region: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> list[_Row]:
    found: dict[int, _Row] = defaultdict(list)
    for placed in (placed for row in region for placed in row):
        found[_at(placed.piece, columns)].append(placed)
    return [found[at] for at in sorted(found)]


def _at(piece: Piece, columns: Sequence[tuple[float, float]]) -> int:
    return next(at for at, (left, right) in enumerate(columns) if piece.left < right and left < piece.right)


def _is_written_by_column(region: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> bool:
    spans = sorted((min(p.at for p in column), max(p.at for p in column)) for column in _by_column(region, columns))
    return all(last < first for (_, last), (first, _) in itertools.pairwise(spans))


def _region(region: Sequence[_Row]) -> Iterator[list[Line]]:
    columns = [(placed.piece.left, placed.piece.right) for placed in region[0]]
    for above, row in itertools.pairwise(region):
        _fits(above, row, columns)
    by_column = _by_column(region, columns)
    if all(_is_prose([placed.piece for placed in column]) for column in by_column):
        for column in by_column:
            for placed in column:
                yield [line_of([placed.piece])]
        return
    rows = [
        (
            row,
            tuple(in_one_line(p.piece.text for p in row if _at(p.piece, columns) == at) for at in range(len(columns))),
        )
        for row in _whole_rows(region, columns)
    ]
    labels = sum(cells[0].endswith(":") or cells[-1].startswith(":") for _, cells in rows)
    between = " " if len(columns) == 2 and labels > len(rows) / 2 else " | "
    yield [line_of([placed.piece for placed in row], cells, between) for row, cells in rows]


def _whole_rows(region: Sequence[_Row], columns: Sequence[tuple[float, float]]) -> list[_Row]:
    """The rows, with the lines of cells that have several put together."""
    distances = [below[0].piece.bottom - above[0].piece.bottom for above, below in itertools.pairwise(region)]
    least = min(distances)
    has_space = max(distances) > _APART * least
    rows = [list(region[0])]
    for distance, row in zip(distances, region[1:], strict=True):
        begins = distance > _APART * least if has_space else _at(row[0].piece, columns) == 0
        if begins and not (len(row) == 1 and row[0].piece.text[:1].islower()):
            rows.append(list(row))
        else:
            rows[-1].extend(row)
    return rows


def _is_prose(column: Sequence[Piece]) -> bool:
    """Whether most lines fill the column and go on in the next, or are items of a list."""
    right, left = max(piece.right for piece in column), min(piece.left for piece in column)
    full = sum(piece.right - left > 0.75 * (right - left) for piece in column)
    items = sum(piece.is_item for piece in column)
    is_filled = full > 0.6 * len(column) and sum(len(piece.words) for piece in column) >= 3.5 * len(column)
    return is_filled or items > len(column) / 2
