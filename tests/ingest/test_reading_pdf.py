from __future__ import annotations

import contextlib
import datetime as dt
from pathlib import Path

import pytest

from ingest.readers.reading import ReadError
from knowledge.model import Document
from tests.ingest.conftest import Read
from tests.ingest.paper import pdf

SHARED = Path(__file__).parents[3] / "shared" / "data" / "pdf"
HEADER = "Kommuneplanens arealdel 2022-2040, Bestemmelser og retningslinjer"


@pytest.fixture(scope="session")
def shared() -> Path:
    if not SHARED.is_dir():
        pytest.skip("the municipalities' PDFs in ../shared/data/pdf are not here")
    return SHARED


def section_text(document: Document, anchor: str) -> str:
    section = document.section(anchor)
    assert section is not None, [section.anchor for section in document.sections]
    return section.text


def test_a_numbered_plan_becomes_a_section_for_each_heading(read_file: Read, shared: Path) -> None:
    plan = read_file("plan.pdf", (shared / "kommuneplanbestemmelser_myllavegen.pdf").read_bytes())
    assert plan.title == "Kommuneplanens arealdel 2023-2040"
    assert plan.changed == dt.date(2024, 6, 3)
    energy = plan.section("1-2-energi-og-klima")
    assert energy is not None
    assert (energy.heading, energy.page) == ("§ 1.2 Energi og klima", 6)
    assert energy.path == ("Del 1. Bestemmelser", "§ 1 Generelle bestemmelser")
    assert "lokaliseres, plasseres og utformes med hensyn til energieffektivitet og fleksible" in energy.text
    assert len({section.anchor for section in plan.sections}) == len(plan.sections) > 80
    everything = "\n".join(section.text for section in plan.sections)
    assert HEADER not in everything
    assert "....." not in everything


def test_words_that_were_torn_apart_are_whole(read_file: Read, shared: Path) -> None:
    rules = read_file("r.pdf", (shared / "ks_planbestemmelser.pdf").read_bytes())
    homes = section_text(rules, "3-1-boligbebyggelse-og-anlegg-pbl-12-5-nr-1")
    assert "skal ha et tiltalende ytre på alle frittstående sider" in homes
    assert "gjelder at BRA for en eventuell utleiedel ikke skal utgjøre mer enn 1/3" in homes
    assert "\nBreisås syd\n" not in homes


def test_items_of_a_list_are_not_taken_for_headings(read_file: Read, shared: Path) -> None:
    rules = read_file("r.pdf", (shared / "ks_planbestemmelser.pdf").read_bytes())
    purpose = section_text(rules, "1-1-omradet-reguleres-for-folgende-formal")
    assert "2. Samferdselsanlegg og teknisk infrastruktur.\nKjøreveg.\nFortau." in purpose
    assert [section.heading for section in rules.sections if section.heading.startswith("2")] == [
        "2. FELLESBESTEMMELSER",
        "2.1 Rekkefølgekrav",
        "2.2 Miljøforhold.",
    ]


def test_a_sentence_goes_on_over_the_page(read_file: Read, shared: Path) -> None:
    rules = read_file("r.pdf", (shared / "reguleringsbestemmelser_alvaernveien.pdf").read_bytes())
    heights = section_text(rules, "1-1-utnyttelsesgrad-og-hoyder")
    assert "I øvrige områder skal maksimum gesimshøyde ikke overstige 9,0 m fra opprinnelig terreng." in heights


def test_a_document_without_numbers_becomes_a_section_for_each_page(read_file: Read, shared: Path) -> None:
    description = read_file("p.pdf", (shared / "ks_breisaas_planbeskrivelse.pdf").read_bytes())
    assert [(section.heading, section.anchor, section.page) for section in description.sections] == [
        ("Side 1", "side-1", 1),
        ("Side 2", "side-2", 2),
        ("Side 3", "side-3", 3),
    ]
    assert section_text(description, "side-3").count("Maksimal mønehøyde kote") == 4
    assert "en endring av eksisterende reguleringsplan for Breisås Sør." in section_text(description, "side-1")


def test_a_scan_is_told(read_file: Read, shared: Path) -> None:
    with pytest.raises(ReadError, match=r"scan\.pdf: has no text layer; it is a scan; run text recognition"):
        read_file("scan.pdf", (shared / "oslo_varsel-forlengelse-mft.pdf").read_bytes())


