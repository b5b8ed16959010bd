"""Reads Word files (.docx, .docm): made into HTML by Mammoth, and gone through like a page."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError
from xml.parsers import expat

import mammoth  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring
from selectolax.lexbor import LexborHTMLParser

from ingest.fetching import Fetched
from ingest.readers.dates import Dates, date_in
from ingest.readers.html.surroundings import Surroundings, label
from ingest.readers.html.walking import Walk
from ingest.readers.outline import Outline
from ingest.readers.reading import ReadError, document, one_line, refuse_empty, title_of
from ingest.sources import Source
from knowledge.model import Document

MOST_PARTS = 5_000
MOST_XML = 40 * 1024 * 1024
"""Bytes of XML, unpacked. A report of a thousand pages has a tenth of it."""
_DEEPEST = 100

_STYLES = "\n".join(
    [
        "p[style-name='Title'] => h1.title:fresh",
        "p[style-name='Tittel'] => h1.title:fresh",
        *(f"p[style-name^='Overskrift {level}'] => h{level}:fresh" for level in range(1, 7)),
        "p[style-name^='toc '] => !",
        "p[style-name^='TOC '] => !",
        "p[style-name^='INNH '] => !",
    ]
)
_NOTES = "li[id^='footnote-'], li[id^='endnote-']"
_MARKS = "a[href^='#footnote-'], a[href^='#endnote-']"
_AUTOMATIC = re.compile(r"(?:microsoft word|dokument\s?\d|document\s?\d|.*\.do[ct][xm]?$)", re.I)
_OTHERS = {
    b"%PDF-": ("is a PDF", 'name it .pdf or set reader = "pdf"'),
    b"{\\rtf": ("is a rich text file (RTF)", "open it in Word and save it as .docx"),
    b"<": ("is an HTML page", 'fetch the original, or set reader = "html"'),
}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DAMAGED = (
    *(zipfile.BadZipFile, zlib.error, expat.ExpatError, ParseError),
    *(OSError, EOFError, NotImplementedError, ValueError, KeyError),
)
_LOCKED = ("is protected by a password", "save a copy without one")


@dataclass(frozen=True)
class _Properties:
    title: str = ""
    modified: dt.date | None = None


def read_word(fetched: Fetched, source: Source) -> Document:
    """The document of a Word file: a section for every heading by style.

    Text that tracked changes have deleted, comments, tables of contents, headers and footers are left out. The marks of
    notes are out of the text too; the notes themselves are the last section. Macros and pictures are never read.
    Raises ReadError for other formats, files under a password, and those that unpack into more than a document holds.
    """
    _refuse_others(fetched)
    properties = _checked(fetched)
    tree = LexborHTMLParser(f"<body>{_html(fetched)}")
    notes = [note for note in map(label, _without_marks(tree).css(_NOTES)) if note]
    for note in tree.css(_NOTES):
        note.decompose()
    heading = tree.css_first("h1.title") or (tree.css_first("h1") if len(tree.css("h1")) == 1 else None)
    title = title_of(fetched, source, source.title, label(heading) if heading else "", properties.title)
    outline, dates = Outline(title), Dates()
    if tree.body:
        Walk(outline, Surroundings(tree), dates, heading).through(tree.body)
    if notes:
        outline.heading(1, "Noter")
        outline.block("\n".join(notes))
    changed = dates.get("changed") or properties.modified
    return document(
        fetched, source, title, outline.sections(), published=dates.get("published"), changed=changed,
        checked=dates.get("checked"),
    )  # fmt: skip


def _html(fetched: Fetched) -> str:
    try:
        converted = mammoth.convert_to_html(
            io.BytesIO(fetched.content),
            style_map=_STYLES,
            include_embedded_style_map=False,
            convert_image=mammoth.images.img_element(lambda _: {}),
        )
    except _DAMAGED as error:
        # Such as a reference to a note that is not there.
        what = f"lacks parts that it names, or names them wrongly ({type(error).__name__}: {error})"
        raise ReadError(fetched, what, "open it in Word and save it as .docx") from error
    return str(converted.value)


def _without_marks(tree: LexborHTMLParser) -> LexborHTMLParser:
    for mark in tree.css(_MARKS):
        around = mark.parent
        (around if around is not None and around.tag == "sup" else mark).decompose()
    return tree


def _refuse_others(fetched: Fetched) -> None:
    refuse_empty(fetched)
    content = fetched.content
    if content.startswith(_OLE):
        is_locked = "EncryptedPackage".encode("utf-16-le") in content
        raise ReadError(
            fetched, *(_LOCKED if is_locked else ("is in Word's old format (.doc)", "save it as .docx in Word"))
        )
    start = content[:1024].lstrip(b"\xef\xbb\xbf \r\n\t")
    for magic, (what, advice) in _OTHERS.items():
        if start.startswith(magic):
            raise ReadError(fetched, what, advice)


def _checked(fetched: Fetched) -> _Properties:
    """What the file says about itself, once it is known that all of it can be unpacked and parsed safely."""
    try:
        with zipfile.ZipFile(io.BytesIO(fetched.content)) as parts:
            _refuse_other_archives(fetched, parts)
            for part in _xml(parts):
                _Check().of(parts.read(part))
            return _properties(parts)
    except ReadError:
        raise
    except _UnsafeError as error:
        raise ReadError(fetched, str(error), "save it anew from Word") from error
    except _DAMAGED as error:
        what = f"is damaged, or no Word file ({error})"
        raise ReadError(fetched, what, "open it in Word and save it as .docx") from error


def _refuse_other_archives(fetched: Fetched, parts: zipfile.ZipFile) -> None:
    names = parts.namelist()
    if any(part.flag_bits & 1 for part in parts.infolist()):
        raise ReadError(fetched, *_LOCKED)
    if len(names) > MOST_PARTS or sum(part.file_size for part in _xml(parts)) > MOST_XML:
        raise ReadError(fetched, "unpacks into more than a document holds", "split it, or save it anew from Word")
    if "mimetype" in names and "content.xml" in names:
        raise ReadError(fetched, "is an OpenDocument file (.odt)", "save it as .docx in LibreOffice or Word")
    if not any(name.startswith("word/") for name in names):
        raise ReadError(fetched, "is no Word file but another archive", "bring in what is in it as files of their own")


def _xml(parts: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    return [part for part in parts.infolist() if part.filename.endswith((".xml", ".rels"))]


def _properties(parts: zipfile.ZipFile) -> _Properties:
    if "docProps/core.xml" not in parts.namelist():
        return _Properties()
    said = {
        node.tag.rpartition("}")[2]: one_line(node.text or "") for node in fromstring(parts.read("docProps/core.xml"))
    }
    title = said.get("title", "")
    return _Properties("" if _AUTOMATIC.match(title) else title, date_in(said.get("modified", "")))


class _UnsafeError(Exception):
    """What no writer makes, and what would not be safe to parse. The message says what."""


class _Check:
    """Goes through a part once, before Mammoth goes down into it by recursion and follows what it declares."""

    def __init__(self) -> None:
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._declare

    def of(self, xml: bytes) -> None:
        """Raises _UnsafeError, or ExpatError where it is no XML."""
        self._parser.Parse(xml, True)

    def _begin(self, name: str, attributes: object) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _UnsafeError("is nested beyond reason")

    def _end(self, name: str) -> None:
        self._depth -= 1

    def _declare(self, *declaration: object) -> None:
        raise _UnsafeError("declares entities, which no Word file does")
