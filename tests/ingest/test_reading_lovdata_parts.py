"""Which parts of a paragraph of a law can be meant by name."""

from __future__ import annotations

import pytest

from ingest.passages import passages_of
from knowledge.parts import quotes_of
from tests.ingest.conftest import Read
from tests.lovdata import law, numbered, paragraphs


@pytest.mark.parametrize(
    ("ledd", "names"),
    [
        ("Innledning.\n(1) En.\n(2) To.", []),
        ("(1) En.\nMellom.\n(2) To.", []),
        ("(1) En.\n(1) En til.", []),
        ("(1) En.\n(2) To.\nTil slutt.", ["ledd-1", "ledd-2", "ledd-3"]),
    ],
)
def test_ledd_whose_numbers_and_places_disagree_are_not_guessed(read_file: Read, ledd: str, names: list[str]) -> None:
    document = read_file("lov.xml", law(numbered(paragraphs(p1=ledd))))
    assert [part.anchor for part in document.sections[0].parts] == names
    assert [quotes_of(f"ledd-{number}", passages_of(document)) != [] for number in (1, 2, 3)] == [bool(names)] * 3
    assert (quotes_of("ledd-siste", passages_of(document)) != []) is bool(names)


def test_a_letter_that_two_lists_of_a_ledd_have_is_not_guessed(read_file: Read) -> None:
    one, two = (f'<ol><li data-name="a.">{word}</li><li data-name="{word}.">{word}</li></ol>' for word in "xy")
    passages = passages_of(read_file("lov.xml", law(paragraphs(p1=f"Først{one}så{two}"))))
    asked = ("bokstav-a", "ledd-1-bokstav-a", "bokstav-y")
    assert [[text for _, text in quotes_of(part, passages)] for part in asked] == [[], [], ["y"]]
