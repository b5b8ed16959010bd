"""Puts a page together: its lines and tables, in the order they are read in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.pdf.gutters import lines_of
from ingest.readers.pdf.pieces import Line, Piece, line_of, pieces_of
from ingest.readers.pdf.sheet import Sheet
from ingest.readers.pdf.tables import Grids, Place
from ingest.readers.pdf.words import in_one_line

_MOST_BLOCKS = 150


@dataclass
class Block:
    """Lines that stand below each other, in the order they were written in."""

    lines: list[Line]

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, right, top, bottom."""
        return (
            min(line.left for line in self.lines),
            max(line.right for line in self.lines),
            min(line.top for line in self.lines),
            max(line.bottom for line in self.lines),
        )


def blocks_of(sheet: Sheet) -> list[Block]:
    """What stands on the page, in reading order.

    The order that the page was written in is kept where nothing speaks against it: what is above comes before what
    is below it, and what is left before what is right of it.
    """
    grids = Grids(sheet.rules)
    blocks: list[Block] = []
    for lines in _parts(list(pieces_of(sheet, grids)), grids):
        for line in lines:
            last = blocks[-1].lines[-1] if blocks else None
            if last and (line is not lines[0] if line.row else not last.row and _follows(last, line)):
                blocks[-1].lines.append(line)
            else:
                blocks.append(Block([line]))
    return _in_order(blocks)


def _parts(pieces: Sequence[Piece], grids: Grids) -> Iterator[list[Line]]:
    """Tables, and the lines between them."""
    tables: dict[int, dict[Place, list[Piece]]] = {}
    order: list[int | list[Piece]] = []
    for piece in pieces:
        if piece.cell:
            table, row, column = piece.cell
            if table not in tables:
                order.append(table)
            tables.setdefault(table, {}).setdefault((row, column), []).append(piece)
        elif order and isinstance(order[-1], list):
            order[-1].append(piece)
        else:
            order.append([piece])
    for part in order:
        if isinstance(part, list):
            yield from lines_of(part)
        else:
            yield _table(tables[part], lambda place, table=part: grids.whole(table, place))  # type: ignore[misc]


def _table(cells: dict[Place, list[Piece]], whole: Callable[[Place], Place]) -> list[Line]:
    """Rows of cells; one that reaches over several rows stands in each. `whole` is the cell that a place is part of."""
    if len({column for _, column in cells}) < 2:
        # A frame around text, not a table.
        return [line_of([piece]) for place in sorted(cells) for piece in cells[place]]
    texts = {place: in_one_line(piece.text for piece in pieces) for place, pieces in cells.items()}
    columns = sorted({column for _, column in cells})
    lines = []
    for row in sorted({row for row, _ in cells}):
        row_texts = []
        for column in columns:
            above = whole((row, column))
            row_texts.append(texts.get((row, column) if above[1] != column else above, ""))
        lines.append(line_of([piece for column in columns for piece in cells.get((row, column), [])], tuple(row_texts)))
    return lines


def _follows(line: Line, following: Line) -> bool:
    below = following.top - line.bottom
    overlaps = min(line.right, following.right) > max(line.left, following.left)
    return overlaps and -0.7 * line.size < below < 2.5 * line.size and following.bottom > line.bottom - 0.2 * line.size


def _in_order(blocks: list[Block]) -> list[Block]:
    if len(blocks) > _MOST_BLOCKS:
        return blocks
    boxes = [block.box for block in blocks]
    before = [{other for other in range(len(blocks)) if _comes_first(boxes[other], box)} for box in boxes]
    waiting, order = list(range(len(blocks))), list[int]()
    while waiting:
        index = next((index for index in waiting if not before[index] & set(waiting) - {index}), waiting[0])
        waiting.remove(index)
        order.append(index)
    return [blocks[index] for index in order]


def _comes_first(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether a box is above another, or beside it to the left."""
    left, right, top, bottom = one
    other_left, other_right, other_top, other_bottom = other
    shared = min(right, other_right) - max(left, other_left)
    slack = 0.3 * min(bottom - top, other_bottom - other_top, 12)
    if shared > 2:
        return bottom <= other_top + slack
    return min(bottom, other_bottom) - max(top, other_top) > slack and right <= other_left + 2
