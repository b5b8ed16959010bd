"""Reads PDF files: their text, or what Tesseract sees on them."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pypdfium2 import PdfiumError  # type: ignore[import-untyped]

from ingest.fetching import Fetched
from ingest.readers.outline import Outline
from ingest.readers.pdf.headings import first_title, headings_of, run_in
from ingest.readers.pdf.layout import Block, blocks_of
from ingest.readers.pdf.opening import bookmarks, changed, open_pdf, own_title
from ingest.readers.pdf.paragraphs import ENDS, Paragraph, ended_early, is_item, paragraphs_of
from ingest.readers.pdf.running import without_contents, without_running_lines
from ingest.readers.pdf.scans import INSTALL, Recognition, RecognitionError, is_garbled, is_scan
from ingest.readers.pdf.sheet import TooMuchText, take_sheet
from ingest.readers.pdf.words import glue
from ingest.readers.reading import ReadError, document, one_line, title_of
from ingest.sources import Source
from knowledge.model import Document

MOST_CHARACTERS = 20_000_000
_PAGE = {"en": "Page"}
_ONE_AT_A_TIME = threading.Lock()
"""PDFium may be used by one thread at a time."""


def read_pdf(fetched: Fetched, source: Source, recognition: Recognition = Recognition()) -> Document:  # noqa: B008
    """The document of a PDF: a section for each heading where it has such, otherwise one for each page.

    What had to be left out is in the document's notes. Raises ReadError where nothing can be read.
    """
    with _ONE_AT_A_TIME:
        file = open_pdf(fetched)
        try:
            taken = _take(file, fetched, source.language, recognition)
            marks, own, day = list(bookmarks(file)), own_title(file), changed(file)
        finally:
            file.close()
    pages = without_contents(without_running_lines(taken.pages))
    paragraphs = paragraphs_of(pages if any(pages) else taken.pages)
    title = title_of(fetched, source, source.title, own, first_title(paragraphs))
    levels = headings_of(paragraphs, marks)
    outline = Outline(title)
    _fill(outline, paragraphs, levels, title, _PAGE.get(source.language, "Side"))
    return document(fetched, source, title, outline.sections(), changed=day, notes=tuple(taken.notes()))


@dataclass
class _Taken:
    """What was taken from a file's pages, and what was not, by reason."""

    pages: list[list[Block]] = field(default_factory=list)
    left_out: dict[str, list[int]] = field(default_factory=dict)
    recognised: list[int] = field(default_factory=list)
    seconds: float = 0.0
    """How long recognising took."""

    def leave_out(self, page: int, why: str) -> None:
        self.left_out.setdefault(why, []).append(page)

    def notes(self) -> Iterator[str]:
        for why, pages in self.left_out.items():
            yield f"left out {_listed(pages)}: {why}"
        if self.recognised:
            yield f"{_listed(self.recognised)} read by text recognition (OCR); letters may be wrong"


def _take(file: Any, fetched: Fetched, language: str, recognition: Recognition) -> _Taken:
    taken, characters = _Taken(), 0
    for number in range(1, len(file) + 1):
        blocks: list[Block] = []
        try:
            page = file[number - 1]
            try:
                blocks = _page(page, number, taken, language, recognition)
            finally:
                page.close()
        except PdfiumError as error:
            taken.leave_out(number, f"damaged: {error}")
        except TooMuchText as error:
            taken.leave_out(number, str(error))
        taken.pages.append(blocks)
        characters += sum(len(line.text) for block in blocks for line in block.lines)
        if characters > MOST_CHARACTERS:
            raise ReadError(fetched, f"holds more than the {MOST_CHARACTERS} characters that are read", "split it")
    if taken.left_out and not any(taken.pages):
        raise _unreadable(fetched, taken)
    return taken


