"""What askers write in the threads of their cases comes to the case, once, and follows when they change it."""

from __future__ import annotations

import json

import pytest

from bot.desk.case import CaseState, Move
from tests.peers.slack import BOT_USER, Slack, events
from tests.slack.casework import (
    ASKER,
    OFFICER,
    SAKER,
    card,
    noted,
    opened,
    people,
    quiet,
    said,
    shown,
    under,
    whispered,
)
from tests.slack.examples import Bot

MORE = "Det henger over døra, ring 91 23 45 67"


@pytest.fixture(autouse=True)
def _people(slack: Slack) -> None:
    people(slack)


async def test_what_the_asker_writes_comes_to_the_case_masked_and_once(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await bot.desk.ask_back(case.id, OFFICER, "Hvor?")
    message = await slack.say("C1", ASKER, MORE, asked["ts"])
    await slack.tell(events.said(slack, slack.channels["C1"], message), slack.channels["C1"])
    assert shown(await noted(bot, "Det henger")).splitlines() == [
        "<@UKARI> *Fra den som spurte, Kafé Kringla:*",
        "",
        ">Det henger over døra, ring [telefonnummer]",
    ]
    await whispered(bot, ASKER, "Sendt videre til saksbehandler i sak M-1.")
    await quiet(bot)
    assert (await bot.desk.get(case.id)).state is CaseState.CLAIMED
    assert sum("Det henger" in text for text in under(bot, SAKER, (await card(bot))["ts"])) == 1
    assert len(slack.whispers) == 1
    assert bot.librarian.asked == []


async def test_with_a_mention_the_bot_answers(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await slack.say("C1", ASKER, f"<@{BOT_USER}> Kan jeg skjenke øl?", asked["ts"])
    await said(bot, "C1", "Det krever bevilling.", asked["ts"])
    await quiet(bot)
    assert [event.move for event in await bot.desk.events(case.id)] == [Move.OPENED]


@pytest.mark.parametrize(
    ("user", "text"),
    [("UOLA", "Det lurer jeg også på."), (ASKER, "<@UOLA> ser du dette?")],
    ids=["another", "to another"],
)
async def test_what_others_say_or_is_said_to_others_does_not(bot: Bot, slack: Slack, user: str, text: str) -> None:
    asked, case = await opened(bot)
    await slack.say("C1", user, text, asked["ts"])
    await quiet(bot)
    assert [event.move for event in await bot.desk.events(case.id)] == [Move.OPENED]


async def test_a_case_that_is_done_gets_nothing_more(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await bot.desk.answer(case.id, OFFICER, "Ja.")
    await slack.say("C1", ASKER, "Takk, det var fint!", asked["ts"])
    await quiet(bot)
    assert (await bot.desk.events(case.id))[-1].move is Move.ANSWERED


async def test_what_is_only_attached_is_told_to_the_officer(bot: Bot, slack: Slack) -> None:
    asked, _ = await opened(bot)
    await slack.say("C1", ASKER, "", asked["ts"], [slack.add_file("skilt.png", "image/png", b"x")])
    await noted(bot, "(Vedlegg i tråden: 1)")


async def test_edits_and_deletions_follow_along(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await bot.desk.claim(case.id, OFFICER)
    message = await slack.say("C1", ASKER, MORE, asked["ts"])
    copy = await noted(bot, "Det henger")
    await slack.edit("C1", message, "Det står på taket")
    assert (await noted(bot, "(endret):*\n\n>Det står på taket"))["ts"] == copy["ts"]
    assert "Det henger" not in shown(copy)
    await slack.delete("C1", message)
    assert (await noted(bot, "har trukket tilbake"))["ts"] == copy["ts"]
    assert "taket" not in json.dumps(slack.channels[SAKER])
    await bot.desk.answer(case.id, OFFICER, "Ja.")
    await quiet(bot)
    moves = [event.move for event in await bot.desk.events(case.id)]
    assert moves[2:] == [Move.FOLLOWED_UP, Move.CORRECTED, Move.WITHDRAWN, Move.ANSWERED]


async def test_what_slack_itself_adds_to_a_message_is_no_edit(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    message = await slack.say("C1", ASKER, MORE, asked["ts"])
    await noted(bot, "Det henger")
    await slack.edit("C1", message, MORE)
    await quiet(bot)
    assert [event.move for event in await bot.desk.events(case.id)] == [Move.OPENED, Move.FOLLOWED_UP]


async def test_an_edited_question_is_noted_with_the_new_text(bot: Bot, slack: Slack) -> None:
    asked = await slack.say("C1", ASKER, f"<@{BOT_USER}> Kan jeg ha skilt?")
    await slack.press("C1", await bot.answer(asked), ASKER)
    await card(bot)
    await slack.edit("C1", asked, f"<@{BOT_USER}> Kan jeg ha vimpel?")
    await noted(bot, "*Fra den som spurte, Kafé Kringla (endret):*\n\n>Kan jeg ha vimpel?")
    await quiet(bot)
    (case,) = await bot.desk.list()
    assert (await bot.desk.events(case.id))[-1].text == "Kan jeg ha vimpel?"


async def test_of_a_confidential_case_the_channel_learns_only_that_there_is_more(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot, "D1", private=True)
    message = await slack.say("D1", ASKER, MORE, asked["ts"])
    await noted(bot, "Den som spurte, har skrevet mer. Les det i saken.")
    await noted(bot, f"<https://bot.example.no/saker/{case.id}|Åpne saken>")
    await slack.edit("D1", message, "Det står på taket")
    await noted(bot, "Den som spurte, har endret noe.")
    everything = json.dumps(slack.channels[SAKER])
    assert not any(word in everything for word in ("henger", "taket", "Kringla"))
    assert "taket" in (await bot.desk.events(case.id))[-1].text
