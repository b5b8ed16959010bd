"""The button that sends a question to the officers: who may press it, how often, and what they are told."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from bot.desk.case import Officer
from bot.desk.outbox_table import OutboxRow
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.peers.slack.model import Message, View
from tests.slack.casework import QUESTION, card, forwarded, modal, quiet, shown, whispered
from tests.slack.examples import Bot, started, words

KARI = Officer(id="kari", name="Kari <Berg> & co")


async def asked_for(bot: Bot, slack: Slack, question: str = QUESTION) -> tuple[Message, View]:
    """A question, and what its asker sees who presses the button under the reply."""
    asked = await slack.ask("C1", "UKAFE", question)
    assert (await slack.press("C1", await bot.answer(asked), "UKAFE")).status_code == 200
    return asked, await modal(bot, "UKAFE")


async def test_the_asker_sees_what_is_sent_and_who_reads_it_before_anything_is(bot: Bot, slack: Slack) -> None:
    first = await slack.ask("C1", "UKAFE", "Hva koster &lt;fasader&gt;?")
    await bot.answer(first)
    asked = await slack.ask("C1", "UKAFE", "Og hva med skilt?", thread=first["ts"])
    assert (await slack.press("C1", await bot.answer(asked, 3), "UKAFE")).status_code == 200
    view = await modal(bot, "UKAFE")
    told = shown(view.content)
    assert "Og hva med skilt?" in told
    assert "– Hva koster &lt;fasader&gt;?" in told
    assert "• navnet ditt i Slack" in told
    assert "kildene jeg fant (1)" in told
    assert "Saksbehandlerne i kommunen leser det, og spørsmålet vises i kanalen deres." in told
    await slack.dismiss("UKAFE")
    await quiet(bot)
    assert not await bot.desk.list()
    assert not slack.channels["GSAKER"]


async def test_in_direct_messages_only_the_officers_read_it(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("D1", "UKAFE", QUESTION)
    await slack.press("D1", await bot.answer(asked, channel="D1"), "UKAFE")
    assert "Bare saksbehandlerne i kommunen leser det." in shown((await modal(bot, "UKAFE")).content)


async def test_what_the_asker_makes_of_the_question_is_what_the_officers_get(bot: Bot, slack: Slack) -> None:
    asked, _ = await asked_for(bot, slack, "Hva koster skilt?")
    assert await slack.submit("UKAFE", question="Hva koster skilt på Torget? Ring 99 88 77 66.") == {}
    told = words(await bot.answer(asked, 2))
    assert "M-1" in told
    assert "Jeg har skjult personopplysninger i spørsmålet ditt." in told
    (case,) = await bot.desk.list()
    assert (case.question, case.original) == ("Hva koster skilt på Torget? Ring [telefonnummer].", "Hva koster skilt?")
    await card(bot, ">Hva koster skilt på Torget?")


async def test_what_is_not_changed_has_no_original(bot: Bot, slack: Slack) -> None:
    await asked_for(bot, slack, "Hva koster skilt?")
    assert await slack.submit("UKAFE") == {}
    await card(bot)
    (case,) = await bot.desk.list()
    assert (case.question, case.original) == ("Hva koster skilt?", "")


@pytest.mark.parametrize("question", ["?!", " "])
async def test_what_is_no_question_is_not_sent(bot: Bot, slack: Slack, question: str) -> None:
    _, view = await asked_for(bot, slack)
    payload = slack._from("UKAFE") | {"type": "view_submission", "view": view.shown()}
    payload["view"]["state"] = {"values": {"question": {"question": {"type": "plain_text_input", "value": question}}}}
    answered = (await slack.deliver("interactive", payload)).json()
    assert set(answered["errors"]) == {"question"}
    await quiet(bot)
    assert not await bot.desk.list()


async def test_where_the_modal_does_not_open_that_is_said_and_pressing_again_helps(
    bot: Bot, slack: Slack, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    slack.trouble("views.open", "expired_trigger_id")
    await slack.press("C1", answer, "UKAFE")
    told = shown(await whispered(bot, "UKAFE", "ingenting er sendt. Trykk en gang til."))
    assert told.rpartition("Feilkode: ")[2] in capsys.readouterr().out
    await bot.send_on("C1", answer)
    assert "M-1" in words(await bot.answer(asked, 2))


async def test_who_presses_and_confirms_more_than_once_opens_one_case(bot: Bot, slack: Slack) -> None:
    asked, view = await asked_for(bot, slack)
    for _ in range(3):
        slack.modals["UKAFE"] = [view]
        assert await slack.submit("UKAFE") == {}
    await bot.answer(asked, 2)
    slack.modals["UKAFE"] = [view]
    assert await slack.submit("UKAFE", question="Noe annet?") == {}
    await whispered(bot, "UKAFE", "Du har allerede sendt spørsmålet, som sak M-1.")
    await quiet(bot)
    assert len(await bot.desk.list()) == 1
    assert len(slack.thread("C1", asked["ts"])) == 2


async def test_only_the_asker_can_send_the_question_on(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    slack.trouble("chat.postEphemeral", "slow:4")
    before = time.monotonic()
    assert (await slack.press("C1", answer, "UOLA")).status_code == 200
    assert time.monotonic() - before < 3.5
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
        await after.send_on("C1", answer)
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
    "withdrawn": (("withdraw",), "Du har trukket saken."),
}


@pytest.mark.parametrize("standing", STANDINGS)
async def test_whoever_sends_the_question_again_is_told_that_it_is_a_case_and_how_that_stands(
    bot: Bot, slack: Slack, standing: str
) -> None:
    moves, told = STANDINGS[standing]
    asked, case = await forwarded(bot)
    for move in moves:
        said = () if move in {"claim", "close", "withdraw"} else ("Ja.",)
        await getattr(bot.desk, move)(case.id, case.asker if move == "withdraw" else KARI, *said)
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
