"""What is shown while a reply comes about, which nobody is to wait for."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from bot.understanding import Understander
from tests.peers.slack import Slack
from tests.slack.examples import QUESTION, TEXTS, Bot, started
from tests.slack.narrating import done
from tests.slack.staff import settle


async def test_the_status_comes_first_and_once_in_the_language_of_the_asker(bot: Bot, slack: Slack) -> None:
    await done(bot, await slack.ask("C1", "UKAFE", "What should I do about øl? Where do I apply?"))
    status = slack.called("assistant.threads.setStatus")
    assert len(status) == 1
    assert status[0]["status"] == TEXTS("en", "slack.status")
    assert status[0]["loading_messages"][0] == TEXTS("en", "slack.status.1")
    order = [name for name, _ in slack.calls]
    assert order.index("assistant.threads.setStatus") < order.index("chat.startStream")
    assert not slack.statuses


class Slow(Understander):
    """Is never to be asked."""

    def language(self, text: str, history: Sequence[str] = ()) -> str:
        raise AssertionError("to look closely takes seconds")


async def test_the_status_needs_no_close_look_at_the_language(address: str, slack: Slack) -> None:
    slack.people["UKAFE"].locale, slack.people["UOLA"].locale = "en-GB", "nn-NO"
    async with started(address, slack, understander=Slow()) as bot:
        for person in ("UKAFE", "UOLA"):
            await done(bot, await slack.ask("C1", person, "Skilt?"))
    told = [call["status"] for call in slack.called("assistant.threads.setStatus")]
    assert told == [TEXTS("en", "slack.status"), TEXTS("nn", "slack.status")]


async def test_somebody_from_outside_is_shown_the_status_in_a_channel_too(bot: Bot, slack: Slack) -> None:
    settle(slack)
    shared = slack.channels["C1"]
    shared.is_ext_shared, shared.teams, shared.members["UCONNECT"] = True, ("T1", "T2"), None
    asked = await slack.say("C1", "UCONNECT", f"<@UBOT> {QUESTION}")
    await done(bot, asked)
    (status,) = slack.called("assistant.threads.setStatus")
    assert (status["channel_id"], status["thread_ts"]) == ("C1", asked["ts"])
    assert len(status["loading_messages"]) == 4


@pytest.mark.parametrize("question", [QUESTION, "Hva gjør jeg ved krasj?"], ids=["answered", "given up"])
async def test_a_slow_status_holds_nothing_back(bot: Bot, slack: Slack, question: str) -> None:
    slack.trouble("assistant.threads.setStatus", *["slow:6"] * 20)
    for _ in range(2):
        asked, began = await slack.ask("C1", "UKAFE", question), time.monotonic()
        await bot.answer(asked)
        assert time.monotonic() - began < 5.5
    assert len(slack.called("assistant.threads.setStatus")) == 1  # for a while it is not tried again


async def test_a_status_that_slack_lacks_is_not_asked_for_again(bot: Bot, slack: Slack) -> None:
    slack.trouble("assistant.threads.setStatus", "unknown_method")
    for _ in range(2):
        await done(bot, await slack.ask("C1", "UKAFE", QUESTION))
    assert len(slack.called("assistant.threads.setStatus")) == 1


async def test_a_status_goes_when_nothing_comes(bot: Bot, slack: Slack) -> None:
    asked = await slack.ask("C1", "UKAFE", "krasj?")
    await bot.answer(asked)
    assert slack.called("assistant.threads.setStatus")[-1]["status"] == ""
