"""Messages of several questions, and follow-ups: what each question is searched for with."""

from __future__ import annotations

import pytest

from bot.understanding import Understander
from knowledge.concepts import Concepts

ALONE = ""
"""What says itself what it is about is searched for as it is."""
PERMIT, ALCOHOL, APPEAL = "Når må jeg ha serveringsbevilling?", "Når må jeg ha skjenkebevilling?", "klagefristen"
SALE = "Når må butikken stenge ølsalget?"
AGE = "Hva er aldersgrensen for"

BESIDE = [
    # Stands by itself.
    (f"{PERMIT} Hvor lang er klagefristen?", {"Hvor lang er klagefristen?": ALONE}),
    (f"{PERMIT} Trenger jeg ferdigattest?", {"Trenger jeg ferdigattest?": ALONE}),
    (f"{PERMIT} Må jeg ha kunnskapsprøve?", {"Må jeg ha kunnskapsprøve?": ALONE}),
    (f"{PERMIT} Hvor kan jeg parkere?", {"Hvor kan jeg parkere?": ALONE}),
    (f"{PERMIT} Hvor lang er oppsigelsestiden?", {"Hvor lang er oppsigelsestiden?": ALONE}),
    (f"{ALCOHOL} Hva er etablererprøven?", {"Hva er etablererprøven?": ALONE}),
    (f"{ALCOHOL} Må jeg varsle naboene?", {"Må jeg varsle naboene?": ALONE}),
    (f"{ALCOHOL} Er det lov å røyke ute?", {"Er det lov å røyke ute?": ALONE}),
    (f"{ALCOHOL} Hva koster det å klage?", {"Hva koster det å klage?": ALONE}),
    ("Når må eg ha serveringsløyve? Kor lang er klagefristen?", {"Kor lang er klagefristen?": ALONE}),
    ("Må jeg søke om bruksendring? Hvor høyt kan jeg bygge?", {"Hvor høyt kan jeg bygge?": ALONE}),
    ("Do I need a food permit? Can I put up a sign?", {"Can I put up a sign?": ALONE}),
    # Is about what the first is about.
    (f"{ALCOHOL} Hva koster det?", {"Hva koster det?": "skjenkebevilling"}),
    (f"{ALCOHOL} Hvor lang er behandlingstiden?", {"Hvor lang er behandlingstiden?": "skjenkebevilling"}),
    (f"{ALCOHOL} Hvor lang er saksbehandlingstiden?", {"Hvor lang er saksbehandlingstiden?": "skjenkebevilling"}),
    (f"{ALCOHOL} Kan jeg søke digitalt?", {"Kan jeg søke digitalt?": "skjenkebevilling"}),
    (f"{ALCOHOL} Hvor sender jeg søknaden?", {"Hvor sender jeg søknaden?": "skjenkebevilling"}),
    (f"{ALCOHOL} Kan bevillingen inndras?", {"Kan bevillingen inndras?": "skjenkebevilling"}),
    (f"{ALCOHOL} Hva er gebyret?", {"Hva er gebyret?": "skjenkebevilling"}),
    (f"{ALCOHOL} Er det noen aldersgrense?", {"Er det noen aldersgrense?": "skjenkebevilling"}),
    (f"{PERMIT} Hvor lenge gjelder bevillingen?", {"Hvor lenge gjelder bevillingen?": "serveringsbevilling"}),
    (f"{PERMIT} Hva koster det å fornye?", {"Hva koster det å fornye?": "serveringsbevilling"}),
    (f"{PERMIT} Kan jeg betale i rater?", {"Kan jeg betale i rater?": "serveringsbevilling"}),
    ("Treng eg løyve til torgplass? Kva kostar det?", {"Kva kostar det?": "torgplass"}),
    ("Do I need a food permit? How long does it take?", {"How long does it take?": "food permit"}),
    # Lists.
    (
        f"1. {SALE} 2. Hvor gammel må den kasseansatte være? 3. Hva koster bevillingen?",
        {SALE: ALONE, "Hvor gammel må den kasseansatte være?": "ølsalget", "Hva koster bevillingen?": "ølsalget"},
    ),
    (
        "1) Hvor lang er klagefristen?\n2) Trenger jeg ferdigattest?",
        {"Hvor lang er klagefristen?": ALONE, "Trenger jeg ferdigattest?": ALONE},
    ),
    (
        f"a) {PERMIT}\nb) Hva koster det?\nc) Hvor kan jeg parkere?",
        {PERMIT: ALONE, "Hva koster det?": "serveringsbevilling", "Hvor kan jeg parkere?": ALONE},
    ),
    (
        f"Hei! Jeg har to spørsmål:\n- {PERMIT}\n- Hvor lang er klagefristen?",
        {PERMIT: ALONE, "Hvor lang er klagefristen?": ALONE},
    ),
    (f"• {SALE} • Kan jeg søke digitalt?", {SALE: ALONE, "Kan jeg søke digitalt?": "ølsalget"}),
    # One beginning, several ends.
    (
        f"{AGE} øl, for tobakk og for å jobbe i baren?",
        {f"{AGE} øl?": ALONE, f"{AGE} tobakk?": ALONE, f"{AGE} å jobbe i baren?": ALONE},
    ),
    (
        "Kva er krava til lokale og til tilsette?",
        {"Kva er krava til lokale?": ALONE, "Kva er krava til tilsette?": ALONE},
    ),
]  # fmt: skip

