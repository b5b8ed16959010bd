from __future__ import annotations

import datetime as dt

import pytest

from ingest.passages import passages_of
from tests.ingest.conftest import Read
from tests.ingest.paper import pdf

LONG = "Dette er en linje som fyller hele bredden av siden og som derfor er full og"
PARAGRAPHS = {
    "divided word": ([LONG + " nærings-", "drivende må søke."], LONG + " næringsdrivende må søke."),
    "U+00AD": ([LONG + " nærings\xad", "drivende må søke."], LONG + " næringsdrivende må søke."),
    "and what belongs to it": ([LONG + " plan-", "og bygningsloven."], LONG + " plan- og bygningsloven."),
    "abbreviation": ([LONG + " alle VA-", "anlegg."], LONG + " alle VA-anlegg."),
    "number": ([LONG + " den 50-", "meterssonen."], LONG + " den 50-meterssonen."),
    "no three letters": ([LONG + " en ball-", "løkke."], LONG + " en ball-løkke."),
    "either of two": ([LONG + " veger/", "gater."], LONG + " veger/gater."),
    "address": ([LONG + " https://x.no/s?id=1080", "35."], LONG + " https://x.no/s?id=108035."),
    "full line": ([LONG, "følger mer."], LONG + " følger mer."),
    "line ended early": ([LONG + ".", "Vilkår", "Søk."], LONG + ". Vilkår\nSøk."),
    "list": ([LONG + ":", "• en", "– to", "- tre"], LONG + ":\n- en\n- to\n- tre"),
    "numbered list": ([LONG + ":", "1. en", "2. to"], LONG + ":\n1. en\n2. to"),
    "lettered list": ([LONG + ":", "a) en", "b) to"], LONG + ":\na) en\nb) to"),
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


def test_the_pages_of_two_are_not_counted_in_the_text(read_file: Read) -> None:
    document = read_file("a.pdf", pdf(["Sak 2026/12 Side 1 av 2", LONG], ["Sak 2026/12 Side 2 av 2", LONG]))
    assert [section.text for section in document.sections] == [LONG, LONG]


def test_equal_lines_of_two_pages_stay(read_file: Read) -> None:
    document = read_file(
        "a.pdf", pdf(["Skilt krever søknad.", "Frist 3 uker"], ["Skilt krever søknad.", "Frist 4 uker"])
    )
    assert [section.text for section in document.sections] == [
        "Skilt krever søknad. Frist 3 uker",
        "Skilt krever søknad. Frist 4 uker",
    ]


def test_numbers_in_running_text_are_not_headings(read_file: Read) -> None:
    lines = ["1 Om", LONG + ".", "2023 Var et godt år", "7 Dager er fristen", "2 Krav", "3 Stoler må settes inn."]
    document = read_file("a.pdf", pdf([*lines, "3 Frist", "Nå."]))
    assert [section.heading for section in document.sections] == ["1 Om", "2 Krav", "3 Frist"]


@pytest.mark.parametrize("leaders", [" 2", " ........... 2", " . . . . . . . 2", "…… 2"])
def test_a_table_of_contents_does_not_take_the_headings(read_file: Read, leaders: str) -> None:
    contents = ["Innhold", *(line + leaders for line in ("1 Om skilt", "1.1 Krav", "2 Frister"))]
    first, second = ["1 Om skilt", LONG + ".", "1.1 Krav", LONG + "."], ["2 Frister", LONG + "."]
    document = read_file("a.pdf", pdf(contents, first, second))
    assert [(section.heading, section.path, section.page) for section in document.sections] == [
        ("1 Om skilt", (), 2),
        ("1.1 Krav", ("1 Om skilt",), 2),
        ("2 Frister", (), 3),
    ]


def test_each_passage_cites_the_page_it_begins_on(read_file: Read) -> None:
    pages = [[f"{LONG} s{page}l{line}." for line in range(30)] for page in range(1, 4)]
    document = read_file("a.pdf", pdf(["1 Om skilt", *pages[0]], *pages[1:]))
    passages = passages_of(document)
    assert [section.page for section in document.sections] == [1]
    assert {passage.page for passage in passages} == {1, 2, 3}
    for passage in passages:
        assert f"s{passage.page}l" in passage.text[:120]


def test_a_sentence_goes_on_over_the_page(read_file: Read) -> None:
    document = read_file("a.pdf", pdf(["1 Om skilt", LONG], ["dette fortsetter den.", LONG]))
    assert [section.text for section in document.sections] == [f"{LONG} dette fortsetter den.\n{LONG}"]
    assert document.sections[0].pages == ((len(LONG) + 1, 2),)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Skiltplan for sentrum", "Skiltplan for sentrum"),
        ("Microsoft Word - 111.doc", "Reglar for skilt"),
        ("06_36_2012", "Reglar for skilt"),
        ("PowerPoint-presentasjon", "Reglar for skilt"),
        ("", "Reglar for skilt"),
    ],
)
def test_the_title_is_the_documents_own(read_file: Read, title: str, expected: str) -> None:
    assert read_file("a.pdf", pdf(["1", "", "Reglar for skilt", "", LONG], title=title)).title == expected


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("D:20240603100236+02'00'", dt.date(2024, 6, 3)),
        ("D:20241399", None),
        ("i går", None),
        ("", None),
    ],
)
def test_the_date_is_that_of_the_last_change(read_file: Read, changed: str, expected: dt.date | None) -> None:
    assert read_file("a.pdf", pdf([LONG], changed=changed)).changed == expected


def test_an_english_source_has_pages_not_sider(read_file: Read) -> None:
    assert read_file("a.pdf", pdf(["Signs need a permit."]), language="en").sections[0].heading == "Page 1"
