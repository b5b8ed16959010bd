"""Answers questions where they were asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

import structlog

from bot.desk.outbox import Delivery
from bot.error_ids import new_error_id
from bot.handlers.teams.connector import UNREACHABLE, Connector, Gone, reason
from bot.handlers.teams.messages import Message, said
from bot.handlers.teams.questions.asking import Asked
from bot.handlers.teams.replies import rendering
from bot.handlers.teams.replies.streaming import Stream
from bot.handlers.teams.store import Post, Posts, Rooms
from bot.people import Place
from bot.posing import Posed
from bot.replies import GIVEN_UP, Replies, Said
from bot.texts import Texts
from bot.thinking import Thinking
from bot.understanding import by_words

log = structlog.get_logger(__name__)

_TYPING = 4.0
"""Seconds that Teams shows for that somebody is typing, about."""


class ReplyCourier:
    """Carries replies: a question is answered once, and its reply posted once."""

    def __init__(
        self,
        thinking: Thinking[Asked],
        replies: Replies,
        rooms: Rooms,
        posts: Posts,
        connector: Connector,
        texts: Texts,
    ) -> None:
        self._thinking = thinking
        self._replies = replies
        self._rooms = rooms
        self._posts = posts
        self._connector = connector
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Answer the question, if that has not been done, and post the answer, if it is not there."""
        asked = Asked.model_validate(delivery.payload)
        await self._rooms.keep(asked.room)
        if kept := await self._replies.owed_by(delivery.key):
            return await self._bring(delivery.key, asked, kept)
        question = await self._thinking.question(asked)
        if question is None:
            log.info("teams.not_meant", key=delivery.key)
            return
        if question.place.private:
            await self._stream(delivery.key, asked, question)
        else:
            async with self._typing(question.place):
                reply = await self._thinking.reply(delivery.key, asked, question, None)
            await self._bring(delivery.key, asked, reply)

    async def give_up(self, delivery: Delivery) -> None:
        """Say that a reply will not come, with the way to an officer."""
        asked = Asked.model_validate(delivery.payload)
        error = new_error_id()
        log.error("teams.reply_given_up", key=delivery.key, error_id=error)
        # Under a key of its own: should the reply be tried again, it can still come.
        key = f"{delivery.key}{GIVEN_UP}"
        told = await self._replies.owed_by(key) or await self._thinking.apology(key, asked, error)
        if told:
            await self._post(key, told, self._parts(told, asked))

    async def _stream(self, key: str, asked: Asked, question: Posed) -> None:
        async def allowed() -> bool:
            return await self._thinking.may_be_read(question)

        stream = Stream(self._connector, question.place, self._texts, by_words(question.text) or "nb", allowed)
        try:
            kept = await self._thinking.reply(key, asked, question, stream)
        finally:
            await stream.rest()
        kept = await self._thinking.fitting(key, asked, kept)
        first, *more = self._parts(kept, asked)
        name = await stream.finish(first)
        if name or stream.stopped:
            await self._posts.keep(key, question.place, stream.id)
        elif stream.id:
            await self._replace(key, question.place, stream.id, first)
        await self._post(key, kept, [first] if stream.stopped else [first, *more])

    async def _replace(self, key: str, place: Place, begun: str, message: Message) -> None:
        """Let the whole stand in the place of what was begun."""
        post = Post(key=key, channel=place.channel, thread=place.thread, activity=begun)
        with contextlib.suppress(Gone):
            await self._connector.change(post, place.workspace, message)
            await self._posts.keep(key, place, begun)

    async def _bring(self, key: str, asked: Asked, kept: Said) -> None:
        """Post a reply that is kept, as far as that has not been done."""
        fitting = await self._thinking.fitting(key, asked, kept)
        parts = self._parts(fitting, asked)
        if fitting.question.narrowed:
            await self._narrow(key, fitting, parts)
        await self._post(key, fitting, parts)

    async def _narrow(self, key: str, kept: Said, parts: Sequence[Message]) -> None:
        """Let nothing stand of the reply that was there before, which could take more messages."""
        gone = said(self._texts(kept.reply.language, "teams.withdrawn"))
        messages = [*parts, *[gone] * rendering.MOST_PARTS][: rendering.MOST_PARTS]
        for number, message in enumerate(messages, start=1):
            if post := await self._posts.get(rendering.numbered(key, number)):
                with contextlib.suppress(Gone):
                    await self._connector.change(post, kept.question.place.workspace, message)

    async def _post(self, key: str, kept: Said, parts: Sequence[Message]) -> None:
        for number, part in enumerate(parts, start=1):
            await self._connector.post(rendering.numbered(key, number), kept.question.place, part)
        log.info("teams.replied", key=key, reply=kept.reply.id, status=kept.reply.status)

    def _parts(self, kept: Said, asked: Asked) -> tuple[Message, ...]:
        return rendering.parts(kept.reply, self._texts, asked.account)

    @contextlib.asynccontextmanager
    async def _typing(self, place: Place) -> AsyncIterator[None]:
        showing = asyncio.create_task(self._show_typing(place))
        try:
            yield
        finally:
            showing.cancel()
            await asyncio.wait({showing})

    async def _show_typing(self, place: Place) -> None:
        try:
            while True:
                await self._connector.show_typing(place)
                await asyncio.sleep(_TYPING)
        except UNREACHABLE as error:
            log.info("teams.typing_unshown", error=reason(error))
