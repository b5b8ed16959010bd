"""What came before a question: whether it is meant for the bot at all, and what it goes on from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy import update

from bot import wording
from bot.database import Database
from bot.desk.outbox import Undeliverable
from bot.desk.outbox_table import OutboxRow
from bot.guard import Guard
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.mrkdwn import plain
from bot.handlers.slack.questions.addressed import Written, calls_others, is_meant, mentions
from bot.handlers.slack.questions.asking import Asked, is_peoples, reply_key
from bot.handlers.slack.store import Replies
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.people import Place
from bot.replies import LONGEST_HISTORY, Said

log = structlog.get_logger(__name__)

_PAGE = 200
_PAGES = 5
"""Slack hands threads out from their beginning: of one that is longer than this, the end is not read."""
_GOES_ON = 30 * 60
"""Seconds in which a direct message goes on from the one before it."""


class Context(BaseModel):
    """`meant`: the bot is asked. `history`: what was said before that bears on it, oldest first, masked."""

    model_config = ConfigDict(frozen=True)

    meant: bool
    history: tuple[str, ...] = ()


class Following:
    """Finds out what a question follows."""

    def __init__(self, clients: Clients, replies: Replies, database: Database) -> None:
        self._clients = clients
        self._replies = replies
        self._database = database
        self._guard = Guard()

    async def context(self, asked: Asked) -> Context:
        """What the question follows. Slack's troubles are not raised: then what the database knows must do.

        Where the bot turns out not to be meant, the text is taken out of the delivery that owes the reply.
        """
        place = asked.question.place
        if place.private:
            return Context(meant=True, history=await self._in_direct_messages(asked))
        if place.thread in {"", asked.ts}:
            return Context(meant=True)
        said = await self._replies.in_thread(place)
        before = await self._before(asked, said)
        if not asked.certain and not _is_meant(asked, before, said):
            await self._forget(asked)
            return Context(meant=False)
        if before is None:
            return Context(meant=True, history=tuple(each.question.text for each in said if each.question.text))
        return Context(meant=True, history=self._history(before, asked.bot))

    async def _in_direct_messages(self, asked: Asked) -> tuple[str, ...]:
        """The person's earlier questions in the thread. Outside threads, those of the last half hour.

        Whoever writes "and wine?" into the field below, in place of the thread's, means the question above it. A new
        question is not changed by those before it: only what leaves out what it is about is read with them.
        """
        posed = asked.question
        if posed.place.thread not in {"", asked.ts}:
            return await self._replies.history(posed.place, posed.asker.id)
        latest = await self._replies.of_asker(posed.place.workspace, posed.asker.id, LONGEST_HISTORY)
        here = [each for each in latest if each.question.place.channel == posed.place.channel and each.question.text]
        recent: list[str] = []
        moment = _seconds(asked.ts)
        for each in here:
            if not 0 <= moment - (began := _seconds(each.question.place.thread)) <= _GOES_ON:
                break
            recent.insert(0, each.question.text)
            moment = began
        return tuple(recent)

    async def _before(self, asked: Asked, said: Sequence[Said]) -> Sequence[Written] | None:
        """The messages before it in the thread, oldest first; None where Slack doesn't hand them out."""
        try:
            messages = await self._read(asked.question.place, asked.ts)
        except (*UNREACHABLE, Undeliverable) as error:
            told = str(error) if isinstance(error, Undeliverable) else reason(error)
            log.warning("slack.thread_unread", channel=asked.question.place.channel, error=told)
            return None
        answered = {each.question.text for each in said}
        heard = [message for message in messages if _is_by_us(message, asked.bot) or _is_by_a_person(message)]
        return [self._written(message, asked.bot, answered) for message in heard]

    async def _read(self, place: Place, until: str) -> list[dict[str, Any]]:
        client = await self._clients.of(place.workspace)
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(_PAGES):
            page = await client.conversations_replies(
                channel=place.channel, ts=place.thread, latest=until, limit=_PAGE, cursor=cursor
            )
            found += [each for each in page["messages"] if _seconds(each["ts"]) < _seconds(until)]
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                break
        return found

    def _written(self, message: dict[str, Any], bot: str, answered: set[str]) -> Written:
        text = message.get("text") or ""
        if _is_by_us(message, bot):
            return Written(user="", text=text, ours=True)
        # What the bot has answered was put to it, though its answer may have come after the message that is looked at.
        return Written(user=message["user"], text=text, ours=mentions(text, bot) or self._cleaned(text) in answered)

    def _history(self, before: Sequence[Written], bot: str) -> tuple[str, ...]:
        """What people have said, without what they said to each other. Once the bot is asked, that is what is asked."""
        begun = any(each.ours for each in before)
        texts = []
        for each in before:
            words = plain(each.text)
            if not each.user or (calls_others(each.text, bot) and not each.ours) or wording.says_nothing(words):
                continue
            if each.ours or not begun or wording.follows_up(words):
                texts.append(words)
        return self._guard.recall(texts)[-LONGEST_HISTORY:]

    def _cleaned(self, text: str) -> str:
        return next(iter(self._guard.recall([plain(text)])), "")

    async def _forget(self, asked: Asked) -> None:
        question = asked.question.model_copy(update={"text": ""})
        empty = asked.model_copy(update={"question": question, "files": ()}).model_dump(mode="json")
        owed = update(OutboxRow).where(OutboxRow.key == reply_key(question.place.channel, asked.ts))
        async with self._database.writing() as session:
            await session.execute(owed.values(payload=empty))


def _is_meant(asked: Asked, before: Sequence[Written] | None, said: Sequence[Said]) -> bool:
    posed = asked.question
    if not posed.text and not asked.files:
        return False  # it was found out before, and forgotten
    if before is None:
        # Who spoke last can't be told: whoever asked the bot last goes on asking it.
        return bool(said) and said[-1].question.asker.id == posed.asker.id
    subjects = [text for each in said for text in (each.question.text, each.reply.answer)]
    return is_meant(posed.text, posed.asker.id, before, subjects, asked.bot)


def _is_by_us(message: dict[str, Any], bot: str) -> bool:
    """Did the bot write it? Where its id is not known, any bot is taken for it."""
    return bool(message.get("bot_id")) and message.get("user") in {bot or message.get("user"), None}


def _is_by_a_person(message: dict[str, Any]) -> bool:
    return is_peoples(message) and bool(message.get("user"))


def _seconds(ts: str) -> float:
    try:
        return float(ts)
    except ValueError:
        return 0.0
