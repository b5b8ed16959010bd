"""What officers write under a case's card, where Teams lets the bot read along: internal, unless they send it on."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select

from bot.desk.case import CaseState, Move
from bot.desk.outbox_table import OutboxRow
from tests.peers.teams import Sent, Teams
from tests.teams.casework import KARI, choices, forwarded, inputs, said, under, words
from tests.teams.examples import CASES, OPEN, PATIENCE, TEXTS, Bot

NOTE = "Hun er vrang, men ja: lov."


async def write(bot: Bot, teams: Teams, card: Sent, text: str = NOTE, who: str = "kari") -> tuple[dict[str, Any], Sent]:
    """Somebody writes under the card: what they wrote, and what the bot says of it."""
    await bot.settled()  # the bot has noted which message the card is

    def versions() -> int:
        return sum(1 + len(each.before) for each in there())

    def there() -> list[Sent]:
        return [each for each in teams.sent if each.conversation.endswith(f";messageid={card.id}")]

    before, known = versions(), {each.id: len(each.before) for each in there()}
    note = await teams.say(who, text, CASES, card.id)

    def found() -> Sent | None:
        fresh = [each for each in there() if len(each.before) != known.get(each.id)]
        return fresh[-1] if versions() > before else None

    return note, await bot.until(found)


async def changed(sent: Sent, count: int = 1) -> None:
    """Wait until the bot has changed what it said so many times."""
    async with asyncio.timeout(PATIENCE):
        while len(sent.before) < count:
            await asyncio.sleep(0.005)


async def form(
    teams: Teams, offer: Sent, title: str = "Send til den som spurte …", who: str = "kari"
) -> dict[str, Any]:
    return dict((await teams.press(who, offer, title))["value"])


async def assert_untold(bot: Bot, teams: Teams, asked: dict[str, Any]) -> None:
    """Nothing has reached the asker, and nothing of the note is kept anywhere."""
    await bot.settled()
    (case,) = await bot.desk.list()
    assert len(said(teams, asked)) == 2
    assert [event.move for event in await bot.desk.events(case.id)] == [Move.OPENED]
    async with bot.database.reading() as session:
        owed = json.dumps([row.payload for row in await session.scalars(select(OutboxRow))])
    assert "vrang" not in owed


async def test_a_note_is_called_internal_and_is_kept_nowhere(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    _, offer = await write(bot, teams, card)
    assert "Kari Saksbehandler har skrevet et internt notat" in offer.text
    assert "> Hun er vrang" in offer.text
    assert offer.buttons == ["Send til den som spurte …"]
    await assert_untold(bot, teams, asked)


async def test_one_message_under_a_card_is_about_the_latest_note(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    _, offer = await write(bot, teams, card)
    await write(bot, teams, card, "Noe annet")
    assert len(under(teams, card)) == 1
    assert "Noe annet" in offer.text
    assert inputs(await form(teams, offer))["text"]["value"] == "Noe annet"
    await assert_untold(bot, teams, asked)


async def test_a_note_is_sent_as_it_was_shown_to_whom_it_was_said_once_it_is_confirmed(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    _, offer = await write(bot, teams, card, "Ja, det er lov.")
    shown = await form(teams, offer)
    assert "til Mona Kafé" in words(shown)
    assert TEXTS("nb", "desk.casework.shown.outsiders") in words(shown)
    assert inputs(shown)["text"]["value"] == "Ja, det er lov."
    assert not inputs(shown)["as"].get("value")
    filled = {"text": "Ja, det er lov.", "as": "answered", "sure": ""}
    for missing, key in [({}, "unsure"), ({"sure": "sure", "as": ""}, "as.none")]:
        again = await teams.press("kari", offer, "Send til den som spurte", {**filled, **missing}, shown)
        assert TEXTS("nb", f"desk.form.relay.{key}") in words(again["value"])
    await assert_untold(bot, teams, asked)
    told = await teams.press("kari", offer, "Send til den som spurte", {**filled, "sure": "sure"}, shown)
    assert told["value"] == TEXTS("nb", "desk.note.sent")
    await bot.settled()
    assert "Ja, det er lov." in said(teams, asked)[-1]
    assert "Sendt til den som spurte: svaret fra Kari Saksbehandler" in under(teams, card)[-1]
    assert (await bot.desk.list())[0].state is CaseState.ANSWERED


async def test_a_note_is_sent_as_a_question_or_an_addition(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    _, offer = await write(bot, teams, card, "Ute eller inne?")
    filled = {"text": "Ute eller inne?", "as": "asked_back", "sure": "sure"}
    await teams.press("kari", offer, "Send til den som spurte", filled, await form(teams, offer))
    await bot.settled()
    assert "spør om sak" in said(teams, asked)[-1]
    (case,) = await bot.desk.list()
    await bot.desk.answer(case.id, KARI, "Ja.")
    await bot.settled()
    _, offer = await write(bot, teams, card, "Til klokka 23.")
    shown = await form(teams, offer)
    assert list(choices(shown, "as").values()) == ["supplemented"]
    filled = {"text": "Til klokka 23.", "as": "supplemented", "sure": "sure"}
    for _ in range(2):
        await teams.press("kari", offer, "Send til den som spurte", filled, shown)
    await bot.settled()
    assert len([each for each in said(teams, asked) if "Til klokka 23" in each]) == 1


async def test_who_changes_a_note_that_was_sent_is_told_that_the_asker_has_the_old_one(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams, channel=OPEN)
    note, offer = await write(bot, teams, card, "Ja.")
    filled = {"text": "Ja.", "as": "answered", "sure": "sure"}
    await teams.press("kari", offer, "Send til den som spurte", filled, await form(teams, offer))
    await bot.settled()
    await teams.edit(note, "Nei.")
    await changed(offer)
    assert "Mona Kafé har allerede fått det du sendte" in offer.text
    assert inputs(await form(teams, offer, "Send en rettelse …"))["text"]["value"] == "Nei."
    await teams.delete(note)
    await changed(offer, 2)
    assert "notatet er slettet" in offer.text
    assert offer.buttons == []


async def test_a_note_that_is_taken_away_can_not_be_sent(bot: Bot, teams: Teams) -> None:
    asked, _, card = await forwarded(bot, teams, channel=OPEN)
    note, offer = await write(bot, teams, card)
    await teams.delete(note)
    await changed(offer)
    assert "vrang" not in json.dumps(offer.activity)
    await assert_untold(bot, teams, asked)


async def test_only_officers_can_send_a_note(bot: Bot, teams: Teams) -> None:
    asked, reply, card = await forwarded(bot, teams, channel=OPEN)
    _, offer = await write(bot, teams, card)
    (action,) = offer.card["actions"]
    for data in ({}, {"action": "relay.done", "as": "answered", "sure": "sure"}):
        pressed = {**action, "data": {**action["data"], **data}}
        assert (await teams.execute("ola", reply, pressed))["value"] == TEXTS("nb", "desk.casework.officers_only")
    await assert_untold(bot, teams, asked)


async def test_what_an_officer_asks_the_bot_under_a_card_is_answered(bot: Bot, teams: Teams) -> None:
    _, _, card = await forwarded(bot, teams, channel=OPEN)
    await teams.say("kari", "Kan man skjenke øl?", CASES, card.id, mention=True)
    await bot.settled()
    assert "bevilling" in under(teams, card)[0]
    assert len(bot.librarian.asked) == 2


@pytest.mark.parametrize("length", [3_001])
async def test_a_note_that_is_too_long_goes_by_the_cards_form(bot: Bot, teams: Teams, length: int) -> None:
    _, _, card = await forwarded(bot, teams, channel=OPEN)
    _, offer = await write(bot, teams, card, "x" * length)
    assert offer.buttons == []
    assert "3001 tegn" in offer.text
