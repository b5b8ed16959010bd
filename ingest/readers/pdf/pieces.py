"""Puts words together to pieces of lines: what stands together and in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.readers.pdf.sheet import Rule, Sheet, Style, Word
from ingest.readers.pdf.tables import Cell, Grids

_CELL_GAP = 1.4
"""Of the letters' size: words farther apart than this may stand in different columns."""
_MARKER = re.compile(
    r"[•▪◦‣●○·–\N{FIGURE DASH}o-]|(?:§+\s*)?\d+(?:[.-]\d+)*[.)]?|§+|[a-zæøå][.)]|\([a-zæøå\d]+\)", re.I
)


class Line(NamedTuple):
    """A line of text, or a row of a table (`row`)."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    size: float
    bold: bool
    row: bool = False
    cells: tuple[str, ...] = ()


class Piece(NamedTuple):
    """Words that stand together on a line; `cell` is where in a ruled table."""

    words: tuple[Word, ...]
    style: Style
    cell: Cell | None

    @property
    def left(self) -> float:
        """Where it begins."""
        return self.words[0].left

    @property
    def right(self) -> float:
        """Where it ends."""
        return self.words[-1].right

    @property
    def top(self) -> float:
        """Where its first word has its top."""
        return self.words[0].top

    @property
    def bottom(self) -> float:
        """Where its first word has its bottom."""
        return self.words[0].bottom

    @property
    def is_item(self) -> bool:
        """Whether it begins with a bullet or a number of a list."""
        return bool(_MARKER.fullmatch(self.words[0].text))

    @property
    def text(self) -> str:
        """The words with spaces between them, but not where nothing is between them."""
        text = self.words[0].text
        for before, word in zip(self.words, self.words[1:], strict=False):
            raised = word.left - before.right < 0.12 * self.style.size and word.at - before.at > len(before.text) + 1
            text += word.text if raised else f" {word.text}"
        return text


def pieces_of(sheet: Sheet, grids: Grids) -> Iterator[Piece]:
    """The words parted at wide gaps and at the rules of tables, but together where only PDFium saw an end."""
    words: list[Word] = []
    cell: Cell | None = None
    for line in sheet.lines:
        for word in line:
            place = grids.cell(word)
            if words and (place != cell or not _goes_on(words, word)):
                yield _with_bullet(_piece(sheet, words, cell), sheet.dots)
                words = []
            words.append(word)
            cell = place
    if words:
        yield _with_bullet(_piece(sheet, words, cell), sheet.dots)


def _piece(sheet: Sheet, words: Sequence[Word], cell: Cell | None) -> Piece:
    known = [sheet.styles[word.at] for word in words if word.at in sheet.styles and not _MARKER.fullmatch(word.text)]
    known = known or [sheet.styles[word.at] for word in words if word.at in sheet.styles]
    if not known:
        height = words[0].bottom - words[0].top
        return Piece(tuple(words), Style(round(height * 0.85, 1), False, 0), cell)
    size = max(known, key=lambda style: style.size).size
    return Piece(tuple(words), Style(size, all(style.bold for style in known), 0), cell)


def _with_bullet(piece: Piece, dots: Sequence[Rule]) -> Piece:
    """The words with a bullet in front where one is drawn there."""
    first = piece.words[0]
    height = first.bottom - first.top
    for dot in dots:
        is_beside = 0 < first.left - dot.right < 1.5 * height
        if is_beside and first.top + 0.2 * height < dot.top and dot.bottom < first.bottom - 0.1 * height:
            bullet = Word("•", dot.left, dot.right, first.top, first.bottom, first.at - 2)
            return piece._replace(words=(bullet, *piece.words))
    return piece


def _goes_on(words: Sequence[Word], word: Word) -> bool:
    last = words[-1]
    height = min(last.bottom - last.top, word.bottom - word.top)
    overlap = min(last.bottom, word.bottom) - max(last.top, word.top)
    size = max(last.bottom - last.top, word.bottom - word.top)
    gap = word.left - last.right
    if overlap < 0.4 * height or gap < -0.4 * size:
        return False
    is_marker = len(words) == 1 and bool(_MARKER.fullmatch(last.text))
    return gap <= _CELL_GAP * size or (is_marker and gap <= 4 * size)


def same_row(row: Sequence[Piece], piece: Piece) -> bool:
    """Whether a piece stands to the right of others on their line."""
    last, word = row[-1].words[-1], piece.words[0]
    overlap = min(last.bottom, word.bottom) - max(last.top, word.top)
    return overlap > 0.6 * min(last.bottom - last.top, word.bottom - word.top) and word.left > last.right


def line_of(pieces: Sequence[Piece], cells: tuple[str, ...] = (), between: str = " | ") -> Line:
    """The line, or the row of cells, of these pieces."""
    words = [word for piece in pieces for word in piece.words]
    text = between.join(cells).strip().rstrip(" |") if cells else " ".join(piece.text for piece in pieces)
    return Line(
        text,
        min(word.left for word in words),
        max(word.right for word in words),
        min(word.top for word in words),
        max(word.bottom for word in words),
        max(piece.style.size for piece in pieces),
        all(piece.style.bold for piece in pieces),
        bool(cells),
        cells,
    )
