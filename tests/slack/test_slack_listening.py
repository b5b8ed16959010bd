"""Being asked in channels and direct messages: what is answered, what is left alone, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.database import now
from bot.desk.outbox import delivery_of
from bot.handlers.slack.channels import ChannelRow
from tests.desk.examples import eventually
from tests.peers.slack import BOT_USER, Message, Slack
from tests.slack.examples import MANIFEST, QUESTION, Bot, started, words
from tests.slack.talk import MENTION, kept, settled

FOLLOW_UP = "Hva gjelder for vin?"


async def setting(bot: Bot, channel: str, mode: str) -> None:
    values: Mapping[str, Any] = {"workspace": "T1", "mode": mode, "changed_by": "UOLA", "changed": now()}
    async with bot.database.writing() as session:
        session.add(ChannelRow(channel=channel, **values))


def asked(bot: Bot) -> list[str]:
    return [question.text for question in bot.librarian.asked]


async def begun(bot: Bot, slack: Slack, channel: str = "C1") -> Message:
    """A question with its answer, the beginning of a thread."""
    root = await slack.say(channel, "UKAFE", f"{MENTION} {QUESTION}")
    await bot.answer(root, channel=channel)
    return root


@pytest.mark.parametrize(
    "text", [f"{MENTION} {QUESTION}", f"Hei, {MENTION}! {QUESTION}", f"{QUESTION} <@{BOT_USER}|moteplassen>"]
)
async def test_a_mention_anywhere_in_a_message_is_one_question_though_slack_tells_of_it_twice(
    bot: Bot, slack: Slack, text: str
) -> None:
    question = await slack.say("C1", "UKAFE", text)
    assert "bevilling" in words(await bot.answer(question))
    assert len(await settled(bot)) == len(bot.librarian.asked) == len(slack.thread("C1", question["ts"])) == 1


@pytest.mark.parametrize("order", [("message", "app_mention"), ("app_mention", "message")])
@pytest.mark.parametrize("known", [True, False], ids=["the bot is named", "the bot is not named"])
async def test_the_two_events_of_a_mention_in_a_thread_may_come_in_any_order(
    bot: Bot, slack: Slack, order: Sequence[str], known: bool
) -> None:
    root = await begun(bot, slack)
    message = slack.write("C1", "UOLA", f"{MENTION} {FOLLOW_UP}", root["ts"])
    event = slack.event("C1", message)
    if not known:
        event["authorizations"] = []
    for kind in order:
        about = {"type": kind} | ({"channel_type": "channel"} if kind == "message" else {})
        await slack.send(event | {"event": event["event"] | about})
    await bot.answer(root, 3)
    await settled(bot)
    assert [text.strip() for text in asked(bot)] == [QUESTION, FOLLOW_UP]


@pytest.mark.parametrize("kind", ["channel", "group", "mpim"])
async def test_a_follow_up_needs_no_mention_and_comes_with_the_thread(bot: Bot, slack: Slack, kind: str) -> None:
    slack.add_channel("G2", is_private=kind == "group", is_mpim=kind == "mpim")
    root = await begun(bot, slack, "G2")
    await slack.say("G2", "UKAFE", "Og vin?", root["ts"])
    await bot.answer(root, 3, "G2")
    assert bot.librarian.asked[1].history == (QUESTION,)


async def test_somebody_else_may_follow_up_with_a_clear_question(bot: Bot, slack: Slack) -> None:
    root = await begun(bot, slack)
    await slack.say("C1", "UOLA", "Det blir fint", root["ts"])
    await slack.say("C1", "UKAFE", "Og vin?", root["ts"])
    await settled(bot)
    assert asked(bot) == [QUESTION]  # Ola has the word
    await slack.say("C1", "UOLA", "Hvor lenge gjelder en skjenkebevilling?", root["ts"])
    await bot.answer(root, 5)
    assert asked(bot)[1:] == ["Hvor lenge gjelder en skjenkebevilling?"]


async def test_a_question_right_after_another_is_answered_though_its_writer_did_not_wait(
    address: str, slack: Slack
) -> None:
    async with started(address, slack, delivers=False):
        root = await slack.say("C1", "UKAFE", f"{MENTION} {QUESTION}")
        await slack.say("C1", "UKAFE", "Og vin?", root["ts"])
    async with started(address, slack) as bot:
        await bot.answer(root, 3)
        assert asked(bot) == [QUESTION, "Og vin?"]


@pytest.mark.parametrize(
    "chatter",
    [
        ("UOLA", "Hemmelig: jeg ringer dem i morgen"),
        ("UKAFE", "takk!"),
        ("UKAFE", "<@UOLA> hemmelig, hva tror du?"),
        ("UKAFE", "Ola, er dette hemmelig?"),
        ("UOLA", "Kan du sende meg den hemmelige søknaden?"),
    ],
)
async def test_what_people_say_to_each_other_in_the_bots_thread_is_left_alone_and_not_kept(
    bot: Bot, slack: Slack, tmp_path: Path, chatter: tuple[str, str]
) -> None:
    root = await begun(bot, slack)
    user, text = chatter
    await slack.say("C1", user, text, root["ts"])
    assert len(await settled(bot)) == 1
    assert b"emmelig" not in kept(tmp_path)
    assert len(slack.thread("C1", root["ts"])) == 2


async def test_what_turns_out_to_be_for_another_is_taken_out_of_what_was_kept(bot: Bot, slack: Slack) -> None:
    root = await begun(bot, slack)
    await slack.say("C1", "UOLA", "Vi gjorde det i fjor", root["ts"])
    await slack.say("C1", "UKAFE", "Var det hemmelig?", root["ts"])
    rows = await settled(bot)
    assert [row.payload["certain"] for row in rows] == [True, False]
    assert "hemmelig" not in str(rows[1].payload)
    assert asked(bot) == [QUESTION]
    await bot.deliver(delivery_of(rows[1]))  # again, as after a crash
    assert asked(bot) == [QUESTION]


async def test_a_thread_that_the_bot_is_not_in_is_left_alone(bot: Bot, slack: Slack, tmp_path: Path) -> None:
    root = await slack.say("C1", "UOLA", "Hemmelig: hva gjelder for skjenking?")
    await slack.say("C1", "UKAFE", "Hemmelig: kan jeg søke om det?", root["ts"])
    assert await settled(bot) == []
    assert b"Hemmelig" not in kept(tmp_path)


async def test_called_into_a_thread_the_bot_has_read_what_was_asked_before_there(bot: Bot, slack: Slack) -> None:
    root = await slack.say("C1", "UOLA", "Vi vil skjenke øl på torget, skriv til <mailto:ola@lie.no|ola@lie.no>")
    await slack.say("C1", "UKAFE", "👍", root["ts"])
    await slack.say("C1", "UKAFE", "Det må vel noen vite noe om", root["ts"])
    await slack.bot_says("C1", "Reklame", thread=root["ts"])
    await slack.say("C1", "UKAFE", f"{MENTION} hva gjelder for det?", root["ts"])
    await bot.answer(root, 5)
    assert bot.librarian.asked[0].history == (
        "Vi vil skjenke øl på torget, skriv til [e-postadresse]",
        "Det må vel noen vite noe om",
    )


async def test_the_history_of_a_long_thread_is_its_latest_questions(bot: Bot, slack: Slack) -> None:
    slack.page = 4
    root = await slack.say("C1", "UOLA", "Spørsmål 0: hva koster bevillingen?")
    for number in range(1, 14):
        slack.write("C1", "UOLA", f"Spørsmål {number}: hva koster bevillingen?", root["ts"])
    await slack.say("C1", "UKAFE", f"{MENTION} vet du det?", root["ts"])
    await eventually(lambda: bool(bot.librarian.asked))
    history = bot.librarian.asked[0].history
    assert [text.split(":")[0] for text in history] == [f"Spørsmål {number}" for number in range(4, 14)]


@pytest.mark.parametrize("trouble", ["500", "429:60", "thread_not_found", "gone"])
async def test_where_slack_does_not_hand_the_thread_out_the_bot_goes_by_what_it_has_answered(
    bot: Bot, slack: Slack, trouble: str
) -> None:
    root = await begun(bot, slack)
    slack.trouble("conversations.replies", trouble, trouble)
    await slack.say("C1", "UOLA", FOLLOW_UP, root["ts"])  # who asked last is known, and it was not Ola
    await slack.say("C1", "UKAFE", "Og vin?", root["ts"])
    await bot.answer(root, 4)
    assert asked(bot) == [QUESTION, "Og vin?"]
    assert bot.librarian.asked[1].history == (QUESTION,)


@pytest.fixture
async def every(bot: Bot) -> Bot:
    await setting(bot, "C1", "questions")
    return bot


async def test_where_every_question_is_to_be_answered_it_needs_no_mention(every: Bot, slack: Slack) -> None:
    question = await slack.say("C1", "UKAFE", QUESTION + " Hvem søker jeg hos?")
    assert "bevilling" in words(await every.answer(question))
    await slack.say("C1", "UKAFE", FOLLOW_UP, question["ts"])
    await every.answer(question, 3)


@pytest.mark.parametrize(
    "text", ["Skal vi ta lunsj, hemmelig?", "Hemmelig nyhet: vi åpner på lørdag", "<@UOLA> er bevillingen hemmelig?"]
)
async def test_even_there_chatter_is_left_alone_and_not_kept(
    every: Bot, slack: Slack, tmp_path: Path, text: str
) -> None:
    await slack.say("C1", "UKAFE", text)
    assert await settled(every) == []
    assert b"emmelig" not in kept(tmp_path)


async def test_even_there_threads_that_the_bot_is_not_in_are_peoples(every: Bot, slack: Slack) -> None:
    root = await slack.say("C1", "UOLA", "I dag åpner vi!")
    await slack.say("C1", "UKAFE", QUESTION, root["ts"])
    assert await settled(every) == []


async def test_bots_and_edits_are_left_alone_even_there(every: Bot, slack: Slack) -> None:
    await slack.bot_says("C1", QUESTION)
    await slack.bot_says("C1", f"{MENTION} {QUESTION}")
    message = await slack.say("C1", "UOLA", "Fin dag!")
    await slack.edit("C1", message, QUESTION)
    await slack.delete("C1", message)
    slack.add_person("UNY", "Ny Person")
    await slack.join("C1", "UNY")
    for changes in ({"user": BOT_USER}, {"user": "USLACKBOT"}, {"subtype": "channel_topic", "topic": QUESTION}):
        event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
        told = event["event"] | {"type": "message", "channel_type": "channel"} | changes
        assert (await slack.send(event | {"event": told})).status_code == 200
    assert await settled(every) == []


async def test_what_is_sent_to_the_channel_from_a_thread_too_and_what_has_a_file_is_peoples(
    every: Bot, slack: Slack
) -> None:
    for changes in ({"subtype": "thread_broadcast"}, {"subtype": "file_share", "files": []}):
        event = slack.event("C1", slack.write("C1", "UKAFE", QUESTION))
        told = event["event"] | {"type": "message", "channel_type": "channel"} | changes
        await slack.send(event | {"event": told})
        await every.answer(told)


@pytest.mark.parametrize("thread", [False, True], ids=["in the channel", "in a thread"])
async def test_where_the_bot_is_off_whoever_mentions_it_is_told_so_once_and_alone(
    bot: Bot, slack: Slack, tmp_path: Path, thread: bool
) -> None:
    await setting(bot, "C1", "off")
    slack.people["UKAFE"].locale = "en-GB"  # it counts where the text's language can't be told in a moment
    root = slack.write("C1", "UOLA", "Hei")["ts"] if thread else None
    await slack.say("C1", "UKAFE", f"{MENTION} is this secret, and how do I apply?", root)
    await slack.say("C1", "UKAFE", "Is this secret, and how do I apply?", root)
    assert len(await settled(bot)) == len(slack.whispers) == 1
    whisper = slack.whispers[0]
    assert "I am switched off in this channel." in whisper["text"]
    assert (whisper["user"], whisper.get("thread_ts")) == ("UKAFE", root)
    assert b"secret" not in kept(tmp_path)
    assert not bot.librarian.asked


async def test_outside_the_allowed_channels_a_mention_is_told_where_to_ask(
    address: str, slack: Slack, tmp_path: Path
) -> None:
    slack.add_channel("C2")
    async with started(address, slack, slack_allowed_channels="C1, C9") as bot:
        await slack.say("C2", "UKAFE", f"{MENTION} Hemmelig: hva koster det?")
        await slack.say("C2", "UKAFE", "Hemmelig: hva koster en bevilling?")
        assert len(await settled(bot)) == 1
        assert "Spør meg i <#C1>, <#C9> eller i en direktemelding." in slack.whispers[0]["text"]
        assert b"Hemmelig" not in kept(tmp_path)
        await bot.answer(await slack.say("C1", "UKAFE", f"{MENTION} {QUESTION}"))
        await bot.answer(await slack.say("D1", "UKAFE", QUESTION), channel="D1")


async def test_every_direct_message_is_a_question_and_its_thread_goes_on_from_it(bot: Bot, slack: Slack) -> None:
    first = await slack.say("D1", "UKAFE", QUESTION)
    await bot.answer(first, channel="D1")
    await slack.say("D1", "UKAFE", "og på søndager", first["ts"])
    await bot.answer(first, 3, "D1")
    assert bot.librarian.asked[1].history == (QUESTION,)
    assert slack.called("conversations.replies") == []  # what was asked there is known


async def test_a_direct_message_beside_the_thread_is_a_thread_of_its_own_and_knows_what_was_just_asked(
    bot: Bot, slack: Slack
) -> None:
    await bot.answer(await slack.say("D1", "UKAFE", QUESTION), channel="D1")
    second = await slack.say("D1", "UKAFE", "Og vin?")
    await bot.answer(second, channel="D1")
    third = await slack.say("D1", "UKAFE", "Og ute?")
    await bot.answer(third, channel="D1")
    assert [question.history for question in bot.librarian.asked] == [(), (QUESTION,), (QUESTION, "Og vin?")]


async def test_half_an_hour_later_a_direct_message_begins_anew(bot: Bot, slack: Slack) -> None:
    await bot.answer(await slack.say("D1", "UKAFE", QUESTION), channel="D1")
    event = slack.event("D1", slack.write("D1", "UKAFE", "Og vin?"))
    later = f"{float(event['event']['ts']) + 1801:.6f}"
    await slack.send(event | {"event": event["event"] | {"ts": later, "event_ts": later}})
    await eventually(lambda: len(bot.librarian.asked) == 2)
    assert bot.librarian.asked[1].history == ()


def test_the_app_is_told_of_what_it_listens_to() -> None:
    """Follow-ups reach the bot by the manifest's own events and scopes, in every kind of channel."""
    events = set(MANIFEST["settings"]["event_subscriptions"]["bot_events"])
    assert events >= {"app_mention", "message.channels", "message.groups", "message.im", "message.mpim"}