def _page(page: Any, number: int, taken: _Taken, language: str, recognition: Recognition) -> list[Block]:
    sheet = take_sheet(page)
    garbled = is_garbled(sheet)
    if not garbled and not is_scan(sheet):
        return blocks_of(sheet)
    kind = "its fonts do not say which letters they draw" if garbled else "a picture without text"
    own = [] if garbled else blocks_of(sheet)
    if not recognition.is_installed:
        taken.leave_out(number, f"{kind}; {INSTALL}")
    elif taken.seconds >= recognition.most_seconds:
        taken.leave_out(
            number, f"{kind}, and other pages took {recognition.most_seconds:g} s to recognise; split the file"
        )
    else:
        start = time.monotonic()
        try:
            blocks = recognition.read(page, language)
        except RecognitionError as error:
            taken.leave_out(number, f"{kind}; {error}")
            return own
        finally:
            taken.seconds += time.monotonic() - start
        if blocks:
            taken.recognised.append(number)
            return blocks
    return own


def _unreadable(fetched: Fetched, taken: _Taken) -> ReadError:
    reasons = "; ".join(taken.left_out)
    if "Tesseract" in reasons:
        return ReadError(fetched, f"has no text layer that can be read: {reasons}", "or bring in a version with text")
    return ReadError(fetched, f"has no page that can be read ({reasons})", "fetch it again, or save it anew")


def _listed(pages: Sequence[int]) -> str:
    """ "page 3", "pages 1-4, 7"."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    names = ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)
    return f"page{'s' if len(pages) > 1 else ''} {names}"


def _fill(
    outline: Outline, paragraphs: Sequence[Paragraph], levels: Mapping[int, int], title: str, page_name: str
) -> None:
    page = 0
    block = _Block(outline)
    for index, paragraph in enumerate(paragraphs):
        if not levels and paragraph.page != page:
            page = paragraph.page
            block.end()
            outline.heading(1, f"{page_name} {page}", page)
        if index not in levels:
            block.take(paragraph)
        elif outline.is_at_start and one_line(paragraph.text) == title:
            continue
        elif name := _run_in(index, paragraph, levels, len(paragraphs)):
            block.end()
            outline.heading(levels[index], name, paragraph.page)
            block.take(paragraph)
        elif _is_empty(index, levels, len(paragraphs)):
            block.take(paragraph)
        else:
            block.end()
            outline.heading(levels[index], _heading(paragraph.text), paragraph.page)
    block.end()


def _run_in(index: int, paragraph: Paragraph, levels: Mapping[int, int], count: int) -> str:
    """The heading in a paragraph that is its text too."""
    return run_in(paragraph.text) if len(paragraph.lines) > 1 or _is_empty(index, levels, count) else ""


def _is_empty(index: int, levels: Mapping[int, int], count: int) -> bool:
    """Whether nothing stands under a heading: then its words would be lost if they were not text."""
    return index + 1 == count or levels.get(index + 1, levels[index] + 1) <= levels[index]


def _heading(text: str) -> str:
    return re.sub(r"^[•▪◦‣●○–-]\s+|\s*:$", "", one_line(text))


class _Block:
    """Puts paragraphs into an outline, also those that go on in the next column or on the next page."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._text = ""
        self._last: Paragraph | None = None
        self._pages: list[tuple[int, int]] = []

    def take(self, paragraph: Paragraph) -> None:
        """A paragraph comes."""
        text = paragraph.text
        if self._last and _goes_on(self._last, paragraph):
            rows = paragraph.lines[0].row
            text = f"{self._text}\n{text}" if rows else glue(self._text, text)
            if paragraph.page != self._pages[-1][1]:
                self._pages.append((len(text) - len(paragraph.text), paragraph.page))
        elif self._last and not paragraph.apart:
            text = f"{self._text}\n{text}"
        else:
            self.end()
            self._pages = [(0, paragraph.page)]
        self._text, self._last = text, paragraph

    def end(self) -> None:
        """What comes now does not go on from it."""
        self._outline.block(self._text, pages=self._pages)
        self._text, self._last, self._pages = "", None, []


def _goes_on(before: Paragraph, paragraph: Paragraph) -> bool:
    last, first = before.lines[-1], paragraph.lines[0]
    elsewhere = paragraph.page != before.page or first.bottom < last.top
    if last.row or first.row:
        return last.row and first.row and len(last.cells) == len(first.cells) and paragraph.page != before.page
    if not elsewhere or is_item(first) or last.text[-1] in ENDS or not first.text[0].islower():
        return False
    return paragraph.page != before.page or not ended_early(last, first, before.margin)
