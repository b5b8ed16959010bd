"""Rows of a web page's table as lines, with what spans several rows in each of them."""

from __future__ import annotations

_WIDEST = 100
"""Columns. What claims to be wider, or to span more rows, is cut: the numbers are the page's."""


class Table:
    """Takes cells in reading order and gives lines."""

    def __init__(self) -> None:
        self._cells: list[tuple[str, int, int]] = []
        self._spanning: dict[int, tuple[int, str]] = {}

    def cell(self, text: str, rows: int = 1, columns: int = 1) -> None:
        """A cell of the current row, and how many rows and columns it spans."""
        self._cells.append((text, max(1, min(rows, _WIDEST)), max(1, min(columns, _WIDEST))))

    def row(self) -> str:
        """The current row, ended: its cells with " | " between them; empty where they are."""
        texts: list[str] = []
        left: dict[int, tuple[int, str]] = {}
        cells = self._cells[::-1]
        column = 0
        while column < _WIDEST and (cells or any(at >= column for at in self._spanning)):
            if column in self._spanning:
                rows, text = self._spanning[column]
                width = 1
            else:
                text, rows, width = cells.pop() if cells else ("", 1, 1)
            texts.append(text)
            left |= {at: (rows - 1, text) for at in range(column, column + width) if rows > 1}
            column += width
        self._cells, self._spanning = [], left
        return " | ".join(texts).strip(" |") if any(texts) else ""
