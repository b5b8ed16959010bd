"""Answers that officers write: in a window, beside the bot's draft; and what they add to an answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.desk.case import CaseState
from bot.people import Asker, Place
from knowledge.model import Audience, Claim
from tests.desk.examples import SOURCE, request
from tests.peers.teams import HOME, Sent, Teams
from tests.teams.casework import forwarded, inputs, said, under, words
from tests.teams.examples import CASES, OPEN, TEXTS, TOWN, Bot

WINDOW = "Svar …/Skriv i eget vindu …"


async def window(teams: Teams, card: Sent, who: str = "kari", **written: str) -> dict[str, Any]:
    task = await teams.open(who, card, WINDOW, written)
    assert task["type"] == "continue"
    return dict(task["value"]["card"]["content"])


async def opened(bot: Bot, **changes: Any) -> Sent:
    """The card of a case of Ola's, in a channel of the staff's."""
    place = Place(platform="teams", workspace=HOME, channel=TOWN, thread="1700000000000", outsiders=False)
    await bot.desk.open(request(place=place, asker=Asker(id="ola", name="Ola Ansatt"), **changes))
    return await bot.nth(CASES, 1)


async def test_a_window_shows_the_question_and_begins_with_the_bots_answer(bot: Bot, teams: Teams) -> None:
    shown = await window(teams, await opened(bot))
    assert "17. mai" in words(shown)
    assert "Hvordan søker jeg om uteservering?" in words(shown)
    assert inputs(shown)["text"]["value"].startswith("Bevilling må søkes [1]")
    assert "vises i tråden i Microsoft Teams" in words(shown)


async def test_what_the_bot_was_not_sure_of_stands_under_an_empty_answer(bot: Bot, teams: Teams) -> None:
    shown = await window(teams, await opened(bot, abstained=True))
    assert "value" not in inputs(shown)["text"]
    assert TEXTS("nb", "desk.form.answer.unsure") in words(shown)
    assert "Bevilling må søkes" in words(shown)


async def test_what_was_written_on_the_card_goes_on_in_the_window(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    assert inputs(await window(teams, card, text="Ja, men"))["text"]["value"] == "Ja, men"


async def test_what_is_written_in_the_window_arrives_and_the_window_closes(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    shown = await window(teams, card)
    assert await teams.send("kari", card, shown, {"text": "Ja, med bevilling."}) == {}
    await bot.settled()
    assert "Ja, med bevilling." in said(teams, asked)[-1]
    assert "Besvart" in words(card.card)


@pytest.mark.parametrize("text", ["", "   ", "x" * 10_001])
async def test_what_can_not_be_sent_stays_in_the_window(bot: Bot, teams: Teams, text: str) -> None:
    asked, _, card = await forwarded(bot, teams)
    before = len(said(teams, asked))
    again = await teams.send("kari", card, await window(teams, card), {"text": text})
    assert "M-1" in words(again["value"]["card"]["content"])
    await bot.settled()
    assert len(said(teams, asked)) == before
    assert (await bot.desk.list())[0].state is CaseState.FORWARDED


async def test_where_outsiders_read_the_draft_holds_nothing_internal(bot: Bot, teams: Teams) -> None:
    secret = Claim(text="Ring vakta.", citation=SOURCE.model_copy(update={"audience": Audience.INTERNAL}))
    card = await opened(bot, draft=(secret,), nearest=())
    assert "Ring vakta" in inputs(await window(teams, card))["text"]["value"]
    await teams.come("mona", TOWN)
    shown = await window(teams, card)
    assert "Ring vakta" not in str(shown)
    assert TEXTS("nb", "desk.casework.shown.outsiders") in words(shown)
    assert TEXTS("nb", "desk.casework.left_out") in words(shown)


@pytest.mark.parametrize("who", ["ola", "mona"])
async def test_only_officers_open_the_window(bot: Bot, teams: Teams, who: str) -> None:
    _, reply, card = await forwarded(bot, teams, channel=OPEN)
    about = card.card["actions"][1]["card"]["actions"][1]["data"]
    told = await teams.window(who, reply, "task/fetch", about)
    assert told == {"type": "message", "value": TEXTS("nb", "desk.casework.officers_only")}
    sent = {"action": "answer.done", "case": about["case"], "text": "Nei."}
    assert (await teams.window(who, reply, "task/submit", sent))["type"] == "message"
    assert (await bot.desk.list())[0].state is CaseState.FORWARDED


async def test_what_somebody_else_has_opens_no_window(bot: Bot, teams: Teams) -> None:
    teams.join(teams.people["ola"], CASES)
    _, _, card = await forwarded(bot, teams)
    await teams.press("ola", card, "Ta saken")
    told = await teams.open("kari", card, WINDOW)
    assert "Ola Ansatt" in told["value"]


async def test_an_officer_adds_to_the_answer_once(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    await teams.press("kari", card, "Svar …/Send", {"text": "Ja."})
    await bot.settled()
    before = dict(card.card)
    for _ in range(2):
        await teams.press("kari", card, "Legg til noe …/Send", {"text": "Til klokka 23."}, before)
    await bot.settled()
    (added,) = [each for each in said(teams, asked) if "Til klokka 23" in each]
    assert "legger til noe i svaret" in added
    assert "tillegg fra Kari Saksbehandler" in under(teams, card)[-1]
    await teams.press("kari", card, "Legg til noe …/Send", {"text": "Søk i god tid."})
    await bot.settled()
    assert "Søk i god tid" in said(teams, asked)[-1]


async def test_an_answered_case_leads_to_its_page_to_be_published(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams)
    await teams.press("kari", card, "Svar …/Send", {"text": "Ja."})
    await bot.settled()
    (case,) = await bot.desk.list()
    (publish,) = [each for each in card.card["actions"] if each["title"] == TEXTS("nb", "desk.case.do.publish")]
    assert publish["url"] == f"https://bot.example.no/saker/{case.id}"
