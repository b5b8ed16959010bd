from __future__ import annotations

import contextlib
import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.readers.reading import ReadError
from ingest.readers.word import MOST_PARTS, MOST_XML
from tests.ingest.conftest import Read
from tests.ingest.docx import docx, footnotes, paragraph, table

_NOTE = '<w:r><w:t>Gebyr</w:t></w:r><w:r><w:footnoteReference w:id="1"/></w:r><w:r><w:t> betales.</w:t></w:r>'
_CHANGED = (
    '<w:ins w:id="1"><w:r><w:t>Fristen er åtte uker.</w:t></w:r></w:ins>'
    '<w:del w:id="2"><w:r><w:delText>Fristen er tolv uker.</w:delText></w:r></w:del>'
    '<w:r><w:commentReference w:id="0"/></w:r><w:r><w:br w:type="page"/></w:r>'
)
_BOX = (
    "<w:r><w:pict><v:shape xmlns:v='urn:schemas-microsoft-com:vml'><v:textbox><w:txbxContent>"
    "<w:p><w:r><w:t>Husk vedlegg.</w:t></w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
FILE = docx(
    paragraph("Retningslinjer for\u00a0uteservering", "Title"),
    paragraph("Vedtatt av kommunestyret."),
    paragraph("Innledning 2", "INNH1"),
    paragraph("Søknad", "Overskrift1"),
    paragraph(_CHANGED),
    paragraph("tegning", bullet=0),
    paragraph("i målestokk", bullet=1),
    paragraph("Vedlegg", "Overskrift2"),
    table(("Hva", "Frist"), ("Tegning", "1. mai")),
    paragraph(_BOX),
    paragraph("Gebyr", "Overskrift1"),
    paragraph(_NOTE),
    parts={"word/footnotes.xml": footnotes("Etter kommunens regulativ.")},
)


@pytest.mark.parametrize("name", ["uteservering.docx", "uteservering.docm", "uteservering.bin"])
def test_headings_by_style_become_sections(read_file: Read, name: str) -> None:
    document = read_file(name, FILE)
    assert (document.title, document.changed) == ("Retningslinjer for uteservering", dt.date(2025, 3, 4))
    assert [(section.heading, section.path, section.text) for section in document.sections] == [
        ("Retningslinjer for uteservering", (), "Vedtatt av kommunestyret."),
        ("Søknad", (), "Fristen er åtte uker.\n\n- tegning\n  - i målestokk"),
        ("Vedlegg", ("Søknad",), "Hva | Frist\nTegning | 1. mai\n\nHusk vedlegg."),
        ("Gebyr", (), "Gebyr betales."),
        ("Noter", (), "Etter kommunens regulativ."),
    ]


@pytest.mark.parametrize(
    ("body", "title", "expected"),
    [
        ((paragraph("Bare én", "Overskrift1"), paragraph("x")), "Fra egenskapene", "Bare én"),
        ((paragraph("A", "Overskrift1"), paragraph("x"), paragraph("B", "Overskrift1")), "Fra fila", "Fra fila"),
        ((paragraph("x"),), "Microsoft Word - utkast.doc", "Min fil"),
    ],
)
def test_the_title_is_found_where_it_is(read_file: Read, body: tuple[str, ...], title: str, expected: str) -> None:
    assert read_file("min-fil.docx", docx(*body, title=title)).title == expected


_ENTITY = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"ikke en zip", "is damaged, or no Word file"),
        (FILE[: len(FILE) // 2], "is damaged, or no Word file"),
        (b"%PDF-1.7", "is a PDF"),
        (rb"{\rtf1 Hei}", r"is a rich text file \(RTF\); open it in Word and save it as \.docx"),
        (b"<!doctype html><p>Logg inn", "is an HTML page"),
        (_OLE + b"\0" * 99, r"is in Word's old format \(\.doc\); save it as \.docx"),
        (_OLE + "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
        (docx(), "has no text"),
        (docx(parts={"word/document.xml": "<w:document"}), "is damaged"),
        (docx(parts={"word/document.xml": _ENTITY}), "declares entities"),
        (docx(parts={"docProps/core.xml": _ENTITY}), "declares entities"),
        (docx(parts={"word/document.xml": "<a>" * 500 + "</a>" * 500}), "is nested beyond reason"),
        (docx(parts={"word/styles.xml": " " * (MOST_XML + 1)}), "unpacks into more"),
        (docx(parts={f"a{number}": "" for number in range(MOST_PARTS)}), "unpacks into more"),
        (docx(parts={"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<x/>"}), "is an OpenDoc"),
    ],
    ids=[f"case {number}" for number in range(16)],
)
def test_a_file_that_cannot_be_read_is_told(read_file: Read, content: bytes, expected: str) -> None:
    with pytest.raises(ReadError, match=rf"^\S*bad\.docx: {expected}"):
        read_file("bad.docx", content)


@pytest.mark.parametrize("name", ["a.doc", "a.rtf", "a.odt"])
def test_other_formats_of_text_are_told_what_to_do(read_file: Read, name: str) -> None:
    with pytest.raises(ReadError, match=r"save it as \.docx"):
        read_file(name, b"what is this")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(FILE) - 1), st.integers(0, 255)), min_size=1, max_size=8))
def test_a_damaged_file_is_read_or_told(read_file: Read, changes: list[tuple[int, int]]) -> None:
    content = bytearray(FILE)
    for place, byte in changes:
        content[place] = byte
    with contextlib.suppress(ReadError):
        assert read_file("a.docx", bytes(content)).sections


def test_a_file_that_refers_to_a_note_that_is_not_there_is_told(read_file: Read) -> None:
    with pytest.raises(ReadError, match="lacks parts that it names"):
        read_file("a.docx", docx(paragraph(_NOTE)))
