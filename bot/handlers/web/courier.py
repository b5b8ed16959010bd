"""Brings replies and officers' answers to the threads of the web meeting place."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Protocol

import structlog

from bot.desk.desk import Desk
from bot.desk.notices import RESUMED, WRITTEN, CaseNotice, apology
from bot.desk.outbox import Delivery, Undeliverable
from bot.error_ids import new_error_id
from bot.handlers.web import PLATFORM
from bot.handlers.web.channels import CASES, has_outsiders
from bot.handlers.web.messages import Kind, Message, NoSuchMessage, Progress, Thread, place_of
from bot.handlers.web.threads import Threads
from bot.people import audience_of
from bot.publishing.notices import CHANGED, PROPOSED, REVIEW
from bot.question import Listener, Question, Reply
from bot.texts import Texts
from knowledge.model import Claim

log = structlog.get_logger(__name__)

TO_OFFICERS = frozenset({"case.opened", "case.changed", "case.watched"})
"""What officers' pages show anew; a case that is watched stands in the queue with what happened to it last."""
TO_ASKERS = frozenset(
    {
        *("case.claimed", "case.reassigned", "case.merged", "case.closed", "case.reopened"),
        *("case.escalated", "case.nudged", RESUMED),
    }
)
"""What changes when and from whom an asker has to expect an answer, or asks them whether it helped."""
TO_ANSWERERS = frozenset({PROPOSED, REVIEW, CHANGED})
"""What officers' pages show of published answers."""


class Conversation(Protocol):
    """Replies to questions."""

    async def reply(self, question: Question, listener: Listener) -> Reply:
        """The reply; the listener hears how it comes about."""


class WebCourier:
    """Delivers to the web. Idempotent: a reply that has come stays as it is, an answer stands once for its key."""

    def __init__(self, threads: Threads, conversation: Conversation, desk: Desk, texts: Texts) -> None:
        self._threads = threads
        self._conversation = conversation
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Bring a reply that is owed, or the news of a case. Raises Undeliverable where the thread is gone."""
        try:
            if delivery.kind == "reply":
                await self._reply(delivery.payload["message"])
            else:
                await self._tell(delivery)
        except NoSuchMessage as error:
            raise Undeliverable(str(error)) from error

    async def give_up(self, delivery: Delivery) -> None:
        """Put the way to an officer where a reply was owed; let the officers know of an answer that didn't arrive."""
        if delivery.kind == "reply":
            reply, error = await self._threads.message(delivery.payload["message"]), new_error_id()
            log.error("web.reply_given_up", key=delivery.key, error_id=error)
            note = self._texts(reply.language, "reply.error", error=error)
            await self._threads.say(reply, apology(reply.language, self._texts).model_copy(update={"note": note}))
        elif delivery.kind in WRITTEN:
            notice = CaseNotice.model_validate(delivery.payload)
            await self._desk.undelivered(notice.case_id, notice.answered_by, delivery.key)

    async def _reply(self, message: str) -> None:
        thread = await self._threads.thread_of(message)
        reply = thread.message(message)
        if reply is None or reply.said:
            return
        asked = _question(thread, reply)
        try:
            async with _told(self._threads, reply) as listener:
                said = await self._conversation.reply(asked, listener)
        except Exception:
            # The dispatcher tries again; meanwhile the asker is told that it takes longer.
            await self._threads.progress(reply, Progress(troubled=True))
            raise
        await self._threads.say(reply, said)

    async def _tell(self, delivery: Delivery) -> None:
        if delivery.kind in TO_ANSWERERS:
            return await self._threads.count(CASES)
        notice = CaseNotice.model_validate(delivery.payload)
        if delivery.kind in WRITTEN:
            return await self._threads.answer(delivery.key, notice)
        if delivery.kind in TO_OFFICERS:
            await self._threads.count(CASES)
        elif delivery.kind not in TO_ASKERS:
            raise Undeliverable(f"nobody on the web knows what a {delivery.kind!r} is")
        # What an asker is told of a case stands with the reply that it was opened from, as the case stands now.
        if notice.place.platform == PLATFORM:
            await self._threads.touch(await self._threads.message(notice.reply_id))


def _question(thread: Thread, reply: Message) -> Question:
    """What the reply is to. Raises NoSuchMessage."""
    asked = thread.message(reply.question)
    if asked is None:
        raise NoSuchMessage(f"nobody has asked what message {reply.id} replies to")
    earlier = [other for other in thread.before(asked) if other.kind is Kind.QUESTION]
    place = place_of(asked, outsiders=has_outsiders(asked.channel))
    return Question(
        text=asked.text,
        audience=audience_of(asked.person, place),
        history=tuple(other.text for other in earlier if other.person.id == asked.person.id),
        asker=asked.person,
        place=place,
    )


@contextlib.asynccontextmanager
async def _told(threads: Threads, reply: Message) -> AsyncIterator[Listener]:
    """A listener that notes in the thread how far the reply has got, while the block runs."""
    listener = _Notes()
    noting = asyncio.create_task(listener.note(threads, reply))
    try:
        yield listener
    finally:
        listener.end()
        await noting


class _Notes:
    """Hears steps and claims. A reply waits for no note: while one is written, the next ones gather."""

    PAUSE, SLOW = 0.2, 1.0
    """Seconds between notes, and until steps are worth any: a quick reply is not held up by its own announcements."""

    def __init__(self) -> None:
        self._progress = Progress()
        self._noted = self._progress
        self._over = asyncio.Event()

    async def step(self, name: str) -> None:
        self._progress = self._progress.model_copy(update={"step": name})

    async def claim(self, claim: Claim) -> None:
        self._progress = self._progress.model_copy(update={"claims": (*self._progress.claims, claim)})

    def end(self) -> None:
        self._over.set()

    async def note(self, threads: Threads, reply: Message) -> None:
        begun = time.monotonic()
        while not await self._ended():
            tells = self._progress.claims or time.monotonic() - begun > self.SLOW
            if tells and self._progress is not self._noted:
                self._noted = self._progress
                await threads.progress(reply, self._noted)

    async def _ended(self) -> bool:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.PAUSE):
                await self._over.wait()
        return self._over.is_set()
