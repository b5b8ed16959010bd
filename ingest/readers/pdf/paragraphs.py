"""Puts lines together to paragraphs, lists and rows of tables."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.readers.pdf.layout import Block
from ingest.readers.pdf.pieces import Line
from ingest.readers.pdf.words import glue

ENDS = ".:;!?"
"""What a paragraph ends with, or a heading that the text goes on after."""
_BULLET = re.compile(r"^(?:[•▪◦‣●○·–\N{FIGURE DASH}→-]|o(?=\s+[A-ZÆØÅ]))\s+")
_ITEM = re.compile(r"^(?:[a-zæøå]\)|[a-zæøå]\.\s|\(?\d{1,2}[.)]\s|\([a-zæøå\d]{1,2}\))", re.I)
_NUMBERED = re.compile(r"^(?:§+\s*\d|\d+(?:\.\d+)+\.?\s|(?:Kapittel|Kap\.|Del)\s+[\dIVX]+\b)")
_PLAIN = re.compile(r"^(?:§+\s*)?\d{1,3}(?:[.-]\d{1,2})*\.?\s+[A-ZÆØÅ][^.,;:]{1,80}$")
"""What may be a heading and looks like the text."""


@dataclass
class Paragraph:
    """Lines that are one paragraph, one list or one table."""

    page: int
    lines: list[Line]
    margin: float
    """Where full lines end."""
    apart: bool = True
    """Whether there is space above it, or another column or page."""
    indent: float = 0.0
    """From the page's left margin."""

    @property
    def text(self) -> str:
        """The lines as one text; see `join`."""
        return join(self.lines, self.margin)


def paragraphs_of(pages: Sequence[Sequence[Block]]) -> list[Paragraph]:
    """The paragraphs of all pages; those that go on over a page's end stay two."""
    leading = _leading(pages)
    found: list[Paragraph] = []
    for number, page in enumerate(pages, start=1):
        left = _left([line for block in page for line in block.lines])
        for block in page:
            margin = block.box[1]
            for lines, apart in _split(block.lines, margin, leading):
                found.append(Paragraph(number, lines, _margin(lines, margin), apart, lines[0].left - left))
    return found


def _left(lines: Sequence[Line]) -> float:
    """Where most of a page's text begins."""
    lefts = Counter[int]()
    for line in lines:
        lefts[round(line.left)] += len(line.text)
    return lefts.most_common(1)[0][0] if lefts else 0.0


def _margin(lines: Sequence[Line], widest: float) -> float:
    """Where lines are full: where most of them end, else where the widest of the block does (a block may begin above
    columns).
    """
    own = max(line.right for line in lines)
    full = sum(own - line.right < 2 * line.size for line in lines)
    return own if len(lines) >= 3 and full >= len(lines) / 2 else widest


def join(lines: Sequence[Line], margin: float) -> str:
    """The text of lines that stand together. Items of lists and rows of tables keep their lines, and so does what comes
    after a line that ended early. Words divided at line ends are made whole.
    """
    text, last = "", None
    for line in lines:
        words = _BULLET.sub("- ", line.text)
        if last is None:
            text = words
        elif line.row or last.row or is_item(line) or ended_early(last, line, margin):
            text += f"\n{words}"
        else:
            text = glue(text, words)
        last = line
    return text.replace("\N{SOFT HYPHEN}", "")


def is_item(line: Line) -> bool:
    """Whether an item of a list begins."""
    return bool(_BULLET.match(line.text) or _ITEM.match(line.text))


def is_bullet(line: Line) -> bool:
    """Whether an item begins that has no number or letter."""
    return bool(_BULLET.match(line.text))


def ended_early(line: Line, following: Line, margin: float) -> bool:
    """Whether the next line's first word had room on this one, so that whoever wrote it began a new line."""
    if line.text.endswith(("-", "\N{SOFT HYPHEN}", "/")):
        return False
    goes_on = following.text[0].islower() and line.text[-1] not in ENDS
    if goes_on and line.right - line.left > (margin - line.left) / 2:
        return False
    word = following.text.partition(" ")[0]
    width = (following.right - following.left) / max(1, len(following.text)) * (len(word) + 1)
    return line.right + width + line.size < margin


def _split(lines: Sequence[Line], margin: float, leading: float) -> Iterator[tuple[list[Line], bool]]:
    part: list[Line] = []
    apart = True
    for line in lines:
        if part and (reason := _parts(part[-1], line, margin, leading)):
            yield part, apart
            part, apart = [], reason == "space"
        part.append(line)
    if part:
        yield part, apart


def _parts(line: Line, following: Line, margin: float, leading: float) -> str:
    """Why a line does not belong to the paragraph of the line above it; empty where it does."""
    if line.row or following.row:
        return "" if line.row and following.row else "space"
    size = max(line.size, following.size)
    if following.bottom - line.bottom > 1.25 * leading * size:
        return "space"
    emphasis = (line.bold, line.size) != (following.bold, following.size)
    if emphasis and (following.bold or line.bold or abs(line.size - following.size) > 0.6):
        closed = line.text[-1] in ENDS or ended_early(line, following, margin)
        return "style" if closed or line.size != following.size or not following.text[0].islower() else ""
    early, plain = ended_early(line, following, margin), _PLAIN.match(following.text)
    heads = (plain and (early or line.text[-1] in ".:!?")) or (_NUMBERED.match(following.text) and early)
    if (heads and (following.bold or line.text[-1] not in ",(")) or (
        early and _PLAIN.match(line.text) and not following.text[0].islower()
    ):
        return "number"
    return "bullet" if following.bold and line.bold and is_item(following) else ""


def _leading(pages: Sequence[Sequence[Block]]) -> float:
    """The usual distance of lines, in sizes of letters."""
    distances = [
        (following.bottom - line.bottom) / following.size
        for page in pages
        for block in page
        for line, following in zip(block.lines, block.lines[1:], strict=False)
        if following.size and 0.8 < (following.bottom - line.bottom) / following.size < 2.2
    ]
    return statistics.quantiles(distances, n=4)[0] if len(distances) > 1 else 1.25
