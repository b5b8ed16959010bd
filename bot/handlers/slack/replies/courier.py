"""Answers questions where they were asked."""

from __future__ import annotations

from collections.abc import Sequence

import structlog

from bot.desk.outbox import Delivery, Undeliverable
from bot.error_ids import new_error_id
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.questions import rendering as privately
from bot.handlers.slack.questions.aside import Aside
from bot.handlers.slack.questions.asking import Asked
from bot.handlers.slack.replies import rendering
from bot.handlers.slack.replies.rendering import Part
from bot.handlers.slack.replies.status import StatusLine
from bot.handlers.slack.replies.streaming import Recipient, Stream, Streams
from bot.handlers.slack.replies.thinking import Thinking
from bot.handlers.slack.store import Replies
from bot.handlers.slack.workspace import UNREACHABLE, Workspace, reason
from bot.people import Place
from bot.posing import Posed
from bot.question import Status
from bot.replies import GIVEN_UP, Said
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
        aside: Aside,
        texts: Texts,
    ) -> None:
        self._thinking = thinking
        self._replies = replies
        self._workspace = workspace
        self._streams = streams
        self._status = status
        self._aside = aside
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
        """Say that a reply will not come, with the way to an officer: where it was asked for, or else to the asker in
        direct messages."""
        asked = Asked.model_validate(delivery.payload)
        error = new_error_id()
        log.error("slack.reply_given_up", key=delivery.key, error_id=error)
        # Under a key of its own: should the reply be tried again, it can still come.
        key = f"{delivery.key}{GIVEN_UP}"
        said = await self._replies.owed_by(key) or await self._thinking.apology(key, asked, error)
        if said is None:
            return
        place = asked.question.place
        if said.question.place == place and not await self._told_there(delivery.key, key, said):
            said = await self._moved(key, said)
        if said.question.place != place:
            message = privately.elsewhere(place.channel, said.question.text, said.reply, self._texts)
            await self._workspace.post(f"{key}#aside", said.question.place, message)
            log.info("slack.told_aside", key=delivery.key, error_id=error)

    async def _answer(self, key: str, asked: Asked, question: Posed) -> None:
        async with self._status.shown(question.place, await self._thinking.first_language(question)) as settled:

            async def language() -> str:
                return await self._thinking.language(question)

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

    async def _told_there(self, owed: str, key: str, said: Said) -> bool:
        """Say it where the question was asked; False where that can't be and there is another way to the asker."""
        place, message = said.question.place, rendering.replied(said.reply, self._texts)
        try:
            if not await self._overwritten(owed, place, message):
                await self._workspace.post(key, place, message)
        except (*UNREACHABLE, Undeliverable) as error:
            log.warning("slack.apology_unposted", key=owed, error=reason(error))
            if place.private:
                raise
            return False
        return True

    async def _moved(self, key: str, said: Said) -> Said:
        """Let the question belong to the asker's direct messages: there an officer's answer can reach them."""
        question = said.question
        room = await self._aside.room(question.place.workspace, question.asker.id)
        return await self._replies.replace(key, question.model_copy(update={"place": room}), said.reply)

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
        if said.question.narrowed:
            await self._workspace.change(post, first.message)
            await self._narrow(key, said, more)
        await self._continue(key, said, more)

    async def _narrow(self, key: str, said: Said, parts: Sequence[Part]) -> None:
        """Let nothing stand of the reply that was there before, which could take more messages."""
        gone = plainly(self._texts(said.reply.language, "slack.withdrawn"))
        messages = [part.message for part in parts] + [gone] * rendering.MOST_PARTS
        for number, message in enumerate(messages[: rendering.MOST_PARTS - 1], start=2):
            if post := await self._workspace.posted(_numbered(key, number)):
                await self._workspace.change(post, message)

    async def _continue(self, key: str, said: Said, parts: Sequence[Part]) -> None:
        for number, part in enumerate(parts, start=2):
            await self._workspace.post(_numbered(key, number), said.question.place, part.message)
        log.info("slack.replied", key=key, reply=said.reply.id, status=said.reply.status)


def _numbered(key: str, number: int) -> str:
    return f"{key}#{number}"
