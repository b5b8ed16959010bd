"""Typical questions come in with the documents that they are about."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import ingest
from ingest.fetching import Fetched
from ingest.report import Note
from ingest.sources import Source, SourcesError, load_sources
from ingest.splitting import split
from tests.ingest.town import SOURCES, Town, counts
from tests.peers.site import Site

CORPUS = Path(ingest.__file__).parent / "corpus"
SIGNS = """
document = "guides/a"

[sections.krav]  # Krav
nb = ["Kan jeg henge opp skiltet selv?", "Må jeg spørre om skilt?"]
en = ["Do I need a permit for my sign?", "Kan jeg henge opp skiltet selv?"]
"""
ASKED = ("Kan jeg henge opp skiltet selv?", "Må jeg spørre om skilt?", "Do I need a permit for my sign?")


@pytest.fixture
def asked(town: Town) -> Town:
    """The town with typical questions to one of its guides."""
    town.sources = SOURCES + 'typical = "typical"\n'
    (town.folder / "typical").mkdir()
    write(town, "a.toml", SIGNS)
    return town


def write(town: Town, name: str, content: str) -> None:
    (town.folder / "typical" / name).write_text(content, encoding="utf-8")


def typical(town: Town, id_: str = "guides/a") -> dict[str, tuple[str, ...]]:
    """What each section of a document is typically asked, as its passages say."""
    document, passages = town.shelf.held[id_]
    told = {section.anchor: section.typical for section in document.sections}
    assert told == {passage.section: passage.typical for passage in passages}
    return told


async def test_each_section_has_the_questions_to_it_in_all_languages(asked: Town) -> None:
    await asked.run()
    assert typical(asked) == {"krav": ASKED, "frist": ()}
    assert set(typical(asked, "guides/b").values()) == {()}


async def test_a_heading_that_asks_is_one_of_the_questions(asked: Town) -> None:
    asked.write("a.md", "# Skilt\n\n## Må skilt omsøkes?\n\nJa.\n\n## Når svarer dere?\n\nSnart.")
    write(asked, "a.toml", SIGNS.replace("krav", "ma-skilt-omsokes"))
    await asked.run()
    assert typical(asked) == {"ma-skilt-omsokes": ("Må skilt omsøkes?", *ASKED), "nar-svarer-dere": ()}


async def test_only_a_document_whose_questions_changed_is_read_anew(asked: Town) -> None:
    await asked.run()
    assert counts(await asked.run()) == (0, 0, 3, 0, 0)
    write(asked, "a.toml", SIGNS.replace("spørre om", "søke om"))
    report = await asked.run()
    assert counts(report) == (0, 1, 2, 0, 0)
    assert "Må jeg søke om skilt?" in typical(asked)["krav"]
    assert report.changes == [], "nothing that people read has changed"


async def test_questions_that_are_taken_away_are_gone(asked: Town) -> None:
    await asked.run()
    asked.sources = SOURCES
    await asked.run()
    assert set(typical(asked).values()) == {()}


async def test_what_is_about_no_section_is_noted_and_harms_nothing(asked: Town) -> None:
    write(asked, "a.toml", SIGNS + '\n[sections.gebyr]\nnb = ["Hva koster det?"]\n')
    report = await asked.run()
    assert report.notes == [
        Note(document="guides/a", text="typical questions are about what it has no section for: #gebyr")
    ]
    assert typical(asked) == {"krav": ASKED, "frist": ()}


async def test_what_is_about_no_document_is_a_failure_of_its_own(asked: Town) -> None:
    write(asked, "gone.toml", SIGNS.replace("guides/a", "guides/gone"))
    report = await asked.run()
    assert counts(report) == (3, 0, 0, 0, 1)
    (failure,) = report.failed
    assert (
        f"{asked.folder / 'typical' / 'gone.toml'}: is about 'guides/gone', no document of the source" in failure.reason
    )
    assert typical(asked)["krav"] == ASKED


async def test_what_is_about_no_page_that_was_found_is_a_failure_too(asked: Town, site: Site) -> None:
    asked.sources = SOURCES.replace('"guides/*"', '"guides/b.html"') + (
        f'[[source]]\nname = "Kommunen"\nsite = "{site.url}/skilt.html"\ndepth = 0\ntypical = "typical"\n'
        'kind = "page"\naudience = "public"\nlanguage = "nb"\n'
    )
    failed = {failure.document: failure.reason for failure in (await asked.run()).failed}
    assert "the source has no such document" in failed["guides/a"]


async def test_only_what_people_read_makes_a_document_younger(asked: Town) -> None:
    await asked.run()
    before = asked.ledger.records()["guides/a"].changed
    asked.now += dt.timedelta(days=1)
    write(asked, "a.toml", SIGNS.replace("spørre om", "søke om"))
    await asked.run()
    assert asked.ledger.records()["guides/a"].changed == before
    asked.write("a.md", "# Skilt\n\n## Krav\n\nAlt er fritt.")
    await asked.run()
    assert asked.ledger.records()["guides/a"].changed == asked.now


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ('document = "guides/a"\n', "b.toml:1: sections: field required"),
        ("[sections.krav]\nnb = ['Hva?']\n", "b.toml:1: document: field required"),
        (
            'document = "guides/b"\n[sections.krav]\nnb = ""\n',
            "b.toml:3: sections.krav.nb: input should be a valid list",
        ),
        (
            'document = "guides/b"\n[sections.krav]\nnb = [\n"Hva?",\n" ",\n]\n',
            "sections.krav.nb.1: string should have at",
        ),
        ('document = "guides/b"\n[sections.krav]\n"på norsk" = ["Hva?"]\n', "string should match pattern"),
        (
            'document = "guides/b"\nlaw = 1\n[sections.krav]\nnb = ["Hva?"]\n',
            "b.toml:2: law: extra inputs are not permitted",
        ),
        ('document = "guides/b"\n[sections.krav]\nnb = ["Hva?\n', "b.toml:3: is not TOML"),
        (SIGNS, "b.toml: is about 'guides/a' as a.toml is; make one file of them"),
    ],
)
async def test_a_mistake_is_told_with_its_place_and_nothing_is_changed(asked: Town, content: str, told: str) -> None:
    await asked.run()
    write(asked, "b.toml", content)
    with pytest.raises(SourcesError) as error:
        await asked.run()
    assert "sources.toml:8: source 'Veiledninger', key 'typical': " in str(error.value)
    assert told in str(error.value)
    assert typical(asked)["krav"] == ASKED


SHIPPED = [(source, file) for source in load_sources(CORPUS / "sources.toml") for file in source.files]


@pytest.mark.parametrize(("source", "file"), SHIPPED, ids=[file.stem for _, file in SHIPPED])
def test_what_ships_has_questions_to_all_that_it_says(source: Source, file: Path) -> None:
    document = split(Fetched(file, file.read_bytes(), "application/octet-stream", file.as_uri()), source).document
    assert document.notes == (), "what is about no section would be noted"
    assert not source.left_out, "what is about no document would be"
    assert {len(section.typical) >= 10 for section in document.sections if section.text} == {True}
