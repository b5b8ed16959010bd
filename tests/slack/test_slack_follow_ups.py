"""What askers write in the threads of their cases comes to the case, once, and follows when they change it."""

from __future__ import annotations

import json

import pytest

from bot.desk.case import Case, CaseState, Move
from bot.people import Asker, Place
from tests.desk.examples import request
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


@pytest.mark.parametrize(("closed", "text"), [(False, "Takk, det var fint!"), (True, MORE)])
async def test_thanks_and_what_is_written_to_a_closed_case_go_to_nobody(
    bot: Bot, slack: Slack, text: str, *, closed: bool
) -> None:
    asked, case = await opened(bot)
    await bot.desk.answer(case.id, OFFICER, "Ja.")
    if closed:
        await bot.desk.close(case.id, OFFICER)
    await slack.say("C1", ASKER, text, asked["ts"])
    await quiet(bot)
    assert (await bot.desk.events(case.id))[-1].move is (Move.CLOSED if closed else Move.ANSWERED)


async def test_what_the_asker_writes_after_an_answer_comes_to_the_officer(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    await bot.desk.answer(case.id, OFFICER, "Ja.")
    await slack.say("C1", ASKER, "Men det står i vinduet", asked["ts"])
    assert shown(await noted(bot, "i vinduet")).startswith("<@UKARI> *Fra den som spurte, Kafé Kringla:*")
    await whispered(bot, ASKER, "Saksbehandleren i sak M-1 ser det du skrev.")
    await quiet(bot)
    assert (await bot.desk.get(case.id)).state is CaseState.ANSWERED
    assert bot.librarian.asked == []


async def aside(bot: Bot) -> Case:
    """A case that was opened by a command: its place is the direct messages themselves."""
    place = Place(platform="slack", workspace="T1", channel="D1", thread="", private=True)
    case = await bot.desk.open(request(place=place, asker=Asker(id=ASKER, name="Kafé Kringla")))
    await quiet(bot)
    case = await bot.desk.ask_back(case.id, OFFICER, "Hvor?")
    await quiet(bot)
    return case


@pytest.mark.parametrize("under", [True, False], ids=["under the question back", "at top"])
async def test_what_answers_a_question_back_in_direct_messages_comes_to_the_case(
    bot: Bot, slack: Slack, *, under: bool
) -> None:
    case = await aside(bot)
    back = await said(bot, "D1", "spør om sak M-1")
    message = await slack.say("D1", ASKER, MORE, back["ts"] if under else None)
    await noted(bot, "Den som spurte, har skrevet mer.")
    whisper = await whispered(bot, ASKER, "Sendt videre til saksbehandler i sak M-1.")
    assert whisper.get("thread_ts") == (back["ts"] if under else None)
    await quiet(bot)
    assert (await bot.desk.get(case.id)).state is CaseState.CLAIMED
    await slack.edit("D1", message, "Det står på taket")
    await quiet(bot)
    event = (await bot.desk.events(case.id))[-1]
    assert (event.move, event.text) == (Move.CORRECTED, "Det står på taket")
    assert bot.librarian.asked == []


async def test_a_case_from_a_thread_of_direct_messages_is_answered_at_top_too(bot: Bot, slack: Slack) -> None:
    _, case = await opened(bot, "D1", private=True)
    await bot.desk.ask_back(case.id, OFFICER, "Hvor?")
    await quiet(bot)
    await slack.say("D1", ASKER, MORE)
    await quiet(bot)
    assert (await bot.desk.events(case.id))[-1].move is Move.FOLLOWED_UP


@pytest.mark.parametrize(
    ("user", "channel", "text"),
    [(ASKER, "D1", f"<@{BOT_USER}> Kan jeg skjenke øl?"), ("UOLA", "D2", "Kan jeg skjenke øl?")],
    ids=["a mention", "somebody else"],
)
async def test_other_direct_messages_stay_questions(bot: Bot, slack: Slack, user: str, channel: str, text: str) -> None:
    case = await aside(bot)
    slack.add_channel("D2", members=["UOLA", BOT_USER], is_im=True)
    await bot.answer(await slack.say(channel, user, text), channel=channel)
    await quiet(bot)
    assert (await bot.desk.get(case.id)).state is CaseState.ASKED


async def test_when_nothing_waits_any_more_direct_messages_are_questions_again(bot: Bot, slack: Slack) -> None:
    case = await aside(bot)
    await slack.say("D1", ASKER, MORE)
    await quiet(bot)
    await bot.answer(await slack.say("D1", ASKER, "Kan jeg skjenke øl?"), channel="D1")
    assert (await bot.desk.get(case.id)).state is CaseState.CLAIMED


@pytest.mark.parametrize("subtype", ["message_changed", "message_deleted"])
async def test_a_change_that_slack_tells_nothing_of_is_let_be(bot: Bot, slack: Slack, subtype: str) -> None:
    event = {"type": "message", "subtype": subtype, "channel": "C1", "channel_type": "channel", "ts": "1.1"}
    assert (await slack.send(slack.event("C1", {"ts": "1.1"}) | {"event": event})).status_code == 200


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
    assert moves[2:] == [Move.FOLLOWED_UP, Move.CORRECTED, Move.RETRACTED, Move.ANSWERED]


async def test_what_slack_itself_adds_to_a_message_is_no_edit(bot: Bot, slack: Slack) -> None:
    asked, case = await opened(bot)
    message = await slack.say("C1", ASKER, MORE, asked["ts"])
    await noted(bot, "Det henger")
    await slack.edit("C1", message, MORE)
    await quiet(bot)
    assert [event.move for event in await bot.desk.events(case.id)] == [Move.OPENED, Move.FOLLOWED_UP]


async def test_an_edited_question_is_noted_with_the_new_text(bot: Bot, slack: Slack) -> None:
    asked = await slack.say("C1", ASKER, f"<@{BOT_USER}> Kan jeg ha skilt?")
    await bot.send_on("C1", await bot.answer(asked), ASKER)
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
