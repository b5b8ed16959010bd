from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.guard import mask
from bot.masking.spans import Kind
from tests.privacy.measuring import marked, scores

FLOORS = {
    Kind.NATIONAL_ID: (1.0, 1.0),
    Kind.ACCOUNT: (1.0, 1.0),
    Kind.EMAIL: (1.0, 1.0),
    Kind.PHONE: (0.85, 0.94),
    Kind.NAME: (0.95, 0.90),
}
"""The precision and the recall that each half has at least."""


@pytest.mark.parametrize("half", ["tuned", "held"])
def test_masking_finds_as_much_as_it_did_when_it_was_measured(half: str) -> None:
    measured = scores(half)
    assert {
        kind: (score.precision, score.recall)
        for kind, score in measured.items()
        if score.precision < FLOORS[kind][0] or score.recall < FLOORS[kind][1]
    } == {}


def test_the_set_holds_at_least_three_hundred_texts_in_three_languages_half_of_them_held_out() -> None:
    halves = [list(marked(half)) for half in ("tuned", "held")]
    assert len(halves[0]) + len(halves[1]) >= 300
    assert len(halves[1]) >= len(halves[0])
    assert {each.language for half in halves for each in half} == {"nb", "nn", "en"}
    assert len({each.text for half in halves for each in half}) == len(halves[0]) + len(halves[1])


FRAGMENTS = (
    *("Ola Nordmann", "Kari", "kari berg", "jeg heter", "mvh", "Hilsen", "tlf", "på", "og", "AS", "Kontakt", "Navn:"),
    *("98765432", "22 33 44 55", "15108695088", "1234.56.78903", "ola@firma.no", "987 654 321", "kr", "§ 15", "B3"),
    *("41-23-45-67", "98765432/22334455", "8601-11-10004", "no93 8601 1117 947", "kari (at) example.no", "[at]", "dot"),
    *("født 01.01.1990", "(født", "kl. 10.00-12.00", "10-12-2025", "/"),
    *(",", ".", "(", ")", "\n", "her", "Dr.", "W.", "-", "er"),
)


@given(st.sampled_from(["", " "]).flatmap(lambda by: st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(by.join)))
@example("98765432no93 8601 1117 947")
@example("jeg heter kari berg kr 98765432")
@example("jeg heter kari berg fakturanummer 98765432")
@example("Kontakt Kari kari berg kari berg 98765432")
@settings(max_examples=300)
def test_what_was_masked_stays_as_it_is_when_it_is_masked_again(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "part",
    [
        *("A", "Aa ", "Aa-", "a.", "+4", "12 ", "12 34 56 ", "a@a.", "NO12", "[telefonnummer] ", "hilsen ", "Ola "),
        *(
            "no12 ",
            "41-",
            "tlf 41-23-45-67/",
            "98765432/",
            "a (at) ",
            "a (at) a dot ",
            "a dot ",
            "født 1",
            "Ola (født ",
        ),
    ],
)
def test_masking_takes_no_longer_than_a_long_text_is_long(part: str) -> None:
    text = part * (20_000 // len(part)) + ", tlf 98765432"
    begun = time.process_time()
    mask(text)
    assert time.process_time() - begun < 2  # seconds; what reads a text once for each of its characters takes minutes
