from __future__ import annotations

import pytest

from bot.desk.case import CaseState, Move, Refusal
from bot.texts import LANGUAGES, Texts

TEXTS = Texts()
VALUES: dict[str, object] = {
    "name": "Kari",
    "to": "Ola",
    "team": "Bygg",
    "into": "M-5",
    "case": "M-17",
    "length": 2,
    "limit": 1,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_move_and_refusal_can_be_told_to_people(language: str) -> None:
    told = [
        *(TEXTS(language, f"desk.state.{state}") for state in CaseState),
        *(TEXTS(language, f"desk.move.{move}", **VALUES) for move in Move),
        *(TEXTS(language, f"desk.refused.{why}", **VALUES) for why in Refusal),
    ]
    assert len(set(told)) == len(told)
    assert not any(character in text for text in told for character in "{}")


def test_the_languages_say_the_same_things() -> None:
    keys = [{key for key in TEXTS.keys(language) if key.startswith("desk.")} for language in LANGUAGES]
    assert keys[0] == keys[1] == keys[2]
