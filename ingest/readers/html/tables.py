"""Rows of a web page's table as lines, with what spans several rows in each of them."""

from __future__ import annotations

_WIDEST = 100
"""Columns. What claims to be wider, or to span more rows, is cut: the numbers are the page's."""
_MOST_REPEATED = 1_000_000
"""Characters of cells that are said again in the rows that they span: a small page could ask for a gigabyte."""


class Table:
    """Takes cells in reading order and gives lines."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, int, int]] = []
        self._spanning: dict[int, tuple[str, int, int]] = {}
        self._repeated = 0

    def cell(self, text: str, rows: int = 1, columns: int = 1) -> None:
        """A cell of the current row, and how many rows and columns it spans."""
        self._cells.append((text, max(1, min(rows, _WIDEST)), max(1, min(columns, _WIDEST))))

    def row(self) -> str:
        """The current row, ended: its cells with " | " between them; empty where they are."""
        texts: list[str] = []
        left: dict[int, tuple[str, int, int]] = {}
        cells = self._cells[::-1]
        column, last = 0, max(self._spanning, default=-1)
        while column < _WIDEST and (cells or column <= last):
            is_repeated = column in self._spanning
            text, rows, width = self._spanning[column] if is_repeated else cells.pop() if cells else ("", 1, 1)
            self._repeated += len(text) * is_repeated
            texts.append(text)
            if rows > 1 and self._repeated < _MOST_REPEATED:
                left[column] = text, rows - 1, width
            column += width
        self._cells, self._spanning = [], left
        return " | ".join(texts).strip(" |") if any(texts) else ""