LONG = "Dette er en linje som fyller hele bredden av siden og som derfor er full og"
PARAGRAPHS = {
    "divided word": ([LONG + " nærings-", "drivende må søke."], LONG + " næringsdrivende må søke."),
    "U+00AD": ([LONG + " nærings\xad", "drivende må søke."], LONG + " næringsdrivende må søke."),
    "and what belongs to it": ([LONG + " plan-", "og bygningsloven."], LONG + " plan- og bygningsloven."),
    "abbreviation": ([LONG + " alle VA-", "anlegg."], LONG + " alle VA-anlegg."),
    "number": ([LONG + " den 50-", "meterssonen."], LONG + " den 50-meterssonen."),
    "full line": ([LONG, "følger mer."], LONG + " følger mer."),
    "line ended early": ([LONG + ".", "Vilkår", "Søk."], LONG + ". Vilkår\nSøk."),
    "list": ([LONG + ":", "• en", "– to", "- tre"], LONG + ":\n- en\n- to\n- tre"),
    "blank line": ([LONG, " ", "Ny"], LONG + "\n\nNy"),
}


@pytest.mark.parametrize("case", PARAGRAPHS)
def test_lines_become_paragraphs(read_file: Read, case: str) -> None:
    lines, text = PARAGRAPHS[case]
    assert read_file("a.pdf", pdf(lines)).sections[0].text == text


def test_headers_footers_and_page_numbers_are_left_out_but_nothing_else(read_file: Read) -> None:
    pages = [
        ["Drammen kommune", f"Avsnitt {name} står her.", f"Side {number} av 4"] for number, name in enumerate("abcd", 1)
    ]
    document = read_file("a.pdf", pdf(*pages))
    assert [section.text for section in document.sections] == [f"Avsnitt {name} står her." for name in "abcd"]


def test_equal_lines_of_two_pages_stay(read_file: Read) -> None:
    document = read_file(
        "a.pdf", pdf(["Skilt krever søknad.", "Frist 3 uker"], ["Skilt krever søknad.", "Frist 4 uker"])
    )
    assert [section.text for section in document.sections] == [
        "Skilt krever søknad. Frist 3 uker",
        "Skilt krever søknad. Frist 4 uker",
    ]


def test_numbers_in_running_text_are_not_headings(read_file: Read) -> None:
    lines = [
        "1 Om",
        "Tekst.",
        "2023 Var et godt år",
        "7 Dager er fristen",
        "2 Krav",
        "3 Stoler må settes inn.",
        "3 Frist",
        "Nå.",
    ]
    document = read_file("a.pdf", pdf(lines))
    assert [section.heading for section in document.sections] == ["1 Om", "2 Krav", "3 Frist"]


def test_a_table_of_contents_does_not_take_the_headings(read_file: Read) -> None:
    contents = ["Innhold", "1 Om skilt 2", "1.1 Krav 2", "2 Frister 3"]
    document = read_file(
        "a.pdf", pdf(contents, ["1 Om skilt", "Tekst a.", "1.1 Krav", "Tekst b."], ["2 Frister", "Tekst c."])
    )
    assert [(section.heading, section.page) for section in document.sections][1:] == [
        ("1 Om skilt", 2),
        ("1.1 Krav", 2),
        ("2 Frister", 3),
    ]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Skiltplan for sentrum", "Skiltplan for sentrum"),
        ("Microsoft Word - 111.doc", "Reglar for skilt"),
        ("", "Reglar for skilt"),
    ],
)
def test_the_title_is_the_documents_own(read_file: Read, title: str, expected: str) -> None:
    assert read_file("a.pdf", pdf(["1", "Reglar for skilt", "Tekst."], title=title)).title == expected


def test_an_english_source_has_pages_not_sider(read_file: Read) -> None:
    assert read_file("a.pdf", pdf(["Signs need a permit."]), language="en").sections[0].heading == "Page 1"


def test_a_file_that_is_protected_against_changes_only_is_read(read_file: Read) -> None:
    assert read_file("a.pdf", pdf(["Skilt krever søknad."], owner="x")).sections[0].text == "Skilt krever søknad."


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is empty"),
        (b"<!DOCTYPE html><html><body>Logg inn", "is an HTML page"),
        (b"PK\x03\x04 a Word file", "is not a PDF"),
        (b"%PDF-1.7\nand then nothing", "is damaged"),
        (pdf(["Tekst"])[:200], "is damaged"),
        (pdf([]), "has no text layer"),
        (pdf(["Hemmelig"], password="x"), "is locked with a password"),
    ],
)
def test_a_bad_file_is_told(read_file: Read, content: bytes, expected: str) -> None:
    with pytest.raises(ReadError, match=rf"bad\.pdf: {expected}.*; \w+"):
        read_file("bad.pdf", content)


@pytest.mark.parametrize("start", range(0, 900, 45))
def test_damage_anywhere_ends_in_a_document_or_a_clear_error(read_file: Read, start: int) -> None:
    whole = pdf(["Skilt krever søknad."], ["Frist 3 uker"])
    damaged = whole[:start] + b"\xff" * 30 + whole[start + 30 :]
    with contextlib.suppress(ReadError):
        assert read_file("bad.pdf", damaged).sections
