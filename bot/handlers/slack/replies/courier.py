"""Answers questions where they were asked."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.desk.outbox import Delivery, Undeliverable
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.questions.asking import Asked, Posed
from bot.handlers.slack.replies import rendering
from bot.handlers.slack.replies.rendering import Part
from bot.handlers.slack.replies.status import StatusLine
from bot.handlers.slack.replies.streaming import Recipient, Stream, Streams
from bot.handlers.slack.replies.thinking import Thinking, error_id
from bot.handlers.slack.store import GIVEN_UP, Replies, Said
from bot.handlers.slack.workspace import UNREACHABLE, Workspace, reason
from bot.people import Place
from bot.question import Status
from bot.texts import Texts

log = structlog.get_logger(__name__)


class ReplyCourier:
    """Carries replies: a question is answered once, and its reply posted once."""

    def __init__(
        self,
        thinking: Thinking,
        replies: Replies,
        workspace: Workspace,
        streams: Streams,
        status: StatusLine,
        texts: Texts,
    ) -> None:
        self._thinking = thinking
        self._replies = replies
        self._workspace = workspace
        self._streams = streams
        self._status = status
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Answer the question, if that has not been done, and post the answer, if it is not there."""
        asked = Asked.model_validate(delivery.payload)
        if kept := await self._replies.owed_by(delivery.key):
            return await self._bring(delivery.key, asked, kept)
        question = await self._thinking.question(asked)
        if question is None:
            log.info("slack.not_meant", key=delivery.key)
            return
        if asked.refused and not asked.files:
            said = await self._thinking.reply(delivery.key, asked, question, None)
            return await self._bring(delivery.key, asked, said)
        await self._answer(delivery.key, asked, question)

    async def give_up(self, delivery: Delivery) -> None:
        """Say that a reply will not come, with the way to an officer."""
        asked = Asked.model_validate(delivery.payload)
        error = error_id(delivery.key)
        log.error("slack.reply_given_up", key=delivery.key, error_id=error)
        # Under a key of its own: should the reply be tried again, it can still come.
        key = f"{delivery.key}{GIVEN_UP}"
        said = await self._replies.owed_by(key) or await self._thinking.apology(key, asked, error)
        if said is None:
            return
        message = rendering.replied(said.reply, self._texts)
        if not await self._overwritten(delivery.key, asked.question.place, message):
            await self._workspace.post(key, asked.question.place, message)

    async def _answer(self, key: str, asked: Asked, question: Posed) -> None:
        language = await self._thinking.language(question)
        async with self._status.shown(question.place, language) as settled:

            async def allowed() -> bool:
                await settled()
                return await self._thinking.may_be_read(question)

            # A grid's people can come with the id of their organization, which is none of a workspace.
            team = asked.team if asked.team.startswith("T") else ""
            recipient = Recipient(question.asker.id, team)
            stream = self._streams.new(key, question.place, recipient, language, allowed)
            try:
                said = await self._thinking.reply(key, asked, question, stream)
                await settled()
                said = await self._thinking.fitting(key, asked, said)
                await self._finish(key, said, stream)
            finally:
                await stream.abandon()

    async def _overwritten(self, key: str, place: Place, message: Message) -> bool:
        """Let what stands there half said say this instead. For the outbox it stays half said: what comes at last, if
        the reply is tried again, takes this one's place."""
        try:
            if begun := await self._workspace.half_said(key, place):
                await self._workspace.overwrite(begun, message)
        except (*UNREACHABLE, Undeliverable) as error:
            log.warning("slack.half_said", key=key, error=reason(error))
            return False
        return begun is not None

    async def _finish(self, key: str, said: Said, stream: Stream) -> None:
        first, *more = rendering.parts(said.reply, self._texts)
        await stream.finish(first, streams=said.reply.status is Status.ANSWERED)
        await self._continue(key, said, more)

    async def _bring(self, key: str, asked: Asked, kept: Said) -> None:
        """Post a reply that is there already, as far as that has not been done."""
        said = await self._thinking.fitting(key, asked, kept)
        first, *more = rendering.parts(said.reply, self._texts)
        post = await self._workspace.post(key, said.question.place, first.message, streamed=True)
        if said.reply.id != kept.reply.id:
            await self._workspace.change(post, first.message)
        await self._continue(key, said, more)

    async def _continue(self, key: str, said: Said, parts: Sequence[Part]) -> None:
        for number, part in enumerate(parts, start=2):
            await self._workspace.post(f"{key}#{number}", said.question.place, part.message)
        log.info("slack.replied", key=key, reply=said.reply.id, status=said.reply.status)
