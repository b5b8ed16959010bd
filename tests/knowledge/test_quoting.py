"""What is quoted: of a law never an exception without its rule, nor an item without its list; of a guide its rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Audience, Passage
from knowledge.quoting import LEAD, LONGEST_LIST, WHOLE, guide_quotes, law_quotes
from knowledge.sentences import sentences

RULE = "En bevilling kan gis for inntil fire år."
PAD = "Kommunen skal føre oversikt over alle bevillinger som er gitt, og hvem som har dem. " * 5
EXCEPTION = "Statlige bevillinger kan likevel trekkes når som helst."
LIST = "Det er forbudt å drikke:\n\n- på gate eller torg,\n- i park,\n\n- på skip og tog."
LONG = "Det er forbudt å drikke:\n\n" + "\n".join(f"- i {'park nummer' if i % 2 else 'lokale'} {i}," for i in range(60))


def passage(number: int, text: str) -> Passage:
    return Passage(
        id=f"lov#{number}",
        document="lov",
        section="1",
        title="Lov",
        heading="§ 1",
        text=text,
        kind="law",
        audience=Audience.PUBLIC,
        language="nb",
    )


@pytest.mark.parametrize(
    ("texts", "answering", "chosen", "quoted"),
    [
        ([f"{RULE}\n\n{EXCEPTION}"], 0, [EXCEPTION], [f"{RULE}\n\n{EXCEPTION}"]),
        ([f"{RULE}\n\n{PAD}\n\n{EXCEPTION}"], 0, [EXCEPTION], [RULE, EXCEPTION]),
        ([f"{RULE} Den kan fornyes.\n\n{PAD}\n\n{EXCEPTION}"], 0, [RULE], [f"{RULE} Den kan fornyes."]),
        ([f"{RULE}\n\n{PAD}", EXCEPTION], 1, [EXCEPTION], [RULE, EXCEPTION]),
        ([f"{RULE}\n\n{PAD}\n\n{LIST}"], 0, ["- i park,"], [RULE, LIST]),
        ([f"{RULE}\n\n{PAD}\n\n{LONG}"], 0, ["- i lokale 4,"], [RULE, "Det er forbudt å drikke:", "- i lokale 4,"]),
        ([f"{RULE}\n\n{PAD}\n\n{LONG}\n\n{PAD}"], 0, ["Det er forbudt å drikke:"], [RULE, LONG]),
        ([f"{RULE}\n\n{PAD}\n\nNei for\n\n- a,\n- b.\n\n{PAD}{PAD}"], 0, ["Nei for"], [RULE, "Nei for\n\n- a,\n- b."]),
        ([f"{PAD}\n\n{RULE} {EXCEPTION}\n\n{PAD}"], 0, [EXCEPTION], [sentences(PAD)[0], f"{RULE} {EXCEPTION}"]),
        (
            [f"{RULE}\n\n{PAD}\n\nForbudet gjelder ikke:\n\na) hjemme,", "b) på serveringssted,\n\nc) på tog."],
            1,
            ["b) på serveringssted,"],
            [RULE, "Forbudet gjelder ikke:", "b) på serveringssted,\n\nc) på tog."],
        ),
        (
            [f"{PAD}\n\n{EXCEPTION} Det gjelder ikke for", f"- tog,\n- båt.\n\n{PAD}"],
            0,
            [EXCEPTION],
            [sentences(PAD)[0], f"{EXCEPTION} Det gjelder ikke for", "- tog,\n- båt."],
        ),
        (
            [f"Satsene er:\n\n- salg: 1 kr\n- skjenking: 2 kr\n\n{PAD}\n\n{EXCEPTION}"],
            0,
            [EXCEPTION],
            ["Satsene er:\n\n- salg: 1 kr\n- skjenking: 2 kr", EXCEPTION],
        ),
        ([f"{RULE} Den kan fornyes.\n\n{PAD}\n\n{EXCEPTION}"], 0, [EXCEPTION], [f"{RULE} Den kan fornyes.", EXCEPTION]),
    ],
    ids=[
        "short",
        "an exception",
        "the rule itself",
        "in two passages",
        "an item",
        "of a long list",
        "what introduces a long list",
        "what introduces a list without a colon",
        "in the middle",
        "of a list that was split",
        "what introduces a list in the next passage",
        "a rule that is a list",
        "a rule of two sentences",
    ],
)
def test_what_answers_is_quoted_with_its_rule_and_its_list(
    texts: list[str], answering: int, chosen: list[str], quoted: list[str]
) -> None:
    paragraph = [passage(number, text) for number, text in enumerate(texts)]
    assert [quote for _, quote in law_quotes(paragraph, [(paragraph[answering], each) for each in chosen])] == quoted


@given(
    st.lists(
        st.sampled_from([RULE, EXCEPTION, LIST, LONG, PAD, "(1) Noe.", "a) noe", "1. januar"]), min_size=1, max_size=6
    ),
    st.integers(0, 5),
    st.integers(0, 99),
)
def test_every_quote_is_verbatim_in_its_passage_and_holds_what_was_chosen(
    blocks: list[str], cut: int, pick: int
) -> None:
    texts = [text for text in ("\n\n".join(blocks[:cut]), "\n\n".join(blocks[cut:])) if text]
    paragraph = [passage(number, text) for number, text in enumerate(texts)]
    answering = paragraph[-1]
    chosen = [sentences(answering.text)[pick % len(sentences(answering.text))]]
    quotes = law_quotes(paragraph, [(answering, each) for each in chosen])
    assert all(quote in each.text for each, quote in quotes)
    assert any(chosen[0] in quote for _, quote in quotes)
    assert all(len(quote) <= WHOLE + LONGEST_LIST for _, quote in quotes)


FIRST, SECOND, THIRD = "Fristen er tre uker.", "Den kan forlenges.", "Klagen skal være undertegnet."


@pytest.mark.parametrize(
    ("texts", "answering", "chosen", "nearness", "quoted"),
    [
        ([f"{FIRST} {SECOND}"], 0, [SECOND], {FIRST: 0.8, SECOND: 0.8}, [FIRST, SECOND]),
        ([f"{FIRST} {SECOND}"], 0, [SECOND], {FIRST: 0.81 - LEAD, SECOND: 0.8}, [FIRST, SECOND]),
        ([f"{FIRST} {SECOND}"], 0, [SECOND], {FIRST: 0.79 - LEAD, SECOND: 0.8}, [SECOND]),
        ([FIRST, f"{SECOND} {THIRD}"], 1, [THIRD], {FIRST: 0.8, THIRD: 0.8}, [FIRST, THIRD]),
        ([f"{FIRST} {SECOND}"], 0, [FIRST], {FIRST: 0.8}, [FIRST]),
        (
            [f"{FIRST} {SECOND} {THIRD}"],
            0,
            [SECOND, THIRD],
            {FIRST: 0.75, SECOND: 0.7, THIRD: 0.79},
            [FIRST, SECOND, THIRD],
        ),
        ([], 0, [SECOND], {SECOND: 0.8}, [SECOND]),
    ],
    ids=[
        "as near",
        "nearly as near",
        "about something else",
        "in another passage",
        "chosen itself",
        "of two",
        "replaced",
    ],
)
def test_the_first_sentence_of_a_guide_s_section_is_quoted_before_what_is_special(
    texts: list[str], answering: int, chosen: list[str], nearness: dict[str, float], quoted: list[str]
) -> None:
    section = [passage(number, text) for number, text in enumerate(texts)]
    read = section[answering] if section else passage(0, " ".join(chosen))
    quotes = guide_quotes(section, read, chosen, nearness.__getitem__)
    assert [quote for _, quote in quotes] == quoted
    assert all(quote in each.text for each, quote in quotes)
