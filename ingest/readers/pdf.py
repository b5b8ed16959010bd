"""Reads PDF files that have a text layer."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Mapping, Sequence

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from ingest.fetching import Fetched
from ingest.readers.headings import Heading, numbered_headings
from ingest.readers.lines import join, page_lines, without_running_lines
from ingest.readers.outline import Outline
from ingest.readers.reading import ReadError, document, one_line, refuse_html, title_of
from ingest.sources import Source
from knowledge.model import Document

_PROGRAM = re.compile(r"^Microsoft \w+ - |\.(?:docx?|pdf|xlsx?|pptx?|odt|rtf)\b|^(?:untitled|document\d*)$", re.I)
_PAGE = {"en": "Page"}


def read_pdf(fetched: Fetched, source: Source) -> Document:
    """The document of a PDF: a section for each numbered heading where it has such, otherwise one for each page."""
    reader = _opened(fetched)
    pages = without_running_lines([_lines(page) for page in reader.pages])
    if not any(pages):
        raise ReadError(
            fetched, "has no text layer", "it is a scan; run text recognition (OCR) on it, or fetch the text"
        )
    title = title_of(fetched, source, source.title, _title(reader, pages))
    outline = Outline(title)
    headings = numbered_headings(pages)
    writer = _Writer(outline)
    for number, lines in enumerate(pages, start=1):
        if not headings:
            writer.heading(Heading(1, f"{_PAGE.get(source.language, 'Side')} {number}"), number)
        writer.page(number, lines, {line: heading for (page, line), heading in headings.items() if page == number - 1})
    writer.end_block()
    return document(fetched, source, title, outline.sections(), changed=_changed(reader))


class _Writer:
    """Puts lines into an outline as paragraphs, also those that go on from one page to the next."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._block: list[str] = []
        self._width = 0
        self._page = 0

    def page(self, number: int, lines: Sequence[str], headings: Mapping[int, Heading]) -> None:
        """Take a page; `headings` are by line."""
        self._bridge(lines[0] if lines else "")
        self._width, self._page = max(map(len, lines), default=0), number
        text_from = 0
        for index, line in enumerate(lines):
            if heading := headings.get(index):
                self.heading(heading, number)
                text_from = index + heading.lines
            elif not line:
                self.end_block()
            elif index >= text_from:
                self._block.append(line)

    def heading(self, heading: Heading, page: int) -> None:
        """A section begins."""
        self.end_block()
        self._outline.heading(heading.level, heading.text, page)

    def end_block(self) -> None:
        """What comes now is another paragraph."""
        self._outline.block(join(self._block, self._width), page=self._page)
        self._block = []

    def _bridge(self, line: str) -> None:
        goes_on = self._block and self._block[-1][-1] not in ".:;!?" and line[:1].islower()
        if not goes_on:
            self.end_block()


def _opened(fetched: Fetched) -> PdfReader:
    if not fetched.content.strip():
        raise ReadError(fetched, "is empty", "bring in the whole file, or take it out of the source")
    if b"%PDF-" not in fetched.content[:1024]:
        refuse_html(fetched, fetched.content[:1024].decode("latin-1"))
        raise ReadError(fetched, "is not a PDF", "fetch it again, or set the reader it needs")
    try:
        reader = PdfReader(io.BytesIO(fetched.content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise ReadError(fetched, "is locked with a password", "bring in a version without one")
        _ = len(reader.pages)
    except PyPdfError as error:
        raise ReadError(fetched, f"is damaged ({error})", "fetch it again, or save it anew") from error
    return reader


def _lines(page: PageObject) -> list[str]:
    plain = page.extract_text()
    return page_lines(plain, page.extract_text(extraction_mode="layout")) if plain.strip() else []


def _title(reader: PdfReader, pages: Sequence[Sequence[str]]) -> str:
    named = one_line(str(reader.metadata.title or "")) if reader.metadata else ""
    if named and not _PROGRAM.search(named):
        return named
    return next((line for line in pages[0] if len(line) <= 120 and len(re.findall(r"\w{2,}", line)) >= 2), "")


def _changed(reader: PdfReader) -> dt.date | None:
    try:
        moment = reader.metadata and (reader.metadata.modification_date or reader.metadata.creation_date)
    except ValueError:
        return None
    return moment.date() if moment else None
