"""Puts questions into their threads, each with its reply still to come; those that come at once in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, now
from bot.desk.group_commit import GroupCommit
from bot.desk.limiting import Limiter
from bot.desk.outbox import Delivery, Outbox
from bot.desk.rates import Counted, Limited
from bot.handlers.web import PLATFORM
from bot.handlers.web.gate import TooMuch
from bot.handlers.web.messages import Asked, Kind, Message, NoSuchMessage
from bot.handlers.web.store import (
    MESSAGES_ADDED,
    POSTED,
    REPLIES_TO,
    THERE,
    THREAD_ADDED,
    advance,
    message_of,
    messages,
    new_id,
    row_of,
)


class _Wish(NamedTuple):
    """A question to be posted as that message, and the reply that is owed then, of this request's trace."""

    asked: Asked
    counted: Counted | None
    question: str
    owed: Delivery

    @property
    def reply(self) -> str:
        """The message that the reply is to be."""
        return str(self.owed.payload["message"])


class Asking:
    """Posts questions. All take the lock of the municipality's limit and that of their channel: so those that come
    while some are written are written together."""

    def __init__(self, database: Database, outbox: Outbox, limiter: Limiter) -> None:
        self._database = database
        self._outbox = outbox
        self._limiter = limiter
        self._group: GroupCommit[_Wish, Sequence[Message] | Limited | None] = GroupCommit(database, self._write)

    async def ask(self, asked: Asked, counted: Counted | None) -> Sequence[Message]:
        """The question and its reply, once for each `asked.ref`. Raises NoSuchMessage and TooMuch."""
        question, reply = new_id(), new_id()
        owed = Delivery(kind="reply", platform=PLATFORM, key=f"reply:{question}", payload={"message": reply})
        try:
            outcome = await self._group.do(_Wish(asked, counted, question, owed))
        except IntegrityError:
            # Another process was first with the same posting.
            if messages := await self._posted_meanwhile(asked):
                return messages
            raise
        if isinstance(outcome, Limited):
            if messages := await self._posted_meanwhile(asked):  # which is counted, and too much, no more
                return messages
            raise TooMuch(outcome)
        if outcome is None:
            raise NoSuchMessage(f"the channel has no thread {asked.thread!r}")
        return outcome

    async def _posted_meanwhile(self, asked: Asked) -> Sequence[Message]:
        async with self._database.reading() as session:
            return (await _posted(session, [asked.ref])).get(asked.ref, ())

    async def _write(
        self, session: AsyncSession, wishes: Sequence[_Wish]
    ) -> Sequence[Sequence[Message] | Limited | None]:
        found: dict[str, Sequence[Message] | Limited | None] = {}
        found |= await _posted(session, [each.asked.ref for each in wishes])
        fresh = {each.asked.ref: each for each in wishes if each.asked.ref not in found}
        fresh = await _somewhere(session, fresh)
        found |= await self._limited(session, fresh)
        found |= await self._add(session, [each for ref, each in fresh.items() if ref not in found])
        return [found.get(each.asked.ref) for each in wishes]

    async def _limited(self, session: AsyncSession, wishes: Mapping[str, _Wish]) -> Mapping[str, Limited]:
        counted = {ref: each.counted for ref, each in wishes.items() if each.counted}
        limited = await self._limiter.admit(session, list(counted.values()))
        return {ref: each for ref, each in zip(counted, limited, strict=True) if each}

    async def _add(self, session: AsyncSession, wishes: Sequence[_Wish]) -> Mapping[str, Sequence[Message]]:
        if not wishes:
            return {}
        await self._outbox.put_all(session, [each.owed for each in wishes])
        threads: list[dict[str, Any]] = []
        rows: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
        # From here on whoever else changes a channel waits: as little as can be is left to do. All take them in order.
        for channel, here in sorted(_by_channel(wishes).items()):
            position = await advance(session, channel, by=2 * len(here)) - 2 * len(here) + 1
            for wish in here:
                if not wish.asked.thread:
                    row = {"id": wish.question, "channel": channel, "position": position, "created": now()}
                    threads.append(row)
                rows[wish.asked.ref] = _rows(wish, position)
                position += 2
        if threads:
            await session.execute(THREAD_ADDED, threads)
        await session.execute(MESSAGES_ADDED, [row for pair in rows.values() for row in pair])
        return {ref: [Message.model_validate(row) for row in pair] for ref, pair in rows.items()}


async def _posted(session: AsyncSession, refs: Sequence[str]) -> dict[str, Sequence[Message]]:
    """What has been posted already as these, each with its reply."""
    questions = (await session.execute(POSTED, {"refs": refs})).mappings().all()
    if not questions:
        return {}
    # What went to an officer is owed no reply.
    replies = await messages(session, REPLIES_TO, asked=[each["id"] for each in questions])
    return {
        each["delivery_key"]: [message_of(each), *(reply for reply in replies if reply.question == each["id"])]
        for each in questions
    }


async def _somewhere(session: AsyncSession, wishes: Mapping[str, _Wish]) -> dict[str, _Wish]:
    """Those that are for a thread of their channel, or for a new one."""
    wanted = [each.asked.thread for each in wishes.values() if each.asked.thread]
    there: set[tuple[str, str]] = set()
    if wanted:
        there = {(row.id, row.channel) for row in await session.execute(THERE, {"threads": wanted})}
    return {
        ref: each
        for ref, each in wishes.items()
        if each.asked.thread is None or (each.asked.thread, each.asked.channel) in there
    }


def _by_channel(wishes: Sequence[_Wish]) -> Mapping[str, Sequence[_Wish]]:
    found: defaultdict[str, list[_Wish]] = defaultdict(list)
    for wish in wishes:
        found[wish.asked.channel].append(wish)
    return found


def _rows(wish: _Wish, position: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The question, and behind it the reply that is still to come."""
    asked, thread = wish.asked, wish.asked.thread or wish.question
    posted = asked.model_dump(include={"text", "language", "session", "masked"})
    waiting = {"text": "", "language": asked.language, "session": None}
    mine = row_of(wish.question, asked.channel, position, Kind.QUESTION, asked.asker) | posted
    replying = row_of(wish.reply, asked.channel, position + 1, Kind.REPLY, asked.asker) | waiting
    return (
        mine | {"thread": thread, "question": None, "delivery_key": asked.ref},
        replying | {"thread": thread, "question": wish.question, "delivery_key": wish.owed.key},
    )
