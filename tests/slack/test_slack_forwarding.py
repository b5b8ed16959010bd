"""The button that sends a question to the officers: who may press it, how often, and what they are told."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import select

from bot.desk.case import Officer
from bot.desk.outbox import OutboxRow
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.casework import QUESTION, forwarded
from tests.slack.examples import Bot, started, words

KARI = Officer(id="kari", name="Kari <Berg> & co")


async def test_pressing_twice_opens_one_case(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    pressed = await asyncio.gather(*(slack.press("C1", answer, "UKAFE") for _ in range(3)))
    await bot.answer(asked, 2)
    pressed.append(await slack.press("C1", answer, "UKAFE"))
    assert [response.status_code for response in pressed] == [200] * 4
    assert len(await bot.desk.list()) == 1
    assert len(slack.thread("C1", asked["ts"])) == 2


async def test_only_the_asker_can_send_the_question_on(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    slack.trouble("chat.postEphemeral", "slow:1")
    before = time.monotonic()
    assert (await slack.press("C1", answer, "UOLA")).status_code == 200
    assert time.monotonic() - before < 0.9
    await eventually(lambda: bool(slack.whispers))
    whisper = slack.whispers[0]
    assert (whisper["channel"], whisper["user"], whisper["thread_ts"]) == ("C1", "UOLA", asked["ts"])
    assert "Bare den som stilte spørsmålet" in words(whisper)
    async with bot.database.reading() as session:
        assert [row.kind for row in await session.scalars(select(OutboxRow))] == ["reply"]


async def test_the_button_works_after_a_restart(address: str, slack: Slack) -> None:
    async with started(address, slack) as before:
        asked = await slack.ask("C1", "UKAFE", QUESTION)
        answer = await before.answer(asked)
    async with started(address, slack) as after:
        await slack.press("C1", answer, "UKAFE")
        assert "M-1" in words(await after.answer(asked, 2))


async def test_slack_s_troubles_with_others_who_press_are_no_troubles_of_the_button(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    slack.trouble("chat.postEphemeral", *["500"] * 4)
    assert (await slack.press("C1", answer, "UOLA")).status_code == 200
    assert not await bot.desk.list()


async def test_whoever_presses_the_button_of_a_reply_that_is_gone_is_told(bot: Bot, slack: Slack) -> None:
    button = {"type": "button", "action_id": "forward", "value": "gone", "text": {"type": "plain_text", "text": "Send"}}
    response = await slack.press("C1", {"ts": "1.1", "blocks": [{"type": "actions", "elements": [button]}]}, "UKAFE")
    assert response.status_code == 200
    assert not await bot.desk.list()
    await eventually(lambda: bool(slack.whispers))
    assert (slack.whispers[0]["user"], words(slack.whispers[0])) == (
        "UKAFE",
        "Dette svaret er borte. Still gjerne spørsmålet igjen.",
    )


STANDINGS = {
    "nothing yet": ((), "Det venter på saksbehandler."),
    "taken": (("claim",), "Kari &lt;Berg&gt; &amp; co har saken."),
    "asked back": (("ask_back",), "Kari &lt;Berg&gt; &amp; co venter på at du skriver mer."),
    "answered": (("answer",), "Kari &lt;Berg&gt; &amp; co har svart."),
    "closed": (("answer", "close"), "Saken er avsluttet."),
}


@pytest.mark.parametrize("standing", STANDINGS)
async def test_whoever_sends_the_question_again_is_told_that_it_is_a_case_and_how_that_stands(
    bot: Bot, slack: Slack, standing: str
) -> None:
    moves, told = STANDINGS[standing]
    asked, case = await forwarded(bot)
    for move in moves:
        said = () if move in {"claim", "close"} else ("Ja.",)
        await getattr(bot.desk, move)(case.id, KARI, *said)
    await slack.press("C1", await bot.answer(asked), "UKAFE")
    await eventually(lambda: bool(slack.whispers))
    (whisper,) = slack.whispers
    assert (whisper["channel"], whisper["user"], whisper["thread_ts"]) == ("C1", "UKAFE", asked["ts"])
    assert words(whisper) == f"Du har allerede sendt spørsmålet, som sak M-1. {told}"
    assert len(await bot.desk.list()) == 1


async def test_where_nothing_can_be_whispered_that_is_told_in_direct_messages(bot: Bot, slack: Slack) -> None:
    asked, _ = await forwarded(bot)
    answer = await bot.answer(asked)
    slack.trouble("chat.postEphemeral", "user_not_in_channel")
    await slack.press("C1", answer, "UKAFE")
    direct = slack.dm("UKAFE").id
    await eventually(lambda: bool(slack.channels[direct]))
    assert "som sak M-1" in words(next(iter(slack.channels[direct])))


async def test_nobody_but_the_asker_hears_how_the_case_stands(bot: Bot, slack: Slack) -> None:
    asked, _ = await forwarded(bot)
    await slack.press("C1", await bot.answer(asked), "UOLA")
    await eventually(lambda: bool(slack.whispers))
    assert "M-1" not in words(slack.whispers[0])
