from __future__ import annotations

import re
from typing import Any

import pytest

from bot.desk.outbox import Delivery, Owed
from bot.handlers.slack.handler import SlackHandler
from bot.handlers.slack.workspace import METADATA
from bot.observing.trace import read
from bot.settings import ConfigurationError
from bot.understanding import Understander
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.aside import actions, said
from tests.slack.examples import TEXTS, Books, Bot, Librarian, settings, started, words
from tests.slack.talk import settled

QUESTION = "Hva koster skilt?"
"""One that the librarian has no answer to: what it says then is posted, not streamed."""


async def failed(bot: Bot) -> Owed:
    async def there() -> bool:
        return bool(await bot.outbox.failed())

    await eventually(there)
    return (await bot.outbox.failed())[0]


async def said_once(bot: Bot, asked: dict[str, Any]) -> dict[str, Any]:
    """The bot's only message under the question, when nothing is owed any more."""
    answer = await bot.answer(asked)
    await bot.answer(await bot.slack.ask("C1", "UOLA", "Kommer det noe etterpå?", asked["ts"]), 3)
    assert len([message for message in bot.slack.thread("C1", asked["ts"]) if "bot_id" in message]) == 2
    return answer


@pytest.mark.parametrize("kind", ["lost", "gone"])
async def test_a_message_whose_arrival_was_not_heard_of_is_found_and_not_posted_again(
    bot: Bot, slack: Slack, kind: str
) -> None:
    slack.trouble("chat.postMessage", kind)
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    await said_once(bot, asked)
    assert len(bot.librarian.asked) == 2


async def test_it_is_found_behind_many_others(address: str, slack: Slack) -> None:
    slack.page = 2
    slack.trouble("chat.postMessage", "lost")
    async with started(address, slack):
        asked = slack.write("C1", "UKAFE", QUESTION)
        for number in range(5):
            slack.write("C1", "UOLA", f"Det lurer jeg også på ({number})", thread=asked["ts"])
        await slack.send(slack.event("C1", asked))
        await eventually(lambda: len(slack.called("conversations.replies")) >= 4)
        assert len([message for message in slack.thread("C1", asked["ts"]) if "bot_id" in message]) == 1


async def test_what_did_not_arrive_is_posted_when_slack_is_back(bot: Bot, slack: Slack) -> None:
    slack.trouble("chat.postMessage", "500", "500")
    slack.trouble("conversations.replies", "500")
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    assert "bevilling" in words(await said_once(bot, asked))


async def test_a_short_wait_that_slack_asks_for_is_waited(bot: Bot, slack: Slack) -> None:
    slack.trouble("chat.postMessage", "429")
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    await said_once(bot, asked)
    assert not any("include_all_metadata" in call for call in slack.called("conversations.replies"))


async def test_a_long_wait_is_left_to_the_outbox(bot: Bot, slack: Slack) -> None:
    slack.trouble("chat.postMessage", "429:3600")
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    await said_once(bot, asked)


@pytest.mark.parametrize(
    "error",
    [
        "channel_not_found",
        "not_in_channel",
        "is_archived",
        "account_inactive",
        "token_revoked",
        "invalid_auth",
        "missing_scope",
        "restricted_action_thread_locked",
        "user_not_in_channel",
    ],
)
async def test_what_can_never_arrive_is_given_up_at_once(bot: Bot, slack: Slack, error: str) -> None:
    slack.trouble("chat.postMessage", error)
    await slack.ask("C1", "UKAFE", QUESTION)
    given_up = await failed(bot)
    assert (given_up.attempts, given_up.error) == (1, f"Undeliverable: Slack says {error}")


TOO_MUCH = ["msg_too_long", "msg_blocks_too_long", "invalid_blocks"]


@pytest.mark.parametrize("error", TOO_MUCH)
async def test_what_slack_finds_too_much_is_said_as_plain_text(bot: Bot, slack: Slack, error: str) -> None:
    slack.trouble("chat.postMessage", error)
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    answer = await bot.answer(asked)
    assert answer["text"].startswith("Det vet jeg ikke.")
    assert not answer.get("blocks")
    assert await bot.outbox.failed() == []


@pytest.mark.parametrize("error", TOO_MUCH)
async def test_what_is_too_much_as_plain_text_too_is_given_up_at_once(bot: Bot, slack: Slack, error: str) -> None:
    slack.trouble("chat.postMessage", error, error)
    await slack.ask("C1", "UKAFE", QUESTION)
    assert (await failed(bot)).attempts == 1


async def test_messages_without_metadata_are_no_hindrance_to_finding_one(bot: Bot, slack: Slack) -> None:
    slack.trouble("chat.postMessage", "lost")
    asked = slack.write("C1", "UKAFE", QUESTION)
    for metadata in (None, {"event_type": METADATA, "event_payload": None}):
        slack.write("C1", "UOLA", "Det lurer jeg også på", asked["ts"])["metadata"] = metadata
    await slack.send(slack.event("C1", asked))
    await eventually(lambda: "include_all_metadata" in str(slack.called("conversations.replies")))
    await settled(bot)
    assert len([message for message in slack.thread("C1", asked["ts"]) if "bot_id" in message]) == 1
    assert await bot.outbox.failed() == []


async def test_other_errors_are_tried_again(bot: Bot, slack: Slack) -> None:
    slack.trouble("chat.postMessage", "internal_error", "fatal_error")
    await said_once(bot, await slack.ask("C1", "UKAFE", QUESTION))


