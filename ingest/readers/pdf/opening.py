"""Opens PDF files, or says why they can't be opened, and what they say about themselves."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

import pypdfium2.raw as pdfium  # type: ignore[import-untyped]
from pypdfium2 import PdfDocument, PdfiumError

from ingest.fetching import Fetched
from ingest.readers.pdf.headings import Bookmark
from ingest.readers.reading import ReadError, one_line, refuse_empty, refuse_html

MOST_PAGES = 5_000
_MOST_BOOKMARKS = 5_000
_NAMED_BY_PROGRAMS = re.compile(
    r"^Microsoft \w+ - |\.(?:docx?|pdf|xlsx?|pptx?|odt|rtf|indd)\b|^\S*[\d_]\S*$"
    r"|^(?:untitled|uten navn|uten tittel|document\d*|dokument\d*|power\s?point[ -]presenta\w+|layout \d+|lysbilde \d+"
    r"|slide \d+|mal|ark\d+|book\d+|bok\d+|print|brev|notat)$",
    re.I,
)
_DAY = re.compile(r"D?:?\s*(\d{4})-?(\d{2})-?(\d{2})")


def open_pdf(fetched: Fetched) -> Any:
    """The file as a `pypdfium2.PdfDocument`, to be closed. Raises ReadError where it can't be read by anybody."""
    refuse_empty(fetched)
    if b"%PDF-" not in fetched.content[:1024]:
        refuse_html(fetched, fetched.content[:1024].decode("latin-1"))
        raise ReadError(fetched, "is not a PDF", "fetch it again, or set the reader it needs")
    try:
        file = PdfDocument(fetched.content)
    except PdfiumError as error:
        if error.err_code == pdfium.FPDF_ERR_PASSWORD:
            raise ReadError(fetched, "is locked with a password", "bring in a version without one") from error
        if error.err_code == pdfium.FPDF_ERR_SECURITY:
            raise ReadError(fetched, "is locked in a way that is not known", "bring in a version without") from error
        raise ReadError(fetched, f"is damaged ({error})", "fetch it again, or save it anew") from error
    if len(file) > MOST_PAGES:
        pages = len(file)
        file.close()
        raise ReadError(fetched, f"has {pages} pages, more than the {MOST_PAGES} that are read", "split it")
    return file


def own_title(file: Any) -> str:
    """The title that the file gives itself, unless a program made it up."""
    title = one_line(file.get_metadata_value("Title"))
    return "" if _NAMED_BY_PROGRAMS.search(title) else title


def changed(file: Any) -> dt.date | None:
    """The day of the last change, or of making."""
    for key in ("ModDate", "CreationDate"):
        if match := _DAY.match(file.get_metadata_value(key)):
            year, month, day = map(int, match.groups())
            try:
                return dt.date(year, month, day)
            except ValueError:
                continue
    return None


def bookmarks(file: Any) -> Iterator[Bookmark]:
    """The file's own outline."""
    for index, entry in enumerate(file.get_toc()):
        if index >= _MOST_BOOKMARKS:
            return
        target = entry.get_dest()
        page = target.get_index() if target else None
        yield Bookmark(one_line(entry.get_title()), entry.level + 1, None if page is None else page + 1)
