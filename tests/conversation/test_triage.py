"""Kinds of messages that are none for the documents, measured on examples: `pytest -s` prints the table."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.smalltalk import smalltalk
from bot.triage import Kind, Triage
from tests.conversation.examples import TRIAGE

NONE = "none"
SMALLTALK = "smalltalk"

EXAMPLES = tomllib.loads((Path(__file__).parent / "kinds.toml").read_text("utf-8"))["examples"]


def examples(*, held: bool) -> Iterator[tuple[str, str]]:
    for group in EXAMPLES:
        if group["held"] is held:
            yield from ((text, group["kind"]) for text in group["texts"])


def told(text: str, triage: Triage = TRIAGE) -> str:
    """Its kind, told in the order that the conversation tells it in."""
    if triage.is_emergency(text):
        return Kind.EMERGENCY
    return SMALLTALK if smalltalk(text) else triage.sort(text).kind or NONE


def measured(*, held: bool) -> dict[str, tuple[float, float, int]]:
    """Precision, recall and how many there are, by kind."""
    pairs = [(kind, told(text)) for text, kind in examples(held=held)]
    table = {}
    for kind in [*Kind, SMALLTALK, NONE]:
        right = sum(meant == got == kind for meant, got in pairs)
        got, meant = sum(got == kind for _, got in pairs), sum(meant == kind for meant, _ in pairs)
        table[str(kind)] = (right / got if got else 1.0, right / meant if meant else 1.0, meant)
    return table


def test_there_are_enough_examples_and_none_twice() -> None:
    texts = [text for held in (True, False) for text, _ in examples(held=held)]
    assert len(texts) >= 200
    assert len(texts) == len(set(texts))


@pytest.mark.parametrize(("held", "precision", "recall"), [(False, 0.95, 0.9), (True, 0.95, 0.8)])
def test_kinds_are_told_apart(held: bool, precision: float, recall: float) -> None:
    table = measured(held=held)
    print(f"\n{'held aside' if held else 'looked at':12} precision  recall      n")
    for kind, (right, found, count) in table.items():
        print(f"{kind:12} {right:9.2f} {found:7.2f} {count:6}")
    missed = [(text, kind, told(text)) for text, kind in examples(held=held) if told(text) != kind]
    for kind, (right, found, _) in table.items():
        assert right >= precision or kind == NONE, (kind, missed)
        assert found >= recall, (kind, missed)
