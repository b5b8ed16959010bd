from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.fetching import Fetched
from ingest.readers.pdf import Recognition, read_pdf
from ingest.readers.reading import ReadError
from ingest.sources import Source
from knowledge.model import Document
from tests.ingest.paper import Text, drawn, joined, lines, pdf, scanned

TEXT = [
    "Serveringsbevilling er nødvendig for alle som vil servere mat og drikke mot",
    "betaling der forholdene ligger til rette for fortæring på stedet.",
]
SCAN = scanned(drawn([Text("Krav til søker", 60, 60, 12), *lines(TEXT, 60, 100, 12)]))
GARBLED = ["'HWWH HU HQ OLQMH VRP LNNH NDQ OHVHV IRUGL VNULIWHQ PDQJOHU NRGHU"] * 4

ReadWith = Callable[..., Document]

needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="Tesseract is not installed (tesseract-ocr, tesseract-ocr-nor)"
)


@pytest.fixture
def read_with(tmp_path: Path) -> ReadWith:
    """Reads a PDF with another recognition than the usual."""

    def reading(content: bytes, **recognition: object) -> Document:
        path = tmp_path / "a.pdf"
        values = {"name": "V", "kind": "guidance", "audience": "public", "language": "nb", "path": "a.pdf"}
        source = Source.model_validate({**values, "folder": tmp_path, "files": (path,)})
        fetched = Fetched(path, content, "application/pdf", path.as_uri())
        return read_pdf(fetched, source, Recognition(**recognition))  # type: ignore[arg-type]

    return reading


@needs_tesseract
def test_a_scan_is_read_and_said_to_be_one(read_with: ReadWith) -> None:
    document = read_with(SCAN)
    assert [(section.heading, section.text) for section in document.sections] == [("Krav til søker", " ".join(TEXT))]
    assert document.notes == ("page 1 read by text recognition (OCR); letters may be wrong",)


@pytest.mark.slow
@needs_tesseract
def test_scanned_pages_stand_among_the_others(read_with: ReadWith) -> None:
    document = read_with(joined(pdf(["Første side har tekst."]), SCAN, pdf(["Siste side har tekst."])))
    assert [section.page for section in document.sections] == [1, 2]
    assert document.sections[1].pages[-1][1] == 3
    assert document.notes == ("page 2 read by text recognition (OCR); letters may be wrong",)


@needs_tesseract
def test_a_text_layer_that_says_nothing_is_not_believed(read_with: ReadWith) -> None:
    document = read_with(pdf(GARBLED))
    assert document.notes == ("page 1 read by text recognition (OCR); letters may be wrong",)


@pytest.mark.parametrize("content", [SCAN, pdf(GARBLED)], ids=["a scan", "fonts without letters"])
def test_without_tesseract_one_is_told_to_install_it(read_with: ReadWith, content: bytes) -> None:
    with pytest.raises(ReadError, match=r"a\.pdf: has no text layer .*install Tesseract .*tesseract-ocr-nor"):
        read_with(content, command="no-such-program")


def test_without_tesseract_the_pages_with_text_are_read(read_with: ReadWith) -> None:
    document = read_with(joined(pdf(["Første side har tekst."]), SCAN, SCAN), command="no-such-program")
    assert [section.text for section in document.sections] == ["Første side har tekst."]
    (note,) = document.notes
    assert note.startswith("left out pages 2-3: a picture without text; install Tesseract")


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("sleep 20", "Tesseract took longer than 0.3 s"),
        (
            "cat > /dev/null; echo 'Error opening data file nor.traineddata' >&2; exit 1",
            "Tesseract said: Error opening",
        ),
    ],
    ids=["hangs", "has no Norwegian"],
)
def test_what_tesseract_does_wrong_is_told(read_with: ReadWith, tmp_path: Path, script: str, expected: str) -> None:
    program = tmp_path / "tesseract"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(ReadError, match=expected):
        read_with(SCAN, command=str(program), seconds=0.3 if "sleep" in script else 5)


@pytest.mark.slow
@needs_tesseract
def test_recognising_takes_only_so_long(read_with: ReadWith) -> None:
    document = read_with(joined(SCAN, SCAN, SCAN), most_seconds=0.01)
    assert document.notes[0].startswith("left out pages 2-3: a picture without text, and other pages took 0.01 s")


def test_a_map_with_a_title_keeps_its_title(read_with: ReadWith) -> None:
    assert read_with(pdf(["Plankart for Breisås"]), command="no-such-program").notes == ()
