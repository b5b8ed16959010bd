from __future__ import annotations

import asyncio

import pytest

from bot.lookup import look_up
from knowledge.strategies import strategies
from tests.knowledge.examples import KLIMAPLAN, PLAN
from tests.peers.slack import Slack
from tests.slack.aside import actions, said, settled
from tests.slack.examples import PATIENCE, Bot, words

EVERYTHING = strategies([PLAN, KLIMAPLAN])
KLIMA, NAERING = "klima-og-miljo", "omstillingsdyktig-naeringsliv"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("B3", [(KLIMA, "B3"), (NAERING, "B3")]),
        ("b 3", [(KLIMA, "B3"), (NAERING, "B3")]),
        ("strategi b3", [(KLIMA, "B3"), (NAERING, "B3")]),
        ("b-3 klima", [(KLIMA, "B3")]),
        ("B3 i omstillingsdyktig næringsliv", [(NAERING, "B3")]),
        ("B3 Klima og miljø", [(KLIMA, "B3")]),
        ("A4", [(NAERING, "A4")]),
        ("B03, takk", [(KLIMA, "B3"), (NAERING, "B3")]),
        ("nytenkning", [(NAERING, "C2")]),
    ],
)
def test_a_code_names_one_strategy_in_each_area_that_has_it(text: str, found: list[tuple[str, str]]) -> None:
    there = look_up(EVERYTHING, text)
    assert there.exact
    assert [(each.area, each.code) for each in there.strategies] == found


@pytest.mark.parametrize(
    ("text", "codes", "unknown"),
    [
        ("", ["A1", "B3", "A4", "B3", "C1", "C2", "D1", "D2"], ""),
        ("strategier i klima", ["A1", "B3"], ""),
        ("D", ["D1", "D2"], ""),
        ("strategi", ["A1", "B3", "A4", "B3", "C1", "C2", "D1", "D2"], ""),
        ("Z9", ["A1", "B3", "A4", "B3", "C1", "C2", "D1", "D2"], "Z9"),
        ("plakat A4 2026", ["A4"], ""),
        ("kvantefysikk", ["A1", "B3", "A4", "B3", "C1", "C2", "D1", "D2"], "kvantefysikk"),
    ],
)
def test_whatever_else_is_typed_lists_what_there_is(text: str, codes: list[str], unknown: str) -> None:
    there = look_up(EVERYTHING, text)
    assert [each.code for each in there.strategies] == codes
    assert there.unknown == unknown


async def test_strategies_are_shown_word_by_word_in_the_acknowledgement(bot: Bot, slack: Slack) -> None:
    acknowledged, later = await slack.command("UKAFE", "C1", "/strategi", "B3")
    assert words(acknowledged).splitlines() == [
        "*B3 · Klima og miljø*",
        ">Planter trær langs gatene i sentrum.",
        "<https://bot.example.no/kilde/plan/klima#b3|Les i planen>",
        "",
        "*B3 · Omstillingsdyktig næringsliv*",
        ">Møter næringslivet med velvilje, serviceinnstilling og effektiv saksbehandling.",
        "<https://bot.example.no/kilde/plan/naeringsliv#b3|Les i planen>",
        "Del i kanalen",
    ]
    assert acknowledged["response_type"] == "ephemeral"
    assert not later
    assert not bot.librarian.asked
    assert slack.acks[-1] < 1
    there, _ = await slack.command("UKAFE", "D1", "/strategi", "B3")
    assert actions(there) == []


async def test_what_there_is_not_is_said_with_what_there_is(bot: Bot, slack: Slack) -> None:
    acknowledged, _ = await slack.command("UKAFE", "C1", "/strategi", "<!channel> kvantefysikk")
    listed = words(acknowledged).splitlines()
    assert listed[:4] == [
        "Jeg finner ingen strategi «kvantefysikk». Disse finnes:",
        "",
        "*Klima og miljø*",
        "• *A1* Reduserer utslippene fra kommunens egne biler.",
    ]
    assert actions(acknowledged) == []


async def test_a_strategy_is_shared_once(bot: Bot, slack: Slack) -> None:
    await slack.command("UKAFE", "C1", "/strategi", "B3 klima")
    shown = slack.whispers[-1]
    await asyncio.gather(*(slack.click("UKAFE", "C1", shown, "share_strategies") for _ in range(2)))
    shared = await said(slack, "C1", "B3 · Klima og miljø")
    assert words(shared).startswith("<@UKAFE> delte fra planen for næringslivet:")
    assert "Omstillingsdyktig" not in words(shared)
    await settled(bot)
    assert len(slack.channels["C1"]) == 1


async def test_people_are_written_to_in_the_language_that_they_have_slack_in(bot: Bot, slack: Slack) -> None:
    for locale, told in {"nn-NO": "Eg finn ingen", "en-GB": "There is no", "de-DE": "Jeg finner"}.items():
        person = slack.add_person(f"U{locale}", "Ny", locale=locale)
        slack.channels["C1"].members[person.id] = None
        async with asyncio.timeout(PATIENCE):
            # At first it may not be known: nothing waits for Slack to say it.
            while told not in words((await slack.command(person.id, "C1", "/strategi", "Z9")).answer):
                await asyncio.sleep(0.01)
