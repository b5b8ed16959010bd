"""What PDFium sees on one page: words with their places and styles, ruled lines, and how much is picture."""

from __future__ import annotations

import ctypes
import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

MOST_CHARACTERS = 200_000
"""On one page. A newspaper's page has 20,000."""
_MOST_OBJECTS = 20_000
_MOST_RULES = 1_000
"""Pages with more lines or objects hold maps and drawings, not tables."""

_LONG_WORD = 5
_SPACE = 0.06
_UNEVEN = 0.02
"""Of the height of a line: a space is about a quarter of it but may be squeezed; other gaps differ by less."""

_LINE = re.compile(r"[^\r\n]+")
_WORD = re.compile(r"[^\s\x00-\x1f\x7f\ufeff\ufffe\u200b]+\ufffe?")
_LIGATURE = re.compile(r"f[fijlt]|[\ufb00-\ufb06]")
_SYMBOLS = str.maketrans({
    "\N{HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-", "\ufffe": "-",
    "\uf0b7": "•", "\uf0a7": "•", "\uf0a8": "•", "\uf0d8": "•", "\uf0fc": "•", "\uf02d": "-",
    "\uf020": "", "\uf0e0": "→",
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
})  # fmt: skip
_BOLD = re.compile(r"bold|black|heavy|demi|semib|(?:^|[-+])CMB|CMSSBX", re.I)
_DOT = 6.0
_MOST_DOTS = 200
THIN = 3.0
"""Points: boxes thinner than this are lines."""


class Style(NamedTuple):
    """How a character is set. `turn` is the direction it is read in, in quarters of a turn from the page's right."""

    size: float
    bold: bool
    turn: int


class Word(NamedTuple):
    """A word and its box; `top` and `bottom` grow downwards. `at` is its first character's index."""

    text: str
    left: float
    right: float
    top: float
    bottom: float
    at: int


class Rule(NamedTuple):
    """A straight line, level or upright."""

    left: float
    right: float
    top: float
    bottom: float


@dataclass(frozen=True)
class Sheet:
    """A page. `lines` holds words in the order the page was written in, parted where PDFium saw a new line."""

    lines: tuple[tuple[Word, ...], ...]
    styles: dict[int, Style]
    rules: tuple[Rule, ...]
    picture: float
    """The share of the page that its largest picture covers."""
    drawings: int
    """How many shapes are drawn on it."""
    dots: tuple[Rule, ...] = ()
    """Small shapes as wide as high: what browsers draw for the bullets of lists."""


class TooMuchText(ValueError):
    """A page holds more characters than any page does."""


def take_sheet(page: Any) -> Sheet:
    """Everything of a `pypdfium2.PdfPage` that layout needs. Raises TooMuchText, or PdfiumError where it is damaged."""
    shown = page.get_rotation()
    try:
        lines, styles, turn = _text(page)
        if lines and turn * 90 != shown:
            # PDFium's boxes are right only where text is shown upright, and this page is shown on its side.
            page.set_rotation(turn * 90)
            lines, styles, turn = _text(page)
        return Sheet(lines, styles, *_drawn(page, turn))
    finally:
        page.set_rotation(shown)


