from __future__ import annotations

import pytest

from bot.smalltalk import Smalltalk, smalltalk


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (Smalltalk.GREETING, ["Hei", "hei!", "Hei hei", "God dag!", "God morgen alle sammen", "Hello there", "Hi 👋"]),
        (
            Smalltalk.THANKS,
            ["Takk!", "Tusen takk for hjelpen", "Takk for svaret", "thanks a lot", "OK, takk", "👍 flott"],
        ),
        (Smalltalk.HELP, ["Hjelp", "Hva kan du?", "Kva kan du gjere?", "Hei, hvem er du?", "What can you do?", "help"]),
    ],
)
def test_small_talk_is_known(kind: Smalltalk, texts: list[str]) -> None:
    assert [smalltalk(text) for text in texts] == [kind] * len(texts)


@pytest.mark.parametrize(
    "text",
    [
        "Hei! Trenger jeg bevilling?",
        "Hei, kan du hjelpe meg med en byggesøknad?",
        "Takk, men gjelder det også ute?",
        "Takk for svaret, hva med gebyr?",
        "Hva kan du si om B3?",
        "Hjelp til byggesøknad",
        "B3",
        "heis",
        "Takkonstruksjon",
        "help with alcohol licence",
        "flott skilt",
        "§",
        "",
    ],
)
def test_a_question_is_no_small_talk_however_politely_it_is_asked(text: str) -> None:
    assert smalltalk(text) is None
