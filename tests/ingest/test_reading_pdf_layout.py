from __future__ import annotations

from collections.abc import Sequence

import pytest

from knowledge.model import Document
from tests.ingest.conftest import Read
from tests.ingest.paper import Ruled, Text, drawn, lines, table

FULL = "Dette er en linje som fyller hele bredden av siden og er full og følges av mer."
LEFT = [f"venstre linje {n} fyller sin spalte helt" for n in "abcdef"]
RIGHT = [f"høyre linje {n} fyller sin spalte helt" for n in "abcdef"]
BOTH = " ".join([*LEFT, *RIGHT])


def headings(document: Document) -> list[tuple[str, ...]]:
    return [(*section.path, section.heading) for section in document.sections]


def columns(order: str) -> list[Text]:
    left, right = lines(LEFT, 60, 100), lines(RIGHT, 320, 100)
    if order == "line by line":
        return [text for row in zip(left, right, strict=True) for text in row]
    return [*right, *left] if order == "right first" else [*left, *right]


@pytest.mark.parametrize("order", ["column by column", "line by line", "right first"])
def test_columns_are_read_one_after_the_other(read_file: Read, order: str) -> None:
    assert read_file("a.pdf", drawn(columns(order))).sections[0].text == BOTH


def test_a_heading_over_columns_comes_first(read_file: Read) -> None:
    document = read_file("a.pdf", drawn([*columns("column by column"), Text("Om skilt", 60, 70, 18, True)], title="T"))
    assert [(section.heading, section.text) for section in document.sections] == [("Om skilt", BOTH)]


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_page_that_is_shown_turned_is_read_as_it_is_written(read_file: Read, turned: int) -> None:
    assert read_file("a.pdf", drawn(columns("column by column"), turned=turned)).sections[0].text == BOTH


GRID = [["Type søknad", "Gebyr", "Frist"], ["Uteservering", "1 200 kr", "3 uker"], ["Skilt", "", "60 dager"]]
ROWS = "Type søknad | Gebyr | Frist\nUteservering | 1 200 kr | 3 uker\nSkilt |  | 60 dager"


def test_a_ruled_table_becomes_rows(read_file: Read) -> None:
    marks = [Text(FULL), *table(GRID, [60, 180, 260, 360], 80), Text("Etter tabellen.", 60, 160)]
    assert read_file("a.pdf", drawn(marks)).sections[0].text == f"{FULL}\n\n{ROWS}\n\nEtter tabellen."


def test_cells_are_kept_apart_however_near_their_words_are(read_file: Read) -> None:
    marks = table([["Lek og opphold", "Lek og ro"], ["Nær", "Fjern"]], [60, 142, 260], 80)
    assert read_file("a.pdf", drawn(marks)).sections[0].text == "Lek og opphold | Lek og ro\nNær | Fjern"


def test_the_lines_of_a_cell_are_one_text(read_file: Read) -> None:
    marks = table([["Formål", "Krav"], ["Område-", "Maks. 50 m"]], [60, 142, 260], 80, 40)
    marks.append(Text("lekeplass", 63, 80 + 40 + 13 + 13))
    assert read_file("a.pdf", drawn(marks)).sections[0].text == "Formål | Krav\nOmrådelekeplass | Maks. 50 m"


def test_a_cell_that_reaches_over_rows_stands_in_each(read_file: Read) -> None:
    marks = [mark for mark in table([["Skilt", "1 kr"], ["", "2 kr"]], [60, 142, 260], 80) if not is_middle(mark)]
    marks.append(Ruled(142, 98, 260, 98))
    assert read_file("a.pdf", drawn(marks)).sections[0].text == "Skilt | 1 kr\nSkilt | 2 kr"


def is_middle(mark: Text | Ruled) -> bool:
    return isinstance(mark, Ruled) and mark.y == mark.to_y == 98


def test_a_table_without_rules_becomes_rows(read_file: Read) -> None:
    marks = [
        Text(cell, x, 80 + 14 * row)
        for row, cells in enumerate(
            [["Gruppe", "Sats", "Merknad"], ["Øl", "0,22 kr", "Liter"], ["Vin", "0,60 kr", "Liter"]]
        )
        for cell, x in zip(cells, (60, 160, 260), strict=True)
    ]
    assert read_file("a.pdf", drawn(marks)).sections[0].text == (
        "Gruppe | Sats | Merknad\nØl | 0,22 kr | Liter\nVin | 0,60 kr | Liter"
    )


def test_labels_are_not_a_table(read_file: Read) -> None:
    pairs = [("Kommune", ": Bø"), ("Område", ": Breisås"), ("Dato", ": 15.06.12")]
    marks = [
        Text(text, x, 80 + 14 * row) for row, pair in enumerate(pairs) for text, x in zip(pair, (60, 200), strict=True)
    ]
    assert read_file("a.pdf", drawn(marks)).sections[0].text == "Kommune : Bø\nOmråde : Breisås\nDato : 15.06.12"


def test_a_frame_around_text_is_not_a_table(read_file: Read) -> None:
    box = [Ruled(50, 40, 550, 40), Ruled(50, 70, 550, 70), Ruled(50, 40, 50, 70), Ruled(550, 40, 550, 70)]
    assert read_file("a.pdf", drawn([Text(FULL), *box])).sections[0].text == FULL