def _text(page: Any) -> tuple[tuple[tuple[Word, ...], ...], dict[int, Style], int]:
    """The lines that are read in the direction that most are, their styles, and that direction."""
    text_page = page.get_textpage()
    try:
        count = text_page.count_chars()
        if count > MOST_CHARACTERS:
            raise TooMuchText(f"{count} characters on one page")
        text = _characters(text_page.raw, count)
        starts = {match.start(): match for match in _LINE.finditer(text) if not match[0].isspace()}
        styles = {at: _style(text_page.raw, at) for at in starts}
        turns = Counter[int]()
        for at, style in styles.items():
            turns[style.turn] += len(starts[at][0])
        turn = turns.most_common(1)[0][0] if turns else 0
        lines = [_words(text_page.raw, match, turn) for at, match in starts.items() if styles[at].turn == turn]
        sampled = {at for line in lines if line for at in (line[0].at, line[len(line) // 2].at, line[-1].at)}
        styles |= {at: _style(text_page.raw, at) for at in sampled - styles.keys()}
    finally:
        text_page.close()
    return tuple(line for line in lines if line), styles, turn


def _characters(raw: Any, count: int) -> str:
    buffer = (ctypes.c_ushort * (count + 1))()
    if pdfium.FPDFText_GetText(raw, 0, count, buffer) == count + 1:
        return "".join(map(chr, buffer[:count]))
    return "".join(chr(pdfium.FPDFText_GetUnicode(raw, index)) for index in range(count))


def _style(raw: Any, at: int) -> Style:
    matrix, name, flags = pdfium.FS_MATRIX(), ctypes.create_string_buffer(128), ctypes.c_int()
    size = pdfium.FPDFText_GetFontSize(raw, at)
    turn = 0
    if pdfium.FPDFText_GetMatrix(raw, at, matrix):
        size *= math.hypot(matrix.c, matrix.d)
        turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
    pdfium.FPDFText_GetFontInfo(raw, at, name, len(name), flags)
    bold = bool(_BOLD.search(name.value.decode("latin-1"))) or pdfium.FPDFText_GetFontWeight(raw, at) >= 700
    return Style(round(size, 1), bold, turn)


def _words(raw: Any, line: re.Match[str], turn: int) -> tuple[Word, ...]:
    words = []
    for match in _WORD.finditer(line[0]):
        start, end = line.start() + match.start(), line.start() + match.end()
        # A word that holds two is long: nothing is gained by looking into others. The boxes of ligatures are guessed.
        is_looked_into = end - start >= _LONG_WORD and not turn and not _LIGATURE.search(match[0])
        spaces = _spaces(raw, start, end) if is_looked_into else ()
        for first, last in itertools.pairwise((start, *spaces, end)):
            if text := _whole(match[0][first - start : last - start]):
                left, right, top, bottom = _box(raw, first, turn)
                right = max(right, _box(raw, last - 1, turn).right)
                words.append(Word(text, left, right, top, bottom, first))
    return tuple(words)


def _box(raw: Any, at: int, turn: int) -> Rule:
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(raw, at, box)
    return _turned(turn, box.left, box.right, box.bottom, box.top)


def _spaces(raw: Any, start: int, end: int) -> list[int]:
    """Where a word holds a space that PDFium did not see: a gap that is wide, among others that are alike."""
    box, take = pdfium.FS_RECTF(), pdfium.FPDFText_GetLooseCharBox
    take(raw, start, box)
    gaps, before, height = [], box.right, box.top - box.bottom
    for at in range(start + 1, end):
        take(raw, at, box)
        gaps.append(box.left - before)
        before = box.right
    usual = sorted(gaps)[len(gaps) // 2]
    odd = [start + 1 + index for index, gap in enumerate(gaps) if abs(gap - usual) > _UNEVEN * height]
    return odd if len(odd) <= 2 and all(gaps[at - start - 1] - usual > _SPACE * height for at in odd) else []


def _whole(text: str) -> str:
    """The word as it is read; half a character, which nothing can be written in, is replaced."""
    if text.isascii():
        return text
    return text.translate(_SYMBOLS).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _turned(turn: int, left: float, right: float, bottom: float, top: float) -> Rule:
    """A box of the page as its reader holds it: left, right, top and bottom, growing downwards."""
    if turn == 1:
        return Rule(bottom, top, left, right)
    if turn == 2:
        return Rule(-right, -left, bottom, top)
    if turn == 3:
        return Rule(-top, -bottom, -right, -left)
    return Rule(left, right, -top, -bottom)


def _drawn(page: Any, turn: int) -> tuple[tuple[Rule, ...], float, int, tuple[Rule, ...]]:
    """The ruled lines, the largest picture's share, the number of shapes, and dots."""
    rules, dots, picture, shapes = list[Rule](), list[Rule](), 0.0, 0
    width, height = page.get_size()
    for index in range(min(pdfium.FPDFPage_CountObjects(page.raw), _MOST_OBJECTS)):
        drawn = pdfium.FPDFPage_GetObject(page.raw, index)
        kind = pdfium.FPDFPageObj_GetType(drawn)
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            shapes += 1
            bounds = left, right, bottom, top = _bounds(drawn)
            if 1 <= right - left <= _DOT and abs(right - left - top + bottom) <= 1:
                dots.append(_turned(turn, *bounds))
            elif len(rules) <= _MOST_RULES:
                rules.extend(_turned(turn, *rule) for rule in _rules(drawn, bounds))
        elif kind in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            left, right, bottom, top = _bounds(drawn)
            picture = max(picture, (right - left) * (top - bottom) / (width * height or 1))
    few = len(rules) <= _MOST_RULES
    return tuple(rules) if few else (), picture, shapes, tuple(dots) if len(dots) <= _MOST_DOTS else ()


def _bounds(drawn: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    pdfium.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
    return left.value, right.value, bottom.value, top.value


def _rules(path: Any, bounds: tuple[float, float, float, float]) -> Iterator[tuple[float, float, float, float]]:
    """The straight lines of a path: thin boxes that are filled, and level or upright strokes. Others are shading."""
    left, right, bottom, top = bounds
    if right - left <= THIN or top - bottom <= THIN:
        yield bounds
        return
    segments = pdfium.FPDFPath_CountSegments(path)
    if segments > _MOST_RULES:
        return
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    for points in _outlines(path, segments):
        if stroke.value:
            for (x, y), (to_x, to_y) in itertools.pairwise(points):
                if abs(x - to_x) <= 1 or abs(y - to_y) <= 1:
                    yield min(x, to_x), max(x, to_x), min(y, to_y), max(y, to_y)
        else:
            across, up = [x for x, _ in points], [y for _, y in points]
            if max(across) - min(across) <= THIN or max(up) - min(up) <= THIN:
                yield min(across), max(across), min(up), max(up)


def _outlines(path: Any, segments: int) -> list[list[tuple[float, float]]]:
    """The corners of each part of a path, the first one again where it is closed."""
    matrix, x, y = pdfium.FS_MATRIX(), ctypes.c_float(), ctypes.c_float()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    outlines: list[list[tuple[float, float]]] = []
    for index in range(segments):
        segment = pdfium.FPDFPath_GetPathSegment(path, index)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        point = (
            matrix.a * x.value + matrix.c * y.value + matrix.e,
            matrix.b * x.value + matrix.d * y.value + matrix.f,
        )
        if not outlines or pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            outlines.append([])
        outlines[-1].append(point)
        if pdfium.FPDFPathSegment_GetClose(segment):
            outlines[-1].append(outlines[-1][0])
    return outlines
