"""Answers what was asked with /spor or about a message: to the asker alone, or in the thread."""

from __future__ import annotations

import structlog

from bot.desk.outbox import Delivery
from bot.error_ids import new_error_id
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.questions import rendering
from bot.handlers.slack.questions.aside import Aside
from bot.handlers.slack.questions.asking import Asked
from bot.handlers.slack.questions.commanded import Commanded, is_shareable
from bot.handlers.slack.replies.thinking import Thinking
from bot.handlers.slack.store import Replies
from bot.handlers.slack.workspace import Workspace
from bot.replies import GIVEN_UP, Said
from bot.texts import Texts

log = structlog.get_logger(__name__)


class Answers:
    """Carries replies to commands. What the asker alone sees belongs to their direct messages with the bot: there an
    officer's answer can reach them, and nobody else."""

    def __init__(self, thinking: Thinking, workspace: Workspace, aside: Aside, replies: Replies, texts: Texts) -> None:
        self._thinking = thinking
        self._workspace = workspace
        self._aside = aside
        self._replies = replies
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Answer the question, if that has not been done, and show the answer. Raises Undeliverable."""
        commanded = Commanded.model_validate(delivery.payload)
        said = await self._replies.owed_by(delivery.key) or await self._think(delivery.key, commanded)
        said = await self._thinking.fitting(delivery.key, commanded.asked, said)
        place, ear = said.question.place, commanded.ear
        if not place.thread:
            message = self._private(said, shareable=not commanded.open and is_shareable(ear.channel))
            return await self._aside.tell(delivery.key, ear, message, replace=True, changed=said.question.narrowed)
        message = rendering.asked(ear.user, said.question.text, said.reply, self._texts)
        post = await self._workspace.post(delivery.key, place, message)
        if said.question.narrowed:
            # What is there already may say what not everybody who reads it by now may know.
            await self._workspace.change(post, message)

    async def give_up(self, delivery: Delivery) -> None:
        """Say that a reply will not come, or bring one that is there already, in the asker's direct messages."""
        commanded, error = Commanded.model_validate(delivery.payload), new_error_id()
        log.error("slack.command_given_up", key=delivery.key, error_id=error)
        key = f"{delivery.key}{GIVEN_UP}"
        said = await self._replies.owed_by(delivery.key) or await self._replies.owed_by(key)
        if said is None:
            said = await self._thinking.apology(key, await self._in_room(commanded), error)
        if said:
            room = await self._aside.room(commanded.ear.workspace, commanded.ear.user)
            await self._workspace.post(key, room, self._private(said, shareable=False))

    async def _think(self, key: str, commanded: Commanded) -> Said:
        asked = await (self._in_thread(commanded) if commanded.open else self._in_room(commanded))
        question = await self._thinking.question(asked) or asked.question
        return await self._thinking.reply(key, asked, question, None)

    async def _in_room(self, commanded: Commanded) -> Asked:
        room = await self._aside.room(commanded.ear.workspace, commanded.ear.user)
        # The asker reads the answer where they asked, beside whoever else is there.
        question = commanded.asked.question.model_copy(update={"place": room, "seen": commanded.ear.place})
        return commanded.asked.model_copy(update={"question": question, "ts": room.thread})

    async def _in_thread(self, commanded: Commanded) -> Asked:
        # Where the bot is not in the channel, whoever asked gets the answer all the same, and so an officer's.
        place = await self._aside.thread(commanded.ear)
        seen = None if place == commanded.ear.place else commanded.ear.place
        question = commanded.asked.question.model_copy(update={"place": place, "seen": seen})
        # What people say in the thread is not what this question goes on from: it stands for itself.
        return commanded.asked.model_copy(update={"question": question, "ts": place.thread})

    def _private(self, said: Said, *, shareable: bool) -> Message:
        return rendering.aside(said.question.text, said.reply, self._texts, shareable=shareable)
