"""What is read of a law in Lovdata's format."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.passages import passages_of
from ingest.readers.reading import ReadError
from knowledge.model import UNDECIDED, Document, Section
from tests.ingest.conftest import Read
from tests.lovdata import law, numbered, paragraphs

TODAY = dt.date(2026, 11, 26)


@pytest.fixture
def benches(read_file: Read) -> Document:
    return read_file("benkeloven.xml", law(), kind="law")


def at(document: Document, anchor: str) -> Section:
    section = document.section(anchor)
    assert section, [section.anchor for section in document.sections]
    return section


def parts(section: Section) -> dict[str, str]:
    return {part.anchor: section.text[part.start : part.end] for part in section.parts}


def test_every_paragraph_is_a_section_under_the_headings_above_it(benches: Document) -> None:
    assert [(section.heading, section.path) for section in benches.sections] == [
        ("§ 1-1. Formål", ("Kapittel 1. Om benker",)),
        ("§ 1-1 a", ("Kapittel 1. Om benker",)),
        ("§ 2-1. (Opphevet)", ("Kapittel 2. Slutt", "I. Gamle regler")),
        ("§ 2-2. Nye benker", ("Kapittel 2. Slutt", "I. Gamle regler")),
        ("§ 2-3. Bord", ("Kapittel 2. Slutt", "I. Gamle regler")),
        ("Vedlegg 1. Farger", ()),
    ]


def test_the_text_is_the_words_of_the_law_without_notes(benches: Document) -> None:
    assert at(benches, "1-1").text == (
        "Loven skal gi alle et sted å sitte. Den gjelder på torget, jf. serveringsloven § 15.\n\n"
        "Den gjelder ikke\n"
        "a. på taket,\n"
        "b. i kjelleren når\n"
        "1. den er låst, eller\n"
        "2. Kommunen sier nei.\n"
        "Nr. 2 gjelder bare om vinteren.\n"
        "Dette avgjøres av torgmesteren."
    )
    assert at(benches, "1-1").history == "Endret ved lov 6 mai 2024 nr. 7."
    assert at(benches, "vedlegg-1-farger").text == "Tillatt er:\n\n- grønt"


def test_a_table_is_read_row_by_row(benches: Document) -> None:
    assert at(benches, "1-1-a").text == (
        "(1) Benker males grønne.\n\n(2) Gebyret er:\nBenk | Kroner\nLang benk | 100\n50"
    )


def test_each_part_is_its_own_words(benches: Document) -> None:
    cellar = "i kjelleren når\n1. den er låst, eller\n2. Kommunen sier nei.\nNr. 2 gjelder bare om vinteren."
    assert parts(at(benches, "1-1")) == {
        "ledd-1": "Loven skal gi alle et sted å sitte. Den gjelder på torget, jf. serveringsloven § 15.",
        "ledd-2": f"Den gjelder ikke\na. på taket,\nb. {cellar}\nDette avgjøres av torgmesteren.",
        "ledd-2-bokstav-a": "på taket,",
        "ledd-2-bokstav-b": cellar,
        "ledd-2-bokstav-b-nr-1": "den er låst, eller",
        "ledd-2-bokstav-b-nr-2": "Kommunen sier nei.",
    }
    assert [*parts(at(benches, "1-1-a"))] == ["ledd-1", "ledd-2"]


def test_ledd_that_bear_numbers_are_known_by_these(read_file: Read) -> None:
    body = numbered(paragraphs(p1="(1) En.\n(3) Tre."))
    assert parts(read_file("lov.xml", law(body)).sections[0]) == {"ledd-1": "(1) En.", "ledd-3": "(3) Tre."}


def test_a_list_that_a_ledd_begins_with_is_in_it(read_file: Read) -> None:
    body = paragraphs(p1='<ol><li data-name="a)"><ol><li data-name="1)">Innerst.</li></ol></li></ol>')
    section = read_file("lov.xml", law(body)).sections[0]
    assert section.text == "a) 1) Innerst."
    assert parts(section) == {
        "ledd-1": "a) 1) Innerst.",
        "ledd-1-bokstav-a": "1) Innerst.",
        "ledd-1-bokstav-a-nr-1": "Innerst.",
    }


def test_no_words_are_lost_where_they_are_not_expected(read_file: Read) -> None:
    ledd = (
        "Før<ol>løst<li>en</li>mellom<p>innskutt</p></ol>"
        "<table><caption>Tabell</caption><tr><td>a<table><tr><td>b</td></tr></table></td></tr></table>etter"
    )
    body = paragraphs(p1=ledd).replace("</h2>", "</h2>foran", 1)
    assert read_file("lov.xml", law(f"først{body}")).sections[0].text == "først"
    assert read_file("lov.xml", law(body)).sections[0].text == (
        "foran\n\nFør\nløst\n- en\nmellom\ninnskutt\nTabell\na b\netter"
    )


def test_an_empty_item_leaves_no_letter(read_file: Read) -> None:
    inner = '<ol><li data-name="1."/><li data-name="2.">to</li></ol>'
    body = paragraphs(p1=f'<ol><li data-name="a.">{inner}</li><li data-name="b."/></ol>slutt')
    assert read_file("lov.xml", law(body)).sections[0].text == "a. 2. to\nslutt"


def test_the_header_gives_names_numbers_and_dates(benches: Document) -> None:
    assert (benches.title, benches.short_title) == ("Lov om benker på torget (benkeloven)", "Benkeloven – benkl")
    assert (benches.number, benches.changed_by) == ("LOV-2020-02-03-4", ("lov/2024-05-06-7",))
    assert (benches.published, benches.changed) == (dt.date(2020, 2, 4), dt.date(2024, 7, 1))
    assert benches.in_force == dt.date(2021, 1, 1)
    assert benches.url == "https://lovdata.no/dokument/NL/lov/2020-02-03-4"


def test_a_paragraph_is_known_by_every_name_of_its_law(benches: Document) -> None:
    assert set(at(benches, "1-1-a").keys) == {
        "law:benkeloven/1-1a",
        "law:benkl/1-1a",
        "law:lov-om-benker-pa-torget/1-1a",
        "law:lov-2020-02-03-4/1-1a",
        "law:2020-02-03-4/1-1a",
    }


@pytest.mark.parametrize(
    ("title", "short", "names"),
    [
        ("Forskrift om X (byggteknisk forskrift)", "Byggteknisk forskrift (TEK17)", {"byggteknisk-forskrift"}),
        ("Forskrift om overgang til lov om Y (y-loven)", "Forskrift om overgang til y-loven", set()),
        ("Forskrift om overgang til lov om Y (y-loven)", "", set()),
        ("Lov om arkiv [arkivlova]", "", {"arkivloven"}),
    ],
)
def test_no_law_takes_the_name_of_another(read_file: Read, title: str, short: str, names: set[str]) -> None:
    document = read_file("lov.xml", law(paragraphs(p1="Ord."), title=title, titleShort=short))
    keys = {key.removeprefix("law:").removesuffix("/1") for key in document.sections[0].keys}
    assert names <= keys
    assert not {"y-loven", "yloven"} & keys


def test_the_law_that_a_paragraph_cites_is_what_it_rests_on(benches: Document) -> None:
    assert [(basis.label, basis.key) for basis in at(benches, "1-1").rests_on] == [
        ("serveringsloven § 15", "law:serveringsloven/15")
    ]


@pytest.mark.parametrize("address", ["lov/2020-02-03-4/§2", "#kapittel-2", "eu/32008r0213", "lov/2020-02-03-4"])
def test_its_own_paragraphs_and_what_is_no_law_are_not(read_file: Read, address: str) -> None:
    body = paragraphs(p1=f'Se <a href="{address}">§ 2</a>, <a href="lov/2020-02-03-44/§3">stolloven § 3</a>.')
    assert [basis.label for basis in read_file("lov.xml", law(body)).sections[0].rests_on] == ["stolloven § 3"]


def test_a_paragraph_is_found_in_whatever_it_is_wrapped(read_file: Read) -> None:
    body = f"<div><article>{paragraphs(p1='Innpakket.')}</article></div>"
    assert [section.heading for section in read_file("lov.xml", law(body)).sections] == ["§ 1"]


def test_what_is_not_in_force_is_marked(benches: Document) -> None:
    in_force = {passage.section: passage.is_in_force(TODAY) for passage in passages_of(benches)}
    assert in_force == {
        "1-1": True,
        "1-1-a": True,
        "2-1": False,
        "2-2": False,
        "2-3": False,
        "vedlegg-1-farger": True,
    }
    assert at(benches, "2-1").repealed
    assert at(benches, "2-1").text == "Opphevet ved lov 6 mai 2024 nr. 7."
    assert at(benches, "2-2").in_force == dt.date(2031, 1, 1)
    assert at(benches, "2-3").in_force == UNDECIDED


@pytest.mark.parametrize(
    ("said", "in_force"),
    [("", True), ("2021-01-01", True), ("2031-01-01", False), ("Kongen bestemmer", False), ("Kongen fastset", False)],
)
def test_a_law_is_in_force_from_its_first_day(read_file: Read, said: str, in_force: bool) -> None:
    document = read_file("lov.xml", law(paragraphs(p1="Ord."), dateInForce=said))
    assert document.is_in_force(TODAY) is in_force
    assert [passage.is_in_force(TODAY) for passage in passages_of(document)] == [in_force]


@pytest.mark.parametrize(
    ("said", "partly"),
    [
        ("", False),
        ("2010-01-01", False),
        ("2010-01-01, 2021-01-01", False),
        ("2010-01-01, 9000-01-01", True),
        ("2010-01-01, 2021-01-01, Kongen bestemmer", True),
        ("2010-01-01, Kongen fastset", True),
        ("2010-01-01 med verknad frå skatteåret 2011", False),
        ("Kongen bestemmer", False),
    ],
)
def test_a_law_of_which_some_waits_is_in_force_in_part_and_says_so(read_file: Read, said: str, partly: bool) -> None:
    document = read_file("lov.xml", law(paragraphs(p1="Ord."), dateInForce=said))
    assert [passage.is_partly_in_force(TODAY) for passage in passages_of(document)] == [partly]
    assert ["comes into force in parts, from 2010-01-01" in note for note in document.notes] == [True] * partly


@pytest.mark.parametrize(
    ("lang", "text", "language"),
    [("no", "Det er ikke lov.", "nb"), ("no", "Det er ikkje lov.", "nn"), ("nn", "Det.", "nn"), ("no", "Det.", "nb")],
)
def test_the_language_is_that_of_the_text(read_file: Read, lang: str, text: str, language: str) -> None:
    assert read_file("lov.xml", law(paragraphs(p1=text), lang)).language == language


def test_the_articles_of_a_treaty_are_not_taken_for_paragraphs(read_file: Read) -> None:
    treaty = paragraphs(p1="Traktatens ord.").replace("§ 1", "Artikkel 1")
    body = f"{paragraphs(p1='Lovens ord.')}<section><h2>FORORDNING om vern [PVF, GDPR]</h2>{treaty}</section>"
    ours, theirs = read_file("lov.xml", law(body)).sections
    assert "law:benkeloven/1" in ours.keys
    assert theirs.keys == ("law:pvf/1", "law:personvernforordningen/1")


def test_an_announcement_of_changes_is_refused(read_file: Read) -> None:
    body = '<section class="section"><h2>I</h2><article class="defaultP">§ 1 skal lyde:</article></section>'
    with pytest.raises(ReadError, match=r"announcement of changes, no law; bring in lov/1999-01-02-3"):
        read_file("endring.xml", law(body, dokid="LTI/lov/2020-02-03-4"))


def test_a_law_that_is_announced_is_read(read_file: Read) -> None:
    assert read_file("ny.xml", law(dokid="LTI/lov/2020-02-03-4")).sections


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (law()[:3000], "not well-formed XML"),
        (law().replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY a "aaa">]>'), "declares entities"),
        (law().replace("<!DOCTYPE html>", '<!DOCTYPE html [<!ENTITY a SYSTEM "file:///etc/passwd">]>'), "declares"),
        (law("<div>" * 100 + "dypt" + "</div>" * 100), "nested more than"),
        (law("<div>" * 100_000 + "dypt" + "</div>" * 100_000), "nested more than"),
        (law("<h1>Uten ord</h1>"), "has no text"),
        (law(title=""), "not in Lovdata's format"),
        (law().replace("main", "div"), "not in Lovdata's format"),
        ("<rss><channel/></rss>", "format that is not read"),
    ],
    ids=["cut off", "entity", "external entity", "deep", "very deep", "no words", "no title", "no main", "other XML"],
)
def test_what_cannot_be_read_is_refused_with_a_reason(read_file: Read, content: str, message: str) -> None:
    with pytest.raises(ReadError, match=message):
        read_file("lov.xml", content)


def test_a_huge_law_takes_no_longer_than_its_size(read_file: Read) -> None:
    body = paragraphs(**{f"p{number}": "Ord.\nFlere ord." for number in range(8_000)})
    start = time.perf_counter()
    assert len(read_file("lov.xml", law(body)).sections) == 8_000
    assert time.perf_counter() - start < 10


_WORDS = st.text(st.sampled_from("abc .æ"), min_size=1, max_size=12)
_TREES = st.recursive(
    _WORDS,
    lambda inner: st.builds(
        lambda tag, children: f"<{tag}>{''.join(children)}</{tag.split()[0]}>",
        st.sampled_from(
            ["ol", 'li data-name="a."', "p", "i", "article", "a href='x'", "sup class='footnotereference'"]
        ),
        st.lists(inner, max_size=4),
    ),
    max_leaves=20,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_TREES, min_size=1, max_size=4))
def test_whatever_stands_in_a_paragraph_its_parts_are_in_its_text(read_file: Read, ledd: list[str]) -> None:
    section = read_file("lov.xml", law(paragraphs(p1="Først.", p2="\n".join(ledd)))).sections[-1]
    for part in section.parts:
        words = section.text[part.start : part.end]
        assert words
        assert words == words.strip()
        assert 0 <= part.start < part.end <= len(section.text)
