"""Two versions are compared soon, whatever they say: anybody who opens the page of a source waits for it."""

from __future__ import annotations

import random
import time

import pytest

from ingest.changes import diff

LONGEST = 1_000_000
SOON = 3.0
"""Seconds of the processor's time: twice what it takes at most, where nothing else runs."""

_chance = random.Random(8)
SENTENCES = [" ".join(_chance.choices("abcdefghijklmnopqrstuvwxyz", k=40)) + ". " for _ in range(12_000)]
PROSE = "".join(SENTENCES)
REPEATED, DOUBLED = "Ja. " * (LONGEST // 4), "Nei. Ja. " * (LONGEST // 9)
ROWS = "".join(f"{number % 7} kr | {number % 5}\n" for number in range(LONGEST // 9))
PARAGRAPHS = "".join(f"{number}.\n{'a b ' * 900}.\n" for number in range(LONGEST // 3610))
NUMBERED = [f"{number:x}." for number in range(170_000)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (REPEATED, DOUBLED),
        (REPEATED[:4_000], DOUBLED[:9_000]),
        (ROWS, ROWS.replace("1 kr | 3", "3 kr | 1")),
        (PARAGRAPHS, PARAGRAPHS.replace("a b", "b a")),
        (PROSE, "".join("x " + each if number % 2 else each for number, each in enumerate(SENTENCES))),
        ("".join(NUMBERED), "".join(reversed(NUMBERED))),
        ("! " * (LONGEST // 2), "? ! " * (LONGEST // 4)),
        ("a" * LONGEST, "a." * (LONGEST // 2)),
    ],
    ids=["repeated", "few repeated", "rows", "paragraphs", "prose", "reversed", "signs", "a word"],
)
def test_however_long_and_monotonous_texts_are_they_are_compared_soon(before: str, after: str) -> None:
    start = time.process_time()
    parts = diff(before, after)
    assert time.process_time() - start < SOON
    assert "".join(text for sign, text in parts if sign != "+") == before
    assert "".join(text for sign, text in parts if sign != "-") == after


def test_one_word_in_a_long_text_is_still_found() -> None:
    before = PROSE[:LONGEST]
    after = before.replace(SENTENCES[77], "y" + SENTENCES[77])
    assert [text for sign, text in diff(before, after) if sign == "-"] == [SENTENCES[77][0]]
