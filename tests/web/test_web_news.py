"""What is new in a channel is read once for all who watch it, and each of them misses nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import pytest
from sqlalchemy import delete, event

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.handlers.web import news
from bot.handlers.web.feedback import UP, Feedback
from bot.handlers.web.live import AT_ONCE, GAP, Live, ticks
from bot.handlers.web.messages import Asked, Kind, Message, Progress
from bot.handlers.web.news import News
from bot.handlers.web.store import MessageRow
from bot.handlers.web.threads import Threads
from bot.people import Role
from tests.desk.conftest import address, database
from tests.desk.examples import ASKER

__all__ = ["address", "database"]

CHANNEL = "naeringsliv"


class Room:
    """A channel, somebody who asks there, and what those who watch read of the database."""

    def __init__(self, database: Database) -> None:
        self.live = Live(database)
        self.threads = Threads(database, Outbox(database), self.live)
        self.feedback = Feedback(database)
        self.news = News(self.threads, self.live, Desk(database, Outbox(database)), self.feedback)
        self.read = 0
        event.listen(database.engine.sync_engine, "before_cursor_execute", self._count)

    def _count(self, *about: object) -> None:
        self.read += "FROM web_messages" in str(about[2]) and "revision >" in str(about[2])

    async def ask(self, number: int) -> Message:
        text = f"Spørsmål {number}"
        asked = Asked(key=text, channel=CHANNEL, thread=None, asker=ASKER, text=text, language="nb", session="s")
        return (await self.threads.ask(asked))[1]

    async def seen(self, after: int) -> tuple[Sequence[str], int]:
        """The texts of questions that are new since, and the last revision."""
        texts, more = list[str](), True
        while more:
            items, more = await self.news.since(CHANNEL, after)
            texts += [item.message.text for item in items if item.message.kind is Kind.QUESTION]
            after = items[-1].message.revision if items else after
        return texts, after


@pytest.fixture
def room(database: Database) -> Room:
    return Room(database)


async def test_those_who_watch_have_a_change_read_once(room: Room) -> None:
    await room.seen(0)
    await room.ask(1)
    room.read = 0
    every = await asyncio.gather(*(room.seen(0) for _ in range(20)))
    assert [texts for texts, _ in every] == [["Spørsmål 1"]] * 20
    assert room.read == 1
    assert await room.seen(0) == every[0]
    assert room.read == 1, "nothing has changed"


async def test_what_happened_while_nobody_watched_is_not_read_for_who_comes_then(room: Room) -> None:
    await room.seen(0)
    for number in range(150):
        await room.ask(number)
    after = await room.threads.revision(CHANNEL)
    await room.ask(150)
    room.read = 0
    assert (await room.seen(after))[0] == ["Spørsmål 150"]
    assert room.read == 1
    assert len((await room.seen(0))[0]) == 151


@pytest.mark.parametrize("count", [1, 60, 400])
async def test_who_comes_back_late_misses_nothing(room: Room, count: int) -> None:
    await room.seen(0)
    for number in range(count):
        await room.ask(number)
    texts, last = await room.seen(0)
    assert texts == [f"Spørsmål {number}" for number in range(count)]
    assert await room.seen(last) == ([], last)
    await room.ask(count)
    assert (await room.seen(last))[0] == [f"Spørsmål {count}"]


async def test_a_message_that_changed_twice_is_told_as_it_is_now_with_what_people_think_of_it(room: Room) -> None:
    await room.seen(0)
    reply = await room.ask(1)
    await room.seen(0)
    await room.feedback.press(reply.id, "bygg", Role.BUSINESS, UP)
    await room.threads.progress(reply, Progress(step="read"))
    items, _ = await room.news.since(CHANNEL, 0)
    assert [item.message.id for item in items].count(reply.id) == 1
    told = items[-1]
    assert told.message.progress == Progress(step="read")
    assert {visitor: opinion.thumb for visitor, opinion in told.opinions.items()} == {"bygg": UP}


async def test_what_was_read_long_ago_is_held_no_longer(
    room: Room, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await room.seen(0)
    await room.ask(1)
    assert (await room.seen(0))[0] == ["Spørsmål 1"]
    async with database.writing() as session:  # as what is old is deleted at night, which is no change
        await session.execute(delete(MessageRow).where(MessageRow.kind == Kind.REPLY))
        await session.execute(delete(MessageRow))
    monkeypatch.setattr(news, "_HELD", 0.0)
    assert (await room.seen(0))[0] == []


async def test_changes_in_quick_succession_are_told_together_and_to_all_in_the_same_moment(room: Room) -> None:
    told: list[list[int]] = [[], []]

    async def watch(heard: list[int]) -> None:
        async for _ in ticks(room.live, CHANNEL):
            heard.append(room.live.count(CHANNEL))

    watching = asyncio.gather(*(watch(heard) for heard in told))
    start = time.monotonic()
    for _ in range(100):
        room.live.poke(CHANNEL)
        await asyncio.sleep(0.005)
    paced = (time.monotonic() - start) / GAP
    await asyncio.sleep(2 * GAP)
    assert told[0] == told[1]
    assert told[0][-1] == 100, "the last change is told, too"
    assert AT_ONCE <= len(told[0]) <= AT_ONCE + paced + 2
    for _ in range(AT_ONCE + 2):
        room.live.poke(CHANNEL)
        await asyncio.sleep(0)
    await room.live.stop()
    await asyncio.wait_for(watching, 1)
