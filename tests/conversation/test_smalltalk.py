from __future__ import annotations

import pytest

from bot.smalltalk import Smalltalk, smalltalk, to_the_point


@pytest.mark.parametrize(
    ("kind", "texts"),
    [
        (Smalltalk.GREETING, ["Hei", "hei!", "Hei hei", "God dag!", "God morgen alle sammen", "Hello there", "Hi 👋"]),
        (
            Smalltalk.THANKS,
            ["Takk!", "Tusen takk for hjelpen", "Takk for svaret", "thanks a lot", "OK, takk", "Du er flink"],
        ),
        (Smalltalk.HELP, ["Hjelp", "Hva kan du?", "Kva kan du gjere?", "What can you do?", "help"]),
        (Smalltalk.BOT, ["Hei, hvem er du?", "Er du et menneske?", "er du ein robot", "Who are you?"]),
        (Smalltalk.BOT, ["Snakker jeg med en robot eller et menneske?", "Kva heiter du?", "Are you human?"]),
        (
            Smalltalk.WELLBEING,
            ["hei, hvordan har du det?", "Korleis går det?", "Hi, how are you today?", "Hva skjer?", "How’s it going?"],
        ),
        (Smalltalk.JOKE, ["Fortell en vits", "Kan du fortelje meg ein vits?", "Tell me a joke", "Syng en sang"]),
        (Smalltalk.CLOCK, ["Hva er klokka?", "Kva er klokka no?", "What time is it?", "Hvordan blir været i morgen?"]),
        (Smalltalk.COMPLAINT, ["Du er ubrukelig", "Du er heilt ubrukeleg!", "det hjalp ikke", "You're useless"]),
        (Smalltalk.COMPLAINT, ["Dårlig svar!", "Svaret er feil", "du forstår ingenting", "That didn't help"]),
        (Smalltalk.GOODBYE, ["ha det", "Ha det bra!", "Takk og farvel", "takk for hjelpa, ha en fin dag!", "Bye bye"]),
        (Smalltalk.AGREEMENT, ["ok", "Supert!", "👍 flott", "Ja, det er greit", "Den er god", "nei takk", "Got it"]),
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
        "Er du i stand til å svare om byggesak?",
        "Kan en robot servere øl?",
        "Hva er klokka når skjenkingen må stoppe?",
        "Hvordan går det med strategi B3?",
        "Dette er feil, gebyret er 500 kroner",
        "Ok å ha hund på kafé?",
        "ja, men hva koster det?",
        "Ha det ryddig på lageret, er det et krav?",
        "Fortell om skjenkebevilling",
        "What is the time limit for complaints?",
        "§",
        "",
    ],
)
def test_a_question_is_no_small_talk_however_politely_it_is_asked(text: str) -> None:
    assert smalltalk(text) is None


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Hei, hvordan har du det? Når stenger skjenkingen?", "Når stenger skjenkingen?"),
        ("Hei, hvordan går det, når stenger skjenkingen?", "når stenger skjenkingen?"),
        ("Hi! How are you? Are you a robot? Do I need a licence?", "Do I need a licence?"),
        ("Hva er klokka?\nNår stenger skjenkingen?", "Når stenger skjenkingen?"),
        ("Når stenger skjenkingen? Ha det bra!", "Når stenger skjenkingen?"),
        ("Er du en robot, eller kan jeg søke?", None),
        ("Dette er feil. Hvem retter det?", None),
        ("Takk! Hva med gebyr?", None),
        ("Når stenger skjenkingen?", None),
        ("hei, " * 1_000, None),
    ],
)
def test_what_is_said_in_passing_is_no_part_of_the_question(text: str, question: str | None) -> None:
    assert to_the_point(text) == (question or text)