AFTER = [
    # Stands by itself.
    ("Hvor lang er klagefristen?", "Hva koster det å klage?", ALONE),
    (PERMIT, "Er det lov å røyke ute?", ALONE),
    (PERMIT, "Trenger jeg ferdigattest?", ALONE),
    (PERMIT, "Hvor lang er klagefristen?", ALONE),
    (ALCOHOL, "Hvor kan jeg parkere bilen min i sentrum?", ALONE),
    (ALCOHOL, "Er det forbudt å brenne avfall?", ALONE),
    ("Kor lang er klagefristen?", "Er det lov å selje tobakk?", ALONE),
    ("Do I need a food permit?", "Is it allowed to smoke outside?", ALONE),
    # Goes on about the same.
    (ALCOHOL, "Hva koster det?", "skjenkebevilling"),
    (ALCOHOL, "Hva koster det å søke?", "skjenkebevilling"),
    (ALCOHOL, "Hvor lang er saksbehandlingstiden?", "skjenkebevilling"),
    (ALCOHOL, "Er det noen aldersgrense?", "skjenkebevilling"),
    (ALCOHOL, "Hvem bestemmer?", "skjenkebevilling"),
    (ALCOHOL, "Kan bevillingen inndras?", "skjenkebevilling"),
    (ALCOHOL, "Hva skjer hvis jeg ikke har det?", "skjenkebevilling"),
    (PERMIT, "Gjelder det også for foodtruck?", "serveringsbevilling"),
    (PERMIT, "Må jeg betale for den?", "serveringsbevilling"),
    (PERMIT, "og for en kiosk?", "kiosk"),
    (PERMIT, "Gebyr?", "serveringsbevilling"),
    ("Hvor lang er klagefristen?", "Når begynner den å løpe?", APPEAL),
    ("Hvor lang er klagefristen?", "Kan den forlenges?", APPEAL),
    ("Treng eg løyve til torgplass?", "Kor lang er handsamingstida?", "torgplass"),
    ("Do I need a food permit?", "Is there a fee?", "food permit"),
]  # fmt: skip


@pytest.fixture(scope="module")
def understander() -> Understander:
    return Understander(Concepts.load().knows_subject)


def right(text: str, query: str, word: str) -> bool:
    """Is the question searched for as it is, or together with that word of what came before?"""
    return word in query if word else query == text


@pytest.mark.parametrize(("message", "expected"), BESIDE)
def test_each_question_of_a_message(understander: Understander, message: str, expected: dict[str, str]) -> None:
    asked = {each.text: each.query for each in understander.understand(message, ()).questions}
    assert [*asked][-len(expected) :] == [*expected]
    assert {text: query for text, query in asked.items() if not right(text, query, expected.get(text, ALONE))} == {}


@pytest.mark.parametrize(("before", "text", "word"), AFTER)
def test_a_follow_up(understander: Understander, before: str, text: str, word: str) -> None:
    query = understander.understand(text, [before]).query
    assert right(text, query, word), query
