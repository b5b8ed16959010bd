"""No change may make answers over what ships worse unnoticed. Where it may, `regression.py` makes a new baseline."""

from __future__ import annotations

from collections import Counter

import pytest

from bot.evaluation.comparison import Comparison, compare
from bot.evaluation.records import KnownQuestion, read_records
from bot.evaluation.results import read_run
from bot.question import Question
from bot.wiring import Knowledge
from tests.evaluation.regression import BASELINE, QUESTIONS, measure

MAX_DROP = 0.05
"""One question of the smallest group more or less: other processors make slightly other vectors."""

MAKE_ANEW = "If that is meant, run `python -m tests.evaluation.regression` and commit the new baseline."


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_answers_over_what_ships_are_as_good_as_they_were(shipped: Knowledge) -> None:
    found = compare(read_run(BASELINE), await measure(shipped.conversation))
    assert not found.left_out, f"the questions and their baseline differ: {found.left_out}. {MAKE_ANEW}"
    drops = [f"{each.measure.name} {each.before:.3f} → {each.after:.3f}" for each in found.drops(MAX_DROP)]
    assert drops == [], f"{told(found)}\n{MAKE_ANEW}"
    print(told(found))


RULES = {
    "Hvor lang er klagefristen?": "3 uker",
    "Kan bensinstasjonen vår få selge øl?": "kan ikke få salgsbevilling",
    "Kven skal søkje om ferdigattest når huset står ferdig?": "Ansvarlig søker",
    "Er skilt søknadspliktig?": "krever søknad og tillatelse fra kommunen",
    "skjenketid brennevin": "fra klokka 13.00 til 24.00",
    "How long does it take to get a building permit?": "innen tolv uker",
    "Er det lov å reklamere for alkohol på Facebook?": "Reklame for alkoholholdig drikk er forbudt",
    "Må taxien høyre til ein sentral?": "skal være knyttet til én drosjesentral",
    "Jeg skal åpne kafé, hva må jeg gjøre?": "må ha serveringsbevilling fra kommunen",
    "kor lang oppseiingstid har ein tilsett som har jobba hos meg i seks år?": "minst to måneder",
    "Hva er aldersgrensa for å servere sprit?": "må ha fylt 20 år",
    "hvor lang pause har de ansatte krav på?": "minst en halv time",
    "kan kommunen velge dyrere tilbud enn mitt": "pris, kvalitet",
    "Kven kan vere styrar, må han jobbe på staden?": "må være ansatt på salgs- eller skjenkestedet",
    "Trenger bedriften utslippstillatelse?": "Ingen kan sette i verk noe som kan medføre fare for forurensning",
}


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("asked", RULES)
async def test_the_rule_is_quoted_and_not_only_what_is_special(shipped: Knowledge, asked: str) -> None:
    reply = await shipped.conversation.reply(Question(text=asked))
    assert RULES[asked] in " ".join(claim.text for claim in reply.claims)


def told(found: Comparison) -> str:
    """Which questions changed, for who has to look into it."""
    lines = []
    for title, pairs in (("worse", found.worse), ("better", found.better)):
        for before, after in pairs:
            ends = [f"{each.status.value} ({each.confidence:.2f}, rank {each.rank})" for each in (before, after)]
            lines.append(f"{title}: {before.id}: {before.text}: {' → '.join(ends)}")
    return "\n".join(lines)


def test_the_questions_are_balanced_over_languages_and_kinds() -> None:
    questions = read_records(QUESTIONS, KnownQuestion)
    counted = Counter((each.kind, each.language) for each in questions)
    kinds = {kind for kind, _ in counted}
    assert kinds == {"answerable", "unanswerable", "strategy", "reference", "greeting", "personal case"}
    for kind in kinds:
        assert len({counted[kind, language] for language in ("nb", "nn", "en")}) == 1, kind
    assert {each.answerable for each in questions if each.gold} == {True}
    assert len(questions) == 60
