from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.splitting import MOST, questions

COST = "Hva koster skjenkebevilling?"


@pytest.mark.parametrize(
    ("text", "several"),
    [
        (
            "Hva koster skjenkebevilling, og hvor lang er behandlingstiden?",
            ["Hva koster skjenkebevilling?", "Hvor lang er behandlingstiden?"],
        ),
        (
            "Hva koster skjenkebevilling og hvor lenge gjelder den?",
            ["Hva koster skjenkebevilling?", "Hvor lenge gjelder den?"],
        ),
        (f"{COST} Hvor lang er behandlingstiden?", [COST, "Hvor lang er behandlingstiden?"]),
        (
            "Kva kostar løyvet, og når må eg søkje?",
            ["Kva kostar løyvet?", "Når må eg søkje?"],
        ),
        (
            "What does a licence cost, and how long does it take?",
            ["What does a licence cost?", "How long does it take?"],
        ),
        (
            "Jeg skal åpne kafé. Trenger jeg bevilling? Hva koster det?",
            ["Jeg skal åpne kafé. Trenger jeg bevilling?", "Jeg skal åpne kafé. Hva koster det?"],
        ),
        ("Må jeg søke, og må jeg varsle naboene?", ["Må jeg søke?", "Må jeg varsle naboene?"]),
        (
            "Hva er fristen, hvor mye koster det, og hvem avgjør søknaden?",
            ["Hva er fristen?", "Hvor mye koster det?", "Hvem avgjør søknaden?"],
        ),
        (
            "Hvilke dokumenter må jeg sende og hvilke krav er det til lokalet?",
            ["Hvilke dokumenter må jeg sende?", "Hvilke krav er det til lokalet?"],
        ),
        (
            "Do I need a permit? And where do I apply? When must I apply?",
            ["Do I need a permit?", "And where do I apply?", "When must I apply?"],
        ),
        (f"1. {COST} 2. Når må jeg søke? 3. Hvem bestemmer?", [COST, "Når må jeg søke?", "Hvem bestemmer?"]),
        ("Hei, jeg lurer på:\n1) hva koster det\n2) når må jeg søke\nMvh Ola", ["hva koster det?", "når må jeg søke?"]),
        (
            f"a) {COST} b) Hvor lang tid tar det, og hvem bestemmer?",
            [COST, "Hvor lang tid tar det?", "Hvem bestemmer?"],
        ),
        (
            "Jeg skal åpne kafé.\n- Trenger jeg bevilling?\n- Hva koster det?\nTakk for hjelpen!",
            ["Jeg skal åpne kafé. Trenger jeg bevilling?", "Jeg skal åpne kafé. Hva koster det?"],
        ),
        (f"• {COST} • Hvem bestemmer?", [COST, "Hvem bestemmer?"]),
        (
            "Hva koster det for øl, for vin og for sprit?",
            [f"Hva koster det for {it}?" for it in ("øl", "vin", "sprit")],
        ),
        (
            "Hva må til for å få løyve til taxi og til buss?",
            ["Hva må til for å få løyve til taxi?", "Hva må til for å få løyve til buss?"],
        ),
    ],
)
def test_questions_are_told_apart(text: str, several: list[str]) -> None:
    assert list(questions(text)) == several


@pytest.mark.parametrize(
    "text",
    [
        COST,
        "",
        "?",
        "B3",
        "B3 og C1",
        "Hva sier B3 og C1?",
        "Hva er reglene for øl og vin?",
        "Hva koster det å servere mat og drikke?",
        "Hvem må søke og kan få bevilling?",
        "Hvem kan søke, og hvordan?",
        "Hvor og når kan jeg søke?",
        "Hva og hvem trenger jeg?",
        "Vet du hva det koster og hvor jeg søker?",
        "Kan du si meg når jeg må søke og hvor jeg skal søke?",
        "Hva er forskjellen på servering og hva er skjenking?",
        "Hva skjer hvis jeg selger øl og har jeg da brutt loven?",
        "Kan jeg både servere mat og kan jeg skjenke øl?",
        "What is the difference between a café and how is a bar defined?",
        "Må jeg søke hvis jeg har kafé og skal servere øl?",
        "Hvor lang tid tar det fra jeg søker og til jeg får svar?",
        "Når må jeg søke? Takk på forhånd!",
        "Gjelder det også ute? Altså på fortauet?",
        "Hva koster bevilling? Og for øl?",
        "Jeg har en kafé og skal utvide. Hva må jeg gjøre?",
        "Hei! Trenger jeg bevilling for kafé og catering?",
        "serveringsloven § 15 og § 16",
        "Hva sier serveringsloven § 15 og hva med § 16?",
        "How do I apply and pay?",
        "Can I sell beer and wine and spirits?",
        "Hva er A? Hva er B? Hva er C? Hva er D?",
        "Kor mange må ha kurs og prøve?",
        "Hva koster det? 1. Øl 2. Vin",
        "Må jeg søke innen 1. mars, og hva gjelder for 2. etasje?",
        "Hva betyr § 1-5 a) og hva med § 1-6 b)?",
        "Hva koster bevilling - for øl - for vin?",
        "1. Når må butikken stenge? Det gjelder øl. 2. Hva koster det?",
        "1. Hva er A? 2. Hva er B? 3. Hva er C? 4. Hva er D?",
        "Trenger jeg bevilling for øl eller for vin?",
        "Er aldersgrensen den samme for øl og for tobakk?",
        "Hva koster det for øl og for vin til sammen?",
        "Hva er forskjellen for øl og for vin?",
    ],
)
def test_what_is_one_question_or_unsure_is_left_as_it_is(text: str) -> None:
    assert questions(text) == (text,)


WORDS = "jeg en kafé i byen og øl vin mat søknad, bevilling kommunen på torget med uten for § 15 gebyr beer".split()
ASKING = ["Hva koster", "Når må jeg ha", "Må vi søke om", "Kva gjeld for", "How do I get", "Hvilke krav er det til"]


@given(st.sampled_from(ASKING), st.lists(st.sampled_from(WORDS), max_size=15), st.sampled_from(["?", "", "."]))
def test_a_text_without_a_second_question_word_is_never_split(asking: str, words: list[str], end: str) -> None:
    text = " ".join([asking, *words]) + end
    assert questions(text) == (text,)


@given(st.text(alphabet=st.sampled_from("hvaero må?,. \nogjk"), max_size=120))
def test_nothing_that_is_asked_is_lost_or_made_up(text: str) -> None:
    found = questions(text)
    assert 1 <= len(found) <= MOST
    if len(found) > 1:
        kept = {word.strip("?,").lower() for part in found for word in part.split()}
        assert kept <= {word.strip("?,").lower() for word in text.split()}
