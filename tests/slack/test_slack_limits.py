"""Who asks too much in Slack is told so, alone, once, and when to ask again; nothing that was taken is lost."""

from __future__ import annotations

import pytest

from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.aside import whispered
from tests.slack.examples import QUESTION, started, words
from tests.slack.talk import MENTION, settled


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (QUESTION, "Nå har du spurt mye på kort tid"),
        ("Kva reglar gjeld for sal av alkohol på festival?", "No har du spurt mykje"),
        ("Do I need a licence to serve beer outdoors?", "You have asked a lot"),
    ],
)
async def test_a_mention_too_many_is_answered_to_the_asker_alone_and_once(
    address: str, slack: Slack, text: str, told: str
) -> None:
    async with started(address, slack, limit_asker=1) as bot:
        first = await slack.say("C1", "UKAFE", f"{MENTION} {QUESTION}")
        for _ in range(3):
            await slack.say("C1", "UKAFE", f"{MENTION} {text}")
        whisper = await whispered(slack, told)
        assert (whisper["channel"], whisper["user"]) == ("C1", "UKAFE")
        assert "{" not in words(whisper)
        await bot.answer(first)
        await settled(bot)
        assert len(bot.librarian.asked) == 1
        assert len(slack.whispers) in {1, 2}  # two, where a minute of the clock ended meanwhile
        assert max(slack.acks) < 3  # the seconds that Slack gives


async def test_others_are_answered_and_a_channel_has_a_limit_of_its_own(address: str, slack: Slack) -> None:
    async with started(address, slack, limit_asker=0, limit_place=2) as bot:
        for user in ("UKAFE", "UOLA", "UKAFE", "UOLA"):
            await slack.say("C1", user, f"{MENTION} {QUESTION}")
        await whispered(slack, "Her er det spurt om mye")
        await settled(bot)
        assert len(bot.librarian.asked) == 2


async def test_a_command_too_many_is_told_so_at_once(address: str, slack: Slack) -> None:
    async with started(address, slack, limit_asker=1) as bot:
        acknowledged = [(await slack.command("UKAFE", "C1", "/spor", QUESTION)).answer["text"] for _ in range(2)]
        assert "Jeg leter" in acknowledged[0]
        assert "Prøv igjen om" in acknowledged[1]
        await settled(bot)
        assert len(bot.librarian.asked) == 1


async def test_an_event_that_slack_sends_again_is_neither_counted_nor_refused(address: str, slack: Slack) -> None:
    async with started(address, slack, limit_asker=2) as bot:
        message = slack.write("C1", "UKAFE", f"{MENTION} {QUESTION}")
        event = slack.event("C1", message)
        for _ in range(4):
            assert (await slack.send(event)).status_code == 200
        await slack.say("C1", "UKAFE", f"{MENTION} {QUESTION}")
        await settled(bot)
        assert len(bot.librarian.asked) == 2
        assert not slack.whispers


async def test_what_officers_do_is_not_limited(address: str, slack: Slack) -> None:
    async with started(address, slack, limit_asker=2, limit_place=2, limit_tenant=3) as bot:
        question = await slack.say("C1", "UKAFE", f"{MENTION} {QUESTION}")
        await bot.send_on("C1", await bot.answer(question))
        await eventually(lambda: len(slack.channels["GSAKER"]) > 0)
        (card,) = slack.channels["GSAKER"][:1]
        for _ in range(4):
            assert (await slack.press("GSAKER", card, "UOLA")).status_code == 200
        await settled(bot)
        (case,) = await bot.desk.list()
        assert case.officer
