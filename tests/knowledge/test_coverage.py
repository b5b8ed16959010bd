from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.coverage import Coverage
from knowledge.library import Library
from knowledge.model import Audience


@pytest.mark.parametrize(
    ("question", "texts"),
    [
        (
            "hundelufting",  # by the words none of these has any of it
            ["Hundelufteplasser er merket på kartet.", "Hunder skal ha bånd.", "Søknaden koster 4 000 kroner."],
        ),
        ("Gebyr for gravemelding", ["Gebyret for gravemeldinger", "Gebyret for melding", "Melding"]),
    ],
)
def test_parts_of_compound_words_are_covered_too(library: Library, question: str, texts: list[str]) -> None:
    coverage = Coverage(library.reader(Audience.PUBLIC), question)
    shares = [coverage.in_grams(text) for text in texts]
    assert all(more > less for more, less in pairwise(shares)), shares


@given(question=st.text(max_size=40), text=st.text(max_size=40))
def test_a_share_of_a_question_is_a_share(library: Library, question: str, text: str) -> None:
    coverage = Coverage(library.reader(Audience.PUBLIC), question)
    assert all(0.0 <= share <= 1.0 for share in coverage.parts(text).values())
    assert coverage.parts(question).keys() == coverage.parts(text).keys()


def test_a_question_covers_itself(library: Library) -> None:
    question = "Hva koster en SKJENKEBEVILLING?"
    assert Coverage(library.reader(Audience.PUBLIC), question).parts(question) == {
        "coverage": pytest.approx(1.0),
        "gram_coverage": pytest.approx(1.0),
    }
