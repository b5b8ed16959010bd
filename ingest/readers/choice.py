"""Which reader reads what."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from urllib.parse import urlsplit

from ingest.fetching import Fetched
from ingest.readers.html import read_html
from ingest.readers.markdown import read_markdown
from ingest.readers.pdf import read_pdf
from ingest.readers.plan import read_plan
from ingest.readers.reading import Reader, ReadError
from ingest.sources import Source
from knowledge.model import Document

_log = logging.getLogger(__name__)

READERS: Mapping[str, Reader] = MappingProxyType(
    {"markdown": read_markdown, "html": read_html, "pdf": read_pdf, "plan": read_plan}
)
_BY_SUFFIX = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".pdf": "pdf",
}
_BY_MEDIA_TYPE = {
    "text/markdown": "markdown",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/pdf": "pdf",
}


def read(fetched: Fetched, source: Source, readers: Mapping[str, Reader] = READERS) -> Document:
    """The document, read by the reader that the source names, else by media type (from the web) or suffix.

    Raises ReadError, also where a reader stumbles over a file in a way that nobody foresaw.
    """
    reader = readers.get(source.reader or _format(fetched) or "")
    if reader is None:
        what = f"is in a format that is not read ({fetched.media_type})"
        raise ReadError(fetched, what, f"bring it in as another, or set reader to one of {', '.join(readers)}")
    try:
        return reader(fetched, source)
    except ReadError:
        raise
    except Exception as error:
        _log.debug("the reader of %s broke", fetched.location, exc_info=True)
        what = f"cannot be read ({type(error).__name__}: {error})"
        raise ReadError(fetched, what, "it may be damaged: fetch it again, or save it anew") from error


def _format(fetched: Fetched) -> str | None:
    if isinstance(fetched.location, Path):
        return _BY_SUFFIX.get(fetched.location.suffix.lower())
    suffix = PurePosixPath(urlsplit(fetched.url).path).suffix.lower()
    return _BY_MEDIA_TYPE.get(fetched.media_type) or _BY_SUFFIX.get(suffix)
