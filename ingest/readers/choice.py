"""Which reader reads what."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import urlsplit

from ingest.fetching import Fetched
from ingest.readers.html import read_html
from ingest.readers.lovdata import is_lovdata, read_lovdata
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plan import read_plan
from ingest.readers.reading import Reader, ReadError, is_html
from ingest.readers.text import read_text
from ingest.readers.word import read_word
from ingest.sources import Source
from knowledge.model import Document

_log = logging.getLogger(__name__)

READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "markdown": read_markdown,
        "html": read_html,
        "lovdata": read_lovdata,
        "pdf": read_pdf,
        "plan": read_plan,
        "word": read_word,
        "text": read_text,
    }
)
_BY_SUFFIX = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
    ".txt": "text",
    # The reader of Word says of those that it does not read what to do with them.
    **dict.fromkeys((".docx", ".docm", ".dotx", ".doc", ".rtf", ".odt"), "word"),
}
_BY_MEDIA_TYPE = {
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "word",
    "application/vnd.ms-word.document.macroenabled.12": "word",
    "application/vnd.oasis.opendocument.text": "word",
    "application/msword": "word",
    "application/rtf": "word",
    "text/rtf": "word",
}
_BY_BEGINNING = {b"%PDF-": "pdf", b"PK\x03\x04": "word", b"\xd0\xcf\x11\xe0": "word", b"{\\rtf": "word"}


def read(fetched: Fetched, source: Source, readers: Mapping[str, Reader] = READERS) -> Document:
    """The document, read by the reader that the source names, else by media type (from the web) or suffix; a law in
    Lovdata's format is known by its beginning.

    Raises ReadError, also where a reader stumbles over a file in a way that nobody foresaw.
    """
    reader = readers.get(source.reader or _format(fetched) or "")
    if reader is None:
        what = f"is in a format that is not read ({fetched.media_type})"
        raise ReadError(fetched, what, f"bring it in as another, or set reader to one of {', '.join(readers)}")
    try:
        document = reader(fetched, source)
        # What can't be written down, such as half a character, is found out before it is to be.
        document.model_dump_json()
    except (ReadError, MemoryError):
        raise
    except Exception as error:
        _log.debug("the reader of %s broke", fetched.location, exc_info=True)
        what = f"cannot be read ({type(error).__name__}: {error})"
        raise ReadError(fetched, what, "it may be damaged: fetch it again, or save it anew") from error
    return document


def _format(fetched: Fetched) -> str | None:
    if is_lovdata(fetched.content):
        return "lovdata"
    path = fetched.location if isinstance(fetched.location, Path) else PurePosixPath(urlsplit(fetched.url).path)
    named = _BY_SUFFIX.get(path.suffix.lower())
    if isinstance(path, Path):
        return named or _by_content(fetched)
    told = _BY_MEDIA_TYPE.get(fetched.media_type) or named or _by_content(fetched)
    return told or ("text" if fetched.media_type == "text/plain" else None)


def _by_content(fetched: Fetched) -> str | None:
    """What a file of no known name is: servers call much of what they keep application/octet-stream."""
    if is_html(fetched.content[:1024].decode("latin-1")):
        return "html"
    return next((name for start, name in _BY_BEGINNING.items() if fetched.content.startswith(start)), None)