HEADINGS: dict[str, tuple[Sequence[Text], list[tuple[str, ...]]]] = {
    "by size": (
        [Text("Skilt", 60, 60, 18), Text(FULL, 60, 90), Text("Krav", 60, 120, 14), Text(FULL, 60, 150)],
        [("Skilt",), ("Skilt", "Krav")],
    ),
    "by weight": (
        [Text("Skilt", 60, 60, 11, True), Text(FULL, 60, 74), Text("Krav", 60, 110, 11, True), Text(FULL, 60, 124)],
        [("Skilt",), ("Krav",)],
    ),
    "by number": (
        [Text("§ 1 Skilt", 60, 60), Text(FULL, 60, 74), Text("§ 1.2 Krav", 60, 100), Text(FULL, 60, 114)],
        [("§ 1 Skilt",), ("§ 1 Skilt", "§ 1.2 Krav")],
    ),
    "chapters above paragraphs": (
        [Text("Kapittel 2 Skilt", 60, 60), Text("§ 1 Krav", 60, 90), Text(FULL, 60, 104)],
        [("Kapittel 2 Skilt", "§ 1 Krav")],
    ),
    "without number under one with": (
        [Text("1.1 Skilt", 60, 60, 11, True), Text("Generelt", 60, 90, 11, True), Text(FULL, 60, 104)],
        [("1.1 Skilt", "Generelt")],
    ),
    "of two lines": (
        [
            *lines(
                ["Unntak fra krav om plan der tiltaket ikke ligger innenfor en fare- eller", "aktsomhetssone"],
                bold=True,
            ),
            *lines([FULL, FULL, FULL], 60, 95),
        ],
        [("Unntak fra krav om plan der tiltaket ikke ligger innenfor en fare- eller aktsomhetssone",)],
    ),
    "bold bullets": (
        [Text("• For felt B7", 60, 60, 11, True), Text("- " + FULL, 60, 74), Text("- " + FULL, 60, 88)],
        [("For felt B7",)],
    ),
}


@pytest.mark.parametrize("case", HEADINGS)
def test_headings_are_seen(read_file: Read, case: str) -> None:
    marks, expected = HEADINGS[case]
    assert headings(read_file("a.pdf", drawn(marks, title="Reglar for skilt"))) == expected


@pytest.mark.parametrize(
    "marks",
    [
        [Text(FULL, 60, 60, 11, True), Text(FULL, 60, 90)],
        [Text("1. Bebyggelse", 100, 60, 11, True), Text(FULL, 60, 90)],
        [Text("a) Bebyggelse", 60, 60, 11, True), Text(FULL, 60, 90)],
        lines([FULL[:-1] + " mer", "Skal gjelde", "i alle tilfeller." + FULL]),
    ],
    ids=["a bold sentence", "an indented item", "a lettered item", "a short line of a paragraph"],
)
def test_what_only_looks_like_a_heading_is_text(read_file: Read, marks: Sequence[Text]) -> None:
    document = read_file("a.pdf", drawn(marks))
    assert [section.heading for section in document.sections] == ["Side 1"]


def test_bookmarks_name_the_headings(read_file: Read) -> None:
    names = ["Formål", "Krav til skilt", "Frister", "Gebyr", "Klage"]
    marks = [
        text
        for n, name in enumerate(names)
        for text in [Text(name, 60, 60 + 70 * n), *lines([FULL, FULL, FULL], 60, 80 + 70 * n)]
    ]
    document = read_file("a.pdf", drawn(marks, bookmarks=[(name, 1) for name in names]))
    assert [section.heading for section in document.sections] == names


def test_a_heading_without_text_is_kept_as_text(read_file: Read) -> None:
    marks = [
        Text("Reglar", 60, 60, 24),
        Text("Vedtatt 14.3.2024", 60, 100, 14),
        Text("Skilt", 60, 140, 18),
        Text(FULL, 60, 170),
    ]
    document = read_file("a.pdf", drawn(marks))
    assert document.title == "Reglar"
    assert [(section.heading, section.text) for section in document.sections] == [
        ("Reglar", "Vedtatt 14.3.2024"),
        ("Skilt", FULL),
    ]


def test_a_bullet_that_is_drawn_begins_an_item(read_file: Read) -> None:
    dots = [Ruled(50, y, 53, y - 3) for y in (98, 112)]
    marks: list[Text | Ruled] = [
        Text(FULL + ":", 60, 86),
        Text("for leder", 60, 100),
        Text("for stedfortreder", 60, 114),
    ]
    text = read_file("a.pdf", drawn([*marks, *dots])).sections[0].text
    assert text == f"{FULL}:\n- for leder\n- for stedfortreder"


def test_a_paragraph_that_begins_with_its_number_is_a_section(read_file: Read) -> None:
    first = ["§ 1. Formål. Forskrifta skal sikre at skilt og reklame ikkje skjemmer byrommet, og at dei er", "trygge."]
    second = ["§ 2. Verkeområde. Forskrifta gjeld i sentrum."]
    third = [
        "§ 3 Skilt skal ikkje vere større enn det som er vanleg i gata dei står i, jf. likevel det som",
        "står i § 1.",
    ]
    marks = [*lines(first, y=60), *lines(second, y=110), *lines(third, y=140)]
    document = read_file("a.pdf", drawn(marks, title="Forskrift om skilt"))
    assert [(section.heading, section.text) for section in document.sections] == [
        ("§ 1. Formål", " ".join(first)),
        ("§ 2. Verkeområde", second[0]),
        ("§ 3", " ".join(third)),
    ]
