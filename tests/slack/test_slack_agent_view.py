from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import structlog

from bot.handlers.slack.home.form import Shown
from tests.peers.slack import Slack
from tests.slack.examples import MANIFEST, TEXTS, Bot
from tests.slack.homes import called, settled, town

VIEW = MANIFEST["features"]["agent_view"]


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    async with town(address, slack) as bot:
        yield bot


@pytest.mark.parametrize(
    ("user", "locale", "language", "first"),
    [
        ("UGJEST", "nb-NO", "nb", "reply.prompt.permit"),
        ("UGJEST", "nn-NO", "nn", "reply.prompt.permit"),
        ("UOLA", "en-US", "en", "reply.prompt.strategy"),
        ("UKARI", "nb-NO", "nb", "reply.prompt.law"),
    ],
)
async def test_questions_are_suggested_by_role_in_the_readers_language(
    bot: Bot, slack: Slack, user: str, locale: str, language: str, first: str
) -> None:
    slack.people[user].locale = locale
    await slack.open_home(user, "messages")
    await called(bot, "assistant.threads.setSuggestedPrompts")
    told = slack.called("assistant.threads.setSuggestedPrompts")[0]
    assert told["channel_id"] == slack.dm(user).id
    assert told["title"] == TEXTS(language, "slack.prompt.title")
    assert len(told["prompts"]) == 4
    assert told["prompts"][0] == {"title": TEXTS(language, first), "message": TEXTS(language, first)}


async def test_nothing_is_said_to_whoever_just_looks(bot: Bot, slack: Slack) -> None:
    await slack.open_home("UKAFE", "messages")
    await slack.look_at("UKAFE", "C1")
    await slack.look_at("UKAFE")
    await called(bot, "assistant.threads.setSuggestedPrompts")
    await settled(bot)
    assert [message for channel in slack.channels.values() for message in channel] == []
    assert slack.home("UKAFE") is None


@pytest.mark.parametrize("error", ["unknown_method", "missing_scope", "500"])
async def test_a_slack_without_suggestions_is_asked_all_the_same(bot: Bot, slack: Slack, error: str) -> None:
    slack.trouble("assistant.threads.setSuggestedPrompts", error)
    with structlog.testing.capture_logs() as logged:
        await slack.open_home("UKAFE", "messages")
        await called(bot, "assistant.threads.setSuggestedPrompts")
        asked = await slack.ask("D1", "UKAFE", "Kan jeg skjenke øl?")
        await bot.answer(asked, channel="D1")
    assert {"slack.not_shown", "slack.behind"} & {each["event"] for each in logged}
    assert "skjenke" not in str([each for each in logged if each["event"].startswith("slack.")])


def test_the_manifest_tells_of_an_agent() -> None:
    assert 0 < len(VIEW["agent_description"]) <= 300
    assert 0 < len(VIEW["suggested_prompts"]) <= 4
    assert all(set(prompt) == {"title", "message"} and all(prompt.values()) for prompt in VIEW["suggested_prompts"])
    assert "assistant_view" not in MANIFEST["features"]


async def test_a_conversation_is_named_after_its_first_question(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("D1", "UKAFE", "Kan jeg skjenke øl?  Ring 40123456.")
    await bot.answer(asked, channel="D1")
    await slack.ask("D1", "UKAFE", "Og vin?", thread=asked["ts"])
    await bot.answer(asked, 2, channel="D1")
    await bot.answer(await slack.ask("C1", "UKAFE", "Kan jeg skjenke øl?"))
    await called(bot, "assistant.threads.setTitle")
    await settled(bot)
    (told,) = slack.called("assistant.threads.setTitle")
    assert (told["channel_id"], told["thread_ts"]) == ("D1", asked["ts"])
    assert told["title"].startswith("Kan jeg skjenke øl? Ring")
    assert "40123456" not in told["title"]


async def test_a_slack_without_titles_is_asked_for_none_again(bot: Bot, slack: Slack) -> None:
    slack.trouble("assistant.threads.setTitle", "unknown_method", "unknown_method")
    for number in (1, 2):
        asked = await slack.ask("D1", "UKAFE", f"Kan jeg skjenke øl nummer {number}?")
        await bot.answer(asked, channel="D1")
        await called(bot, "assistant.threads.setTitle")
    await settled(bot)
    assert len(slack.called("assistant.threads.setTitle")) == 1


@pytest.mark.parametrize("mark", ["", "no json", '{"digest": 1}', "[]"])
def test_views_of_other_versions_say_nothing(mark: str) -> None:
    assert Shown.of({"private_metadata": mark}) == Shown()
    assert Shown.of(None) == Shown()
