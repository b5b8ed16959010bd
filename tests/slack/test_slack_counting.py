from __future__ import annotations

import pytest

from bot.handlers.slack.store import Replies
from tests.databases import KINDS
from tests.desk.examples import eventually
from tests.peers.slack import Slack
from tests.slack.examples import QUESTION, Bot, started, words

pytestmark = pytest.mark.parametrize("address", KINDS, indirect=True)


async def test_every_question_is_counted_by_how_it_ended(bot: Bot, slack: Slack) -> None:
    for text in (QUESTION, "Kan jeg selge øl?", "Hva koster skilt?", ""):
        await bot.answer(await slack.ask("C1", "UKAFE", text))
    given_up = await slack.ask("C1", "UKAFE", "krasj")
    assert "saksbehandler" in words(await bot.answer(given_up))
    counts = {"answered": 2, "abstained": 1, "refused": 1, "given_up": 1, "waiting": 0}

    async def counted() -> bool:
        return await Replies(bot.database).outcomes() == counts

    await eventually(counted)


async def test_a_question_that_waits_is_counted_as_waiting(address: str, slack: Slack) -> None:
    async with started(address, slack, delivers=False) as bot:
        await slack.ask("C1", "UKAFE", QUESTION)
        assert await Replies(bot.database).outcomes() == {"waiting": 1}
