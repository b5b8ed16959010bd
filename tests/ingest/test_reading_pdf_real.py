"""Compared with the pages by eye; see ../shared/data/README.md for where they are from."""

from __future__ import annotations

import datetime as dt
import functools
import shutil

import pytest

from ingest.fetching import Fetched
from ingest.readers.choice import read
from ingest.sources import Source
from knowledge.model import Document
from tests.ingest.mutants import SHARED

PDFS = SHARED / "pdf"
HEADER = "Kommuneplanens arealdel 2022-2040, Bestemmelser og retningslinjer"

pytestmark = pytest.mark.skipif(not PDFS.is_dir(), reason="the municipalities' PDFs in ../shared/data/pdf are not here")


@functools.cache
def real(name: str) -> Document:
    """The document of one of the municipalities' files, read once."""
    path = PDFS / name
    values = {"name": "Planer", "kind": "guidance", "audience": "public", "language": "nb", "path": name}
    source = Source.model_validate({**values, "folder": PDFS, "files": (path,)})
    return read(Fetched(path, path.read_bytes(), "application/pdf", path.as_uri()), source)


@pytest.fixture
def plan() -> Document:
    return real("kommuneplanbestemmelser_myllavegen.pdf")


@pytest.fixture
def rules() -> Document:
    return real("ks_planbestemmelser.pdf")


def section_text(document: Document, anchor: str) -> str:
    section = document.section(anchor)
    assert section is not None, [section.anchor for section in document.sections]
    return section.text


def test_a_numbered_plan_becomes_a_section_for_each_heading(plan: Document) -> None:
    assert plan.title == "Kommuneplanens arealdel 2023-2040"
    assert plan.changed == dt.date(2024, 6, 3)
    assert plan.notes == ()
    energy = plan.section("1-2-energi-og-klima")
    assert energy is not None
    assert (energy.heading, energy.page) == ("§ 1.2 Energi og klima", 6)
    assert energy.path == ("Del 1. Bestemmelser", "§ 1 Generelle bestemmelser")
    assert "lokaliseres, plasseres og utformes med hensyn til energieffektivitet og fleksible" in energy.text
    assert len({section.anchor for section in plan.sections}) == len(plan.sections) == 105


def test_headers_and_contents_of_a_plan_are_left_out(plan: Document) -> None:
    everything = "\n".join(section.text for section in plan.sections)
    assert HEADER not in everything
    assert "....." not in everything
    assert "Innhold" not in everything


def test_headings_without_numbers_stand_under_those_with(plan: Document) -> None:
    sign = next(section for section in plan.sections if section.heading == "Uthengsskilt")
    assert sign.path[-2:] == ("§ 1.5 Skilt- og reklameinnretninger", "§ 1.5.2 Utforming")


def test_a_table_of_a_plan_is_kept_as_rows(plan: Document) -> None:
    playgrounds = section_text(plan, "1-4-leke-ute-og-oppholdsarealer")
    assert "\n| Nærlekeplass (0-6 år) | Kvartalslekeplass (6-12 år) | Områdelekeplass med ball-løkke\n" in playgrounds
    assert "\nBoliger pr. lekeplass | Maks. 30 Min. 5 boenheter | Maks. 150 boenheter Min. 5 boenheter" in playgrounds
    parking = section_text(plan, "2-2-2-parkeringskrav")
    assert "Formål | Biloppstillingsplasser | Pr.\nBlokkbebyggelse | 1,0 | Boenhet\n" in parking


def test_spaces_that_are_seen_are_read(plan: Document) -> None:
    everything = "\n".join(section.text for section in plan.sections)
    assert "skal ha lik form på taket." in everything
    assert "skal ikke endres mer enn 1,5 meter." in everything
    assert "inntil 4 m2.\n" in everything


def test_a_long_section_knows_its_pages(plan: Document) -> None:
    section = next(section for section in plan.sections if section.heading.startswith("§ 8.3 Sone"))
    assert section.page == 30
    assert [page for _, page in section.pages] == [31, 32, 33]


def test_words_that_were_torn_apart_are_whole(rules: Document) -> None:
    general = section_text(rules, "generelle-bestemmelser")
    assert "skal ha et tiltalende ytre på alle frittstående sider" in general
    homes = next(section for section in rules.sections if section.heading == "B1 – B9")
    assert "gjelder at BRA for en eventuell utleiedel ikke skal utgjøre mer enn 1/3" in homes.text
    assert homes.text.startswith("- For eneboliger")
    assert all("Breisås syd\n" not in section.text for section in rules.sections)


def test_items_of_a_list_are_not_taken_for_headings(rules: Document) -> None:
    purpose = section_text(rules, "1-1-omradet-reguleres-for-folgende-formal")
    assert "2. Samferdselsanlegg og teknisk infrastruktur.\nKjøreveg.\nFortau." in purpose
    numbered = [section for section in rules.sections if section.heading.startswith("2")]
    assert [section.heading for section in numbered] == ["2.1 Rekkefølgekrav", "2.2 Miljøforhold."]
    assert {section.path for section in numbered} == {("2. FELLESBESTEMMELSER",)}


def test_the_rules_of_a_field_stand_under_its_name(rules: Document) -> None:
    field = next(section for section in rules.sections if section.heading == "For feltet B7")
    assert field.text.count("Maksimal mønehøyde kote") == 4
    assert field.path[1] == "3.1 Boligbebyggelse og anlegg (Pbl 12-5 Nr 1)."


def test_a_sentence_goes_on_over_the_page() -> None:
    rules = real("reguleringsbestemmelser_alvaernveien.pdf")
    assert rules.title == "Reguleringsbestemmelser ”Vestfjordtomtene-søndre del” Nesodden kommune"
    heights = section_text(rules, "1-1-utnyttelsesgrad-og-hoyder")
    assert "I øvrige områder skal maksimum gesimshøyde ikke overstige 9,0 m fra opprinnelig terreng." in heights


def test_headings_without_numbers_are_seen() -> None:
    description = real("ks_breisaas_planbeskrivelse.pdf")
    assert [section.heading for section in description.sections][1:5] == [
        "Bakgrunn",
        "Omtale av planendring",
        "Innspill og merknader",
        "Telemark fylkeskommune",
    ]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="Tesseract is not installed")
def test_a_scanned_notice_is_read() -> None:
    notice = real("oslo_varsel-forlengelse-mft.pdf")
    assert notice.notes == ("pages 1-4 read by text recognition (OCR); letters may be wrong",)
    comments = next(section for section in notice.sections if section.heading == "Hva skjer videre?")
    assert comments.page == 3
    assert "innen fredag 20. februar 2026" in comments.text
    assert "sendes til postmottak@pbe.oslo.kommune.no" in comments.text
    assert "hjemlet i plan- og bygningsloven (pbl.) § 13-1" in section_text(notice, "lovgrunnlag")
