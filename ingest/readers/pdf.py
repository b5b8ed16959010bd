"""Reads PDF files that have a text layer."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError

from ingest.fetching import Fetched
from ingest.readers.headings import numbered_headings
from ingest.readers.lines import join, page_lines, without_running_lines
from ingest.readers.outline import Outline
from ingest.readers.reading import ReadError, document, one_line, refuse_html
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
    title = source.title or _title(reader, pages)
    outline = Outline(title or source.name)
    headings = numbered_headings(pages)
    for number, lines in enumerate(pages, start=1):
        if not headings:
            outline.heading(1, f"{_PAGE.get(source.language, 'Side')} {number}", number)
        block: list[str] = []
        for index, line in enumerate(lines):
            level = headings.get((number - 1, index))
            if level or not line:
                outline.block(join(block), page=number)
                block = []
            if level:
                outline.heading(level, line, number)
            elif line:
                block.append(line)
        outline.block(join(block), page=number)
    return document(fetched, source, title, outline.sections(), changed=_changed(reader))


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
