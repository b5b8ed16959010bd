from __future__ import annotations

import contextlib
import io
import itertools
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, StreamObject, TextStringObject

from ingest.readers.pdf.opening import MOST_PAGES
from ingest.readers.reading import ReadError
from tests.ingest.conftest import Read
from tests.ingest.paper import Text, drawn, pdf, written

WHOLE = pdf(["Skilt krever søknad."], ["Frist 3 uker"])


def test_a_file_that_is_protected_against_changes_only_is_read(read_file: Read) -> None:
    assert read_file("a.pdf", pdf(["Skilt krever søknad."], owner="x")).sections[0].text == "Skilt krever søknad."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"<!DOCTYPE html><html><body>Logg inn", "is an HTML page"),
        (b"PK\x03\x04 a Word file", "is not a PDF"),
        (b"%PDF-1.7\nand then nothing", "is damaged"),
        (WHOLE[:200], "is damaged"),
        (pdf([]), "has no text"),
        (pdf(["Hemmelig"], password="x"), "is locked with a password"),
    ],
)
def test_a_bad_file_is_told(read_file: Read, content: bytes, expected: str) -> None:
    with pytest.raises(ReadError, match=rf"bad\.pdf: {expected}.*; \w+"):
        read_file("bad.pdf", content)


@pytest.mark.parametrize("start", range(0, 900, 45))
def test_damage_anywhere_ends_in_a_document_or_a_clear_error(read_file: Read, start: int) -> None:
    damaged = WHOLE[:start] + b"\xff" * 30 + WHOLE[start + 30 :]
    with contextlib.suppress(ReadError):
        assert read_file("bad.pdf", damaged).sections


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, len(WHOLE)), noise=st.binary(max_size=40), skip=st.integers(0, 60))
def test_what_is_cut_or_overwritten_is_read_or_told(read_file: Read, cut: int, noise: bytes, skip: int) -> None:
    with contextlib.suppress(ReadError):
        assert read_file("bad.pdf", WHOLE[:cut] + noise + WHOLE[cut + skip :]).sections


def test_a_wrong_cross_reference_table_is_made_anew(read_file: Read) -> None:
    at = WHOLE.rindex(b"startxref")
    document = read_file("a.pdf", WHOLE[:at] + b"startxref\n99999\n%%EOF")
    assert [section.text for section in document.sections] == ["Skilt krever søknad.", "Frist 3 uker"]


def looped(writer: PdfWriter) -> None:
    pages = writer.root_object["/Pages"]
    assert isinstance(pages, DictionaryObject)
    kids = pages["/Kids"]
    assert isinstance(kids, ArrayObject)
    kids.append(writer.root_object.raw_get("/Pages"))
    pages[NameObject("/Count")] = NumberObject(1000)


def booby_trapped(writer: PdfWriter) -> None:
    script = {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("while (true) app.alert('x');")}
    action = DictionaryObject({NameObject(name): value for name, value in script.items()})
    writer.root_object[NameObject("/OpenAction")] = action
    writer.add_attachment("virus.exe", b"MZ" * 100)


def bombed(writer: PdfWriter) -> None:
    stream = StreamObject()
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    stream._data = zlib.compress(b"q Q " * 2_000_000, 9)
    added = writer._add_object(stream)
    page = writer.pages[0]
    page[NameObject("/Contents")] = ArrayObject([page.raw_get("/Contents"), added])


def bookmarked_in_a_circle(writer: PdfWriter) -> None:
    item = writer.add_outline_item("Skilt", 0)
    parent = writer.add_outline_item("Krav", 0)
    for one, other in ((item, parent), (parent, item)):
        entry = one.get_object()
        assert isinstance(entry, DictionaryObject)
        entry[NameObject("/Next")] = other


def gigantic(writer: PdfWriter) -> None:
    for side in (2, 3):
        writer.pages[0].mediabox[side] = NumberObject(10_000_000)


@pytest.mark.parametrize("trap", [looped, booby_trapped, bombed, bookmarked_in_a_circle, gigantic])
def test_a_trap_does_not_catch_the_reader(read_file: Read, trap: Callable[[PdfWriter], None]) -> None:
    writer = PdfWriter(clone_from=io.BytesIO(WHOLE))
    trap(writer)
    start = time.monotonic()
    document = read_file("a.pdf", written(writer))
    assert document.sections[0].text == "Skilt krever søknad."
    assert "alert" not in document.model_dump_json()
    assert time.monotonic() - start < 10


@pytest.mark.slow
def test_two_thousand_pages_are_read(read_file: Read) -> None:
    names = ["".join(name) for name in itertools.product("abcdefghijklm", repeat=3)][:2000]
    content = pdf(*([f"Avsnitt {name} står her."] for name in names))
    start = time.monotonic()
    document = read_file("a.pdf", content)
    assert time.monotonic() - start < 30
    assert [section.page for section in document.sections] == list(range(1, 2001))


def test_a_file_of_one_line_a_page_is_not_taken_for_headers(read_file: Read) -> None:
    document = read_file("a.pdf", pdf(*([f"Avsnitt {number}"] for number in range(5))))
    assert [section.text for section in document.sections] == [f"Avsnitt {number}" for number in range(5)]


@pytest.mark.slow
def test_more_pages_than_are_read_are_told(read_file: Read) -> None:
    writer = PdfWriter()
    for _ in range(MOST_PAGES + 1):
        writer.add_blank_page(width=100, height=100)
    with pytest.raises(ReadError, match=rf"has {MOST_PAGES + 1} pages, more than the {MOST_PAGES} .*; split it"):
        read_file("a.pdf", written(writer))


def test_long_lines_of_dots_take_no_time(read_file: Read) -> None:
    start = time.monotonic()
    assert read_file("a.pdf", drawn([Text(". . " * 20_000 + "x", size=1), Text("Skilt krever søknad.", y=90)]))
    assert time.monotonic() - start < 5
