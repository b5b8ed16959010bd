"""Without a chat model, replies take turns."""

from __future__ import annotations

import asyncio

import pytest

from bot.question import Listener, Question, Reply, Status
from bot.turns import Turns
from knowledge.model import Audience


class Slow:
    """Replies after a moment with the question, and notes how many it thinks of at a time."""

    def __init__(self) -> None:
        self.now = self.most = 0

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        self.now -= 1
        if not question.text:
            raise ValueError("nothing was asked")
        return Reply(id=question.text, status=Status.SAID, language="nb")


def asked(text: str) -> Question:
    return Question(text=text, audience=Audience.PUBLIC)


@pytest.mark.parametrize("at_once", [1, 2])
async def test_so_many_are_thought_of_at_a_time_and_each_gets_its_own(at_once: int) -> None:
    slow = Slow()
    turns = Turns(slow, at_once)
    replies = await asyncio.gather(*(turns.reply(asked(str(number))) for number in range(6)))
    assert [reply.id for reply in replies] == [str(number) for number in range(6)]
    assert slow.most == at_once


async def test_one_that_fails_or_is_given_up_leaves_its_turn_to_the_next() -> None:
    turns = Turns(Slow(), 1)
    given_up = asyncio.create_task(turns.reply(asked("a")))
    with pytest.raises(ValueError, match="nothing was asked"):
        await turns.reply(asked(""))
    given_up.cancel()
    assert (await turns.reply(asked("b"))).id == "b"
