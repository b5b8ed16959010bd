"""What all readers share: their shape, their error, decoding, and the document they end in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from ingest.fetching import Fetched
from ingest.sources import Source
from knowledge.model import Document, Section

_HTML = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_MIXED = re.compile(r"Ã[¦¸¥†˜…]|Â[§ «»]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f]")


class ReadError(ValueError):
    """A document could not be understood. The message says which, what is wrong and what to do."""

    def __init__(self, fetched: Fetched, what: str, advice: str) -> None:
        super().__init__(f"{fetched.location}: {what}; {advice}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Readers work in processes of their own, from where this must come back."""
        return _with_message, (type(self), str(self))


class AudienceUnclear(ReadError):
    """It can't be told who may read the document."""


def _with_message(kind: type[ReadError], message: str) -> ReadError:
    return kind.__new__(kind, message)


class Reader(Protocol):
    """Understands one format. Blocking: call it from a thread."""

    def __call__(self, fetched: Fetched, source: Source) -> Document:
        """The document that was fetched. Raises ReadError where it can't be understood."""


def decode(fetched: Fetched, charset: str | None = None) -> str:
    """The text of a file: UTF-8, else what it claims to be in (`charset`, or the server's), else Windows-1252.

    Raises ReadError where it is empty, binary, or text in no encoding that can be told.
    """
    refuse_empty(fetched)
    content = fetched.content
    if content.startswith(b"%PDF-"):
        raise ReadError(fetched, "is a PDF", 'name it .pdf or set reader = "pdf"')
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not is_utf16 and _CONTROL.search(content):
        raise ReadError(fetched, "holds control characters, like a program or a picture", "save it as plain text")
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", charset or fetched.charset or "cp1252", "cp1252"):
        try:
            text = content.decode(encoding)
        except (UnicodeError, LookupError):
            continue
        if encoding == "utf-8-sig" or not _MIXED.search(text):
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise ReadError(fetched, "is not text in an encoding that can be told", "save it as UTF-8")


def refuse_empty(fetched: Fetched) -> None:
    """Raise ReadError where there is nothing in a file."""
    if not fetched.content.strip():
        raise ReadError(fetched, "is empty", "bring in the whole file, or take it out of the source")


def is_html(text: str) -> bool:
    """Whether a text is an HTML page, by how it begins."""
    return bool(_HTML.match(text))


def refuse_html(fetched: Fetched, text: str) -> None:
    """Raise ReadError where a text is an HTML page: a sign-in or error page saved under another name."""
    if is_html(text):
        raise ReadError(fetched, "is an HTML page", 'fetch the original, or set reader = "html"')


def one_line(text: str) -> str:
    """The text with all white space, non-breaking too, as single spaces."""
    return " ".join(text.split())


def title_of(fetched: Fetched, source: Source, *candidates: str | None) -> str:
    """The first title that there is; the file's or the source's name where there is none."""
    stem = fetched.location.stem if isinstance(fetched.location, Path) else source.name
    name = one_line(stem.replace("-", " ").replace("_", " "))
    return next(filter(None, candidates), name[:1].upper() + name[1:])


def document(fetched: Fetched, source: Source, title: str, sections: Sequence[Section], /, **values: Any) -> Document:
    """The document of these sections, with what the source says about it unless `values` say more.

    Raises ReadError where there is no text in it.
    """
    if not sections:
        raise ReadError(fetched, "has no text", "bring in a version that has, or take it out of the source")
    of_source: dict[str, Any] = {
        "id": source.document_id(fetched.location),
        "title": title,
        "kind": source.kind,
        "audience": source.audience,
        "language": source.language,
        "sections": tuple(sections),
        "source": source.name,
        "area": source.area,
        "topic": source.topic,
        "team": source.team or "",
        "url": source.public_url or (fetched.url if fetched.is_from_web else None),
    }
    return Document(**(of_source | values))
