"""Recognises pages that have no text of their own, and reads them by Tesseract."""

from __future__ import annotations

import csv
import io
import math
import re
import shutil
import statistics
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.readers.pdf.layout import Block
from ingest.readers.pdf.pieces import Line
from ingest.readers.pdf.sheet import Sheet

INSTALL = "install Tesseract (Debian: apt-get install tesseract-ocr tesseract-ocr-nor)"
_DPI = 300
_MOST_PIXELS = 30_000_000
_SIZE = 11.0
_LARGER = 1.3
_LEAST_SURE = 40.0
"""Per cent: what Tesseract is less sure of than this is drawing rather than text."""
_FEWEST_LETTERS = 15
_PICTURE = 0.4
_DRAWINGS = 300
_BLANK = 3
"""Shapes that a page without text may have and still be blank: a line, a logo's frame."""
_STRANGE = re.compile(r"[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\x80-\x9f]")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[a-zæøåäöü]", re.I)
_VOWEL = re.compile(r"[aeiouyæøåäöü]", re.I)
_ENOUGH_LETTERS = 200
_FEWEST_VOWELS = 0.27
"""Of Latin letters: in Norwegian and English text it is 0.36 to 0.42."""
_FEWEST_E = 0.02
"""In Norwegian and English text it is 0.12 to 0.16."""

_HEADING = re.compile(r"[A-ZÆØÅ][^\d]{3,70}[^\W\d][?!]?")
"""What may be a heading where it stands alone: pictures do not say what is bold."""
_MISTAKEN = (
    (re.compile(r"^[-–]\s+[—–-]\s*|^[e¢«*°»]\s+(?=[A-ZÆØÅ])|^[.·]\s+(?=[A-ZÆØÅ])"), "- "),
    (re.compile(r"(?<=pbl\. )8 (?=\d)|(?<=loven )8 (?=\d)|(?<=\(pbl\.\) )8 (?=\d)"), "§ "),
    (re.compile(r"(?<=[a-z])[ØQ©](?=[a-z][\w.-]*\.(?:no|com)\b)"), "@"),
)
"""What Tesseract takes signs for, where it is clear: bullets, "§", and "@" in addresses."""

Place = tuple[str, str, str]
"""Block, paragraph and line."""


class RecognitionError(RuntimeError):
    """A page could not be read by Tesseract. The message says why."""


@dataclass(frozen=True)
class Recognition:
    """Reads pictures of pages. `seconds` are for one page, `most_seconds` for those of one file."""

    command: str = "tesseract"
    seconds: float = 30.0
    most_seconds: float = 300.0

    @property
    def is_installed(self) -> bool:
        """Whether the command is there."""
        return shutil.which(self.command) is not None

    def read(self, page: Any, language: str) -> list[Block]:
        """The lines of a `pypdfium2.PdfPage`. Raises RecognitionError."""
        width, height = page.get_size()
        scale = min(_DPI / 72, math.sqrt(_MOST_PIXELS / max(1.0, width * height)))
        picture = _picture(page, scale)
        # One thread: several of Tesseract's take longer together than one alone.
        command = ["env", "OMP_THREAD_LIMIT=1", self.command, "-", "-", "--dpi", str(round(scale * 72))]
        command += ["-l", "eng" if language == "en" else "nor", "tsv"]
        try:
            done = subprocess.run(command, input=picture, capture_output=True, timeout=self.seconds)  # noqa: S603, PLW1510
        except subprocess.TimeoutExpired as error:
            raise RecognitionError(f"Tesseract took longer than {self.seconds:g} s for it") from error
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines() or [f"status {done.returncode}"]
            raise RecognitionError(f"Tesseract said: {said[0]}")
        return _blocks(done.stdout.decode("utf-8", "replace"), 1 / scale)


def is_scan(sheet: Sheet) -> bool:
    """Whether a page is a picture, or drawn without letters."""
    letters = sum(len(word.text) for line in sheet.lines for word in line)
    if not letters:
        return sheet.picture > 0 or sheet.drawings > _BLANK
    return letters < _FEWEST_LETTERS and (sheet.picture >= _PICTURE or sheet.drawings >= _DRAWINGS)


def is_garbled(sheet: Sheet) -> bool:
    """Whether a page's fonts do not say which letters they draw, so that its text is not what one sees."""
    text = " ".join(word.text for line in sheet.lines for word in line)
    if len(_STRANGE.findall(text)) > 0.2 * len(text.replace(" ", "")):
        return True
    latin = _LATIN.findall(text)
    if len(latin) < max(_ENOUGH_LETTERS, 0.8 * len(_LETTER.findall(text))):
        return False
    vowels = len(_VOWEL.findall(text)) / len(latin)
    return vowels < _FEWEST_VOWELS or text.lower().count("e") / len(latin) < _FEWEST_E


def _picture(page: Any, scale: float) -> bytes:
    """The page as a greyscale PGM file."""
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        content, stride = bytes(bitmap.buffer), bitmap.stride
        rows = b"".join(content[row * stride : row * stride + bitmap.width] for row in range(bitmap.height))
        return f"P5 {bitmap.width} {bitmap.height} 255\n".encode() + rows
    finally:
        bitmap.close()


def _blocks(table: str, scale: float) -> list[Block]:
    words: dict[Place, list[Mapping[str, str]]] = {}
    for word in csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE):
        if word["level"] == "5" and word["text"].strip():
            words.setdefault((word["block_num"], word["par_num"], word["line_num"]), []).append(word)
    sure = {place: line for place, line in words.items() if _middle(line, "conf") >= _LEAST_SURE}
    usual = statistics.median(_middle(line, "height") for line in sure.values()) if sure else 1.0
    alone = Counter(place[:2] for place in sure)
    width = max((_right(line) for line in sure.values()), default=0.0)
    blocks: dict[str, Block] = {}
    for place, line in sure.items():
        heads = alone[place[:2]] == 1 and _right(line) < 0.85 * width and bool(_HEADING.fullmatch(_text(line)))
        blocks.setdefault(place[0], Block([])).lines.append(_line(line, usual, scale, heads))
    return list(blocks.values())


def _line(words: Sequence[Mapping[str, str]], usual: float, scale: float, heads: bool) -> Line:
    """A line on its base: boxes are as high as the ink, so the words in the middle say where it stands."""
    size = _middle(words, "height") / usual
    left = min(float(word["left"]) for word in words)
    bottom = statistics.median(float(word["top"]) + float(word["height"]) for word in words)
    return Line(
        _text(words),
        left * scale,
        _right(words) * scale,
        (bottom - _middle(words, "height")) * scale,
        bottom * scale,
        _SIZE * size if size >= _LARGER else _SIZE,
        heads,
    )


def _text(words: Sequence[Mapping[str, str]]) -> str:
    text = " ".join(word["text"] for word in words)
    for mistaken, right in _MISTAKEN:
        text = mistaken.sub(right, text)
    return text


def _middle(words: Sequence[Mapping[str, str]], what: str) -> float:
    return statistics.median(float(word[what]) for word in words)


def _right(words: Sequence[Mapping[str, str]]) -> float:
    return max(float(word["left"]) + float(word["width"]) for word in words)