async def test_a_reply_given_up_is_the_same_when_it_is_retried(bot: Bot, slack: Slack) -> None:
    slack.away.add("C1")
    asked = await slack.ask("C1", "UKAFE", QUESTION)
    given_up = await failed(bot)
    slack.away.clear()
    await bot.outbox.retry(given_up.id)
    await bot.answer(asked)
    assert len(bot.librarian.asked) == 1


@pytest.mark.parametrize(
    ("question", "told", "button"),
    [
        ("Hva gjør jeg ved krasj?", "Jeg fikk ikke til å svare på spørsmålet.", "Send til saksbehandler"),
        ("What should we do after a krasj?", "I couldn't answer the question.", "Send to a case officer"),
    ],
)
async def test_the_asker_of_a_reply_that_is_given_up_is_shown_the_way_to_an_officer(
    bot: Bot, slack: Slack, question: str, told: str, button: str
) -> None:
    asked = await slack.ask("C1", "UKAFE", question)
    answer = await bot.answer(asked)
    assert words(answer).startswith(told)
    assert words(answer).endswith(button)
    assert (code := re.search(r"(?:Feilkode|Error code): ([0-9a-f]{8})\n", words(answer)))
    (owed,) = [each.delivery for each in await bot.outbox.failed() if each.delivery.kind == "reply"]
    assert (trace := read(owed.trace))
    assert trace.error_id == code[1], "the log has it in every line about the question"
    await bot.send_on("C1", answer)
    assert "M-1" in words(await bot.answer(asked, 2))
    assert [case.question for case in await bot.desk.list()] == [question]


@pytest.mark.parametrize("question", [QUESTION, "Kan jeg skjenke øl?"], ids=["posted", "streamed"])
@pytest.mark.parametrize("error", ["is_archived", "not_in_channel", "restricted_action", "channel_not_found"])
async def test_where_nothing_can_be_posted_the_asker_is_told_in_direct_messages(
    bot: Bot, slack: Slack, error: str, question: str, capfd: pytest.CaptureFixture[str]
) -> None:
    slack.trouble("chat.startStream", error)
    slack.trouble("chat.postMessage", error, error)
    await slack.ask("C1", "UKAFE", question)
    told = await said(slack, "D1", f">{question}")
    assert words(told).startswith("Du spurte meg i <#C1>, men der får jeg ikke skrive.")
    assert actions(told) == ["forward"]
    assert (found := re.search(r"Feilkode: ([0-9a-f]{8})", words(told)))
    assert found[1] in capfd.readouterr().out
    await failed(bot)
    assert not [message for message in slack.channels["C1"] if "bot_id" in message]
    await bot.send_on("D1", told)
    await said(slack, "D1", "M-1")
    case = (await bot.desk.list())[0]
    assert (case.question, case.place.channel, case.confidential) == (question, "D1", True)


async def test_where_slack_does_not_answer_in_the_channel_the_asker_is_told_in_direct_messages(
    bot: Bot, slack: Slack
) -> None:
    slack.trouble("chat.postMessage", *["internal_error"] * 7)
    await slack.ask("C1", "UKAFE", "What does a sign cost?")
    await said(slack, "D1", "You asked me in <#C1>, but I am not able to write there.")


async def test_who_asks_too_much_where_nothing_can_be_posted_is_told_so_too(bot: Bot, slack: Slack) -> None:
    slack.away.add("C1")
    await slack.ask("C1", "UKAFE", "Hva koster skilt? " * 200)
    assert actions(await said(slack, "D1", "Du spurte meg i <#C1>")) == []


async def test_what_cannot_be_said_in_the_channel_is_said_aside_and_not_again(bot: Bot, slack: Slack) -> None:
    slack.away.add("C1")
    await slack.ask("C1", "UKAFE", "Hva gjør jeg ved krasj?")
    given_up = await failed(bot)
    assert "the chat model is away" in given_up.error
    await settled(bot)
    assert [call["channel"] for call in slack.called("chat.postMessage")] == ["C1", "D1"]
    slack.away.clear()
    await bot.handler.courier.give_up(given_up.delivery)
    await bot.handler.courier.give_up(given_up.delivery)
    assert [[message for message in slack.channels[name] if "bot_id" in message] for name in ("C1", "D1")] == [
        [],
        [await said(slack, "D1", "krasj")],
    ]


async def test_where_neither_the_channel_nor_direct_messages_are_open_that_is_kept_for_who_operates_it(
    bot: Bot, slack: Slack
) -> None:
    slack.away |= {"C1", "D1"}
    await slack.ask("C1", "UKAFE", QUESTION)
    await failed(bot)
    await settled(bot)
    assert [each.delivery.kind for each in await bot.outbox.failed()] == ["undelivered", "reply"]


async def test_what_another_version_owed_is_given_up(bot: Bot, slack: Slack) -> None:
    async with bot.database.writing() as session:
        await bot.outbox.put(session, Delivery(kind="poem", platform="slack", key="poem:1"))
    assert (await failed(bot)).error == "Undeliverable: nothing in Slack is of the kind 'poem'"


async def test_half_a_configuration_is_refused(bot: Bot, slack: Slack) -> None:
    with pytest.raises(ConfigurationError, match="SLACK_SIGNING_SECRET"):
        SlackHandler(
            settings=settings(slack, slack_signing_secret=None),
            outbox=bot.outbox,
            desk=bot.desk,
            conversation=Librarian(),
            texts=TEXTS,
            database=bot.database,
            understander=Understander(),
            library=Books(),
        )
