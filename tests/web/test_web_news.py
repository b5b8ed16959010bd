"""What is new in a channel is read once for all who watch it, and each of them misses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Iterator, Sequence

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

    def kept(self) -> int:
        """Of how many channels something is kept, in one place or another."""
        return sum(
            len(each) for part in (self.live, self.news) for each in vars(part).values() if isinstance(each, dict)
        )

    def _count(self, *about: object) -> None:
        self.read += "FROM web_messages" in str(about[2]) and "revision >" in str(about[2])

    @contextlib.asynccontextmanager
    async def watching(self, channel: str = CHANNEL) -> AsyncIterator[None]:
        """Look at the channel while the block runs, as a browser does."""
        async with contextlib.aclosing(self.news.ticks(channel)) as ticks:
            await anext(ticks)
            yield

    async def ask(self, number: int, channel: str = CHANNEL) -> Message:
        text, key = f"Spørsmål {number}", f"{channel} {number}"
        asked = Asked(key=key, channel=channel, thread=None, asker=ASKER, text=text, language="nb", session="s")
        return (await self.threads.ask(asked))[1]

    async def seen(self, after: int, channel: str = CHANNEL) -> tuple[Sequence[str], int]:
        """The texts of questions that are new since, and the last revision."""
        texts, more = list[str](), True
        while more:
            items, more = await self.news.since(channel, after)
            texts += [item.message.text for item in items if item.message.kind is Kind.QUESTION]
            after = items[-1].message.revision if items else after
        return texts, after


@pytest.fixture
def room(database: Database) -> Iterator[Room]:
    room = Room(database)
    with room.live.watching(CHANNEL):
        yield room


async def test_those_who_watch_have_a_change_read_once(room: Room) -> None:
    await room.seen(0)
    await room.ask(1)
    room.read = 0
    every = await asyncio.gather(*(room.seen(0) for _ in range(20)))
    assert [texts for texts, _ in every] == [["Spørsmål 1"]] * 20
    assert room.read == 1
    assert await room.seen(0) == every[0]
    assert room.read == 1, "nothing has changed"


async def test_what_happened_while_nobody_watched_is_not_read_for_who_comes_then(database: Database) -> None:
    room = Room(database)
    async with room.watching():
        await room.seen(0)
    for number in range(150):
        await room.ask(number)
    after = await room.threads.revision(CHANNEL)
    async with room.watching():
        await room.ask(150)
        room.read = 0
        assert (await room.seen(after))[0] == ["Spørsmål 150"]
        assert room.read == 1
        assert len((await room.seen(0))[0]) == 151


async def test_a_browser_that_claims_to_be_ahead_takes_nothing_from_the_others(room: Room) -> None:
    await room.seen(0)
    await room.ask(1)
    assert (await room.seen(10**9))[0] == []
    await room.ask(2)
    room.read = 0
    every = await asyncio.gather(*(room.seen(0) for _ in range(20)))
    assert [texts for texts, _ in every] == [["Spørsmål 1", "Spørsmål 2"]] * 20
    assert room.read == 1


async def test_nothing_is_kept_of_guests_who_came_and_went(database: Database) -> None:
    room = Room(database)

    async def visit(channel: str) -> None:
        async with room.watching(channel):
            await room.seen(0, channel)
            await room.ask(1, channel)
            assert (await room.seen(0, channel))[0] == ["Spørsmål 1"]
            for _ in range(2 * AT_ONCE):  # the last of these would be told later
                room.live.poke(channel)

    for number in range(10):
        await asyncio.gather(*(visit(f"gjest-{number}-{each}") for each in range(20)))
    assert room.kept() == 0


async def test_who_comes_as_another_leaves_or_after_them_misses_nothing(database: Database) -> None:
    room = Room(database)
    async with room.watching():
        await room.ask(1)
        texts, after = await room.seen(0)
        assert texts == ["Spørsmål 1"]
    await room.ask(2)
    async with contextlib.AsyncExitStack() as first:
        await first.enter_async_context(room.watching())
        texts, after = await room.seen(after)
        assert texts == ["Spørsmål 2"]
        async with room.watching():
            await first.aclose()
            await room.ask(3)
            assert (await room.seen(after))[0] == ["Spørsmål 3"]


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
