"""What is quoted: of a law never an exception without its rule, nor an item without its list; of a guide its rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.model import Audience, Passage
from knowledge.quoting import (
    AHEAD,
    CASES,
    LEAD,
    LEFT_OUT,
    LONGEST_LIST,
    WHOLE,
    Quoted,
    guide_quotes,
    law_quotes,
    with_like_figures,
    with_the_rule,
)
from knowledge.sentences import sentences
from tests.knowledge.examples import basis

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
LONG = f"Kommunen kan kreve {'mer og ' * 100}mer dokumentasjon."


def every(*texts: str) -> list[Quoted]:
    """The sentences of a section whose passages have these texts, and of a long one that makes it long."""
    passages = [passage(number, text) for number, text in enumerate((*texts, LONG))]
    return [(each, sentence) for each in passages for sentence in sentences(each.text)]


@pytest.mark.parametrize(
    ("texts", "chosen", "near", "quoted"),
    [
        ([f"{FIRST} {SECOND}"], [SECOND], [0.8, 0.8], [FIRST, SECOND]),
        ([f"{FIRST} {SECOND}"], [SECOND], [0.81 - LEAD, 0.8], [FIRST, SECOND]),
        ([f"{FIRST} {SECOND}"], [SECOND], [0.79 - LEAD, 0.8], [SECOND]),
        ([FIRST, f"{SECOND} {THIRD}"], [THIRD], [0.8, 0.9, 0.8], [FIRST, THIRD]),
        ([f"{FIRST} {SECOND}"], [FIRST], [0.8, 0.8], [FIRST]),
        ([f"{FIRST} {SECOND} {THIRD}"], [SECOND, THIRD], [0.75, 0.7, 0.79], [FIRST, SECOND, THIRD]),
    ],
    ids=["as near", "nearly as near", "about something else", "in another passage", "chosen itself", "of two"],
)
def test_the_first_sentence_of_a_guide_s_section_is_quoted_before_what_is_special(
    texts: list[str], chosen: list[str], near: list[float], quoted: list[str]
) -> None:
    section = every(*texts)
    of_them = [each for each in section if each[1] in chosen]
    quotes = guide_quotes(section, of_them, of_them[-1], [*near, 0.0])
    assert [quote for _, quote in quotes] == quoted
    assert all(quote in each.text for each, quote in quotes)


def test_a_short_section_is_quoted_whole_where_it_may_be() -> None:
    section = every(f"{FIRST} {SECOND}", THIRD)[:-1]
    chosen = section[2:]
    assert guide_quotes(section, chosen, chosen[0], [0.0, 0.0, 0.8]) == [*chosen, *section[:2]]
    assert guide_quotes(section, chosen, chosen[0], [0.0, 0.0, 0.8], answers_best=False) == chosen


@pytest.mark.parametrize(
    ("length", "is_whole"), [(LEFT_OUT, True), (LEFT_OUT + 1, False)], ids=["little is left out", "much is"]
)
def test_what_hardly_anything_would_be_left_out_of_is_quoted_whole(length: int, is_whole: bool) -> None:
    left_out = f"{'Her er noe annet og mer ' * 20}"[: length - 1] + "."
    section = every(f"{FIRST} {THIRD}", left_out)
    chosen = [section[0], section[1], section[-1]]
    quotes = guide_quotes(section, chosen, section[0], [0.8, 0.8, 0.0, 0.8])
    assert quotes == (section if is_whole else chosen)


@pytest.mark.parametrize(
    ("best", "near", "is_first"),
    [
        (THIRD, 0.8, True),
        (THIRD, 0.7 + AHEAD - 0.01, False),
        (SECOND, 0.8, False),
        ("Tillatelsen faller også bort.", 0.8, False),
        ("Likevel kan kommunen gi mer tid.", 0.8, False),
        ("Fristen gjelder ikke for tilsyn.", 0.8, False),
        ("Den som klager, må skrive under.", 0.8, True),
        ("- klager på vedtak", 0.8, False),
        ("Kommunen svarer på:", 0.8, False),
    ],
    ids=[
        "nearest",
        "hardly nearer",
        "leans",
        "goes on",
        "restricts",
        "does not apply",
        "whoever",
        "an item",
        "before items",
    ],
)
def test_the_sentence_that_answers_best_comes_first_where_it_can_stand_by_itself(
    best: str, near: float, is_first: bool
) -> None:
    section = every(FIRST, "Kommunen svarer skriftlig.", best)[:-1]
    quotes = guide_quotes(section, section, section[-1], [0.7, 0.1, near])
    assert quotes == ([section[-1], *section[:-1]] if is_first else section)


ONE, TWO = "Oppsigelsesfristen er én måned.", "Etter fem år er den minst to måneder."
PAY, NAMED = "Gebyret er 400 kroner.", "Drikk i gruppe 1 og 2 følger § 3."


@pytest.mark.parametrize(
    ("chosen", "telling", "quoted"),
    [
        ([ONE], [ONE], [ONE, TWO]),
        ([TWO], [TWO], [ONE, TWO]),
        ([SECOND], [SECOND], [SECOND]),
        ([ONE, PAY], [PAY], [ONE, PAY]),
        ([NAMED], [NAMED], [NAMED]),
    ],
    ids=["another case", "the usual one", "nothing is counted", "something else is counted", "names of things"],
)
def test_who_is_told_of_one_figure_is_told_of_the_others(
    chosen: list[str], telling: list[str], quoted: list[str]
) -> None:
    section = every(f"{ONE} {PAY} {NAMED}", f"{SECOND} {TWO} Drikk i gruppe 3 følger § 4.")
    of_them = [[each for each in section if each[1] in texts] for texts in (chosen, telling)]
    expected = [each for each in section if each[1] in quoted]
    assert with_like_figures(section, *of_them) == expected


def test_a_list_of_prices_is_no_rule_with_its_cases() -> None:
    section = every(" ".join(f"Bord nummer {number} koster {number + 20} kroner." for number in range(CASES + 1)))
    assert with_like_figures(section, section[3:4], section[3:4]) == section[3:4]
    assert with_like_figures(section[1:], section[3:4], section[3:4]) == section[1:-1]


MAY = "Eieren kan fjerne en bil som er til fare, når den er varslet, jf. vegloven § 4."
WARNED = "Føreren skal ha en rimelig frist, jf. vegloven § 4."
SIGN = "Skilt trengs ikke der faren er åpenbar, jf. vegloven § 4."
SHUT, SHUT_TOO = "Reglene gjelder ikke bak bom, jf. vegloven § 3.", "Bommen skal merkes, jf. vegloven § 3."


@pytest.mark.parametrize(
    ("chosen", "best", "quoted"),
    [
        ([SIGN], SIGN, [MAY, WARNED, SIGN]),
        ([SHUT_TOO, WARNED], WARNED, [SHUT, SHUT_TOO, MAY, WARNED, SIGN]),
        ([SHUT_TOO, WARNED], SHUT_TOO, [SHUT, SHUT_TOO, MAY, WARNED]),
        ([SHUT, SECOND], SECOND, [SHUT, SECOND]),
    ],
    ids=["all by its paragraph", "of another paragraph its rule", "the other way round", "it cites nothing"],
)
def test_what_is_to_be_kept_to_is_quoted_with_its_rule(chosen: list[str], best: str, quoted: list[str]) -> None:
    cites = (basis("vegloven", "3"), basis("vegloven", "4"))
    text = f"{SHUT} {SHUT_TOO} {MAY} {WARNED} {SIGN} {SECOND}"
    of_guide = passage(0, text).model_copy(update={"rests_on": cites})
    section = [(of_guide, sentence) for sentence in sentences(of_guide.text)]
    found = with_the_rule(section, [each for each in section if each[1] in chosen], (of_guide, best))
    assert [sentence for _, sentence in found] == quoted
