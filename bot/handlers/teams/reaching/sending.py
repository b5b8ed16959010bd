"""The action on a message that sends it to the case officers, and what brings it to them."""

from __future__ import annotations

import asyncio
import secrets

import structlog
from microsoft_teams.api.activities.invoke.message_extension import (
    MessageExtensionFetchTaskInvokeActivity,
    MessageExtensionSubmitActionInvokeActivity,
)
from microsoft_teams.api.models import MessagingExtensionActionInvokeResponse
from microsoft_teams.apps import ActivityContext, App
from pydantic import BaseModel, ConfigDict

from bot.desk.describing_cases import standing
from bot.desk.desk import Desk
from bot.desk.notices import lane_of
from bot.desk.outbox import Delivery
from bot.desk.owing import Owing
from bot.guard import LONGEST_QUESTION, Guard, Refused, mask
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.connector import UNREACHABLE, Connector, reason
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.installing.commands import FORWARD
from bot.handlers.teams.messages import said
from bot.handlers.teams.questions.asking import Asked, place_of, room_of, thread_of, user_of
from bot.handlers.teams.questions.counting import counted
from bot.handlers.teams.reaching import dialog
from bot.handlers.teams.reaching.speaking import spoken
from bot.handlers.teams.store import Replies, Room, Rooms
from bot.limits import worded
from bot.people import Asker, Place
from bot.posing import Posed
from bot.texts import Texts
from bot.thinking import Thinking

log = structlog.get_logger(__name__)

KIND = "handed"
"""The kind of the deliveries that owe a case to what somebody sends to the officers."""

_PATIENCE = 3.0
"""Seconds to find out where an answer can come: Teams waits five for the dialog."""


class Sent(BaseModel):
    """A text that somebody sends to the officers. `room` and `thread` are where the message is that they sent it from,
    `key` names it as theirs; `aside`: the answer is to come to their own chat with the bot."""

    model_config = ConfigDict(frozen=True)

    key: str
    text: str
    masked: bool
    room: Room
    thread: str
    aside: bool
    user: str
    account: str
    name: str
    language: str


class Answering:
    """Knows where an answer can come to whoever sends a message to the officers."""

    def __init__(self, connector: Connector, directory: Directory, rooms: Rooms) -> None:
        self._connector = connector
        self._directory = directory
        self._rooms = rooms

    async def there(self, room: Room, thread: str, user: str) -> Place | None:
        """The thread of the message; None where the bot isn't in the conversation."""
        place = place_of(room, thread)
        if not (place.private or await self._directory.is_in(place, user)):
            return None
        await self._rooms.keep(room)
        return place

    async def aside(self, room: Room, account: str) -> Place:
        """The person's own chat with the bot. Raises what the connector raises: they don't have the app."""
        chat = await self._connector.chat(room, account)
        return place_of(chat, "")


class Sending:
    """Shows whoever presses the action what will be sent, and owes the officers a case when that is confirmed."""

    def __init__(self, answering: Answering, owing: Owing, replies: Replies, desk: Desk, texts: Texts) -> None:
        self._answering = answering
        self._owing = owing
        self._replies = replies
        self._desk = desk
        self._texts = texts
        self._guard = Guard()

    def register(self, app: App) -> None:
        """Let the SDK hand over who presses, and who confirms."""
        app.on_message_ext_open(self._open)
        app.on_message_ext_submit(self._submit)

    async def _open(
        self, ctx: ActivityContext[MessageExtensionFetchTaskInvokeActivity]
    ) -> MessagingExtensionActionInvokeResponse:
        activity, language = ctx.activity, spoken(ctx.activity)
        message = activity.value.message_payload
        if activity.value.command_id != FORWARD or message is None:
            return self._say("teams.send.nothing", language)
        room, user = room_of(activity), user_of(activity)
        if told := await self._known(_key(room, message.id, user), language):
            return told
        thread = thread_of(activity) or message.reply_to_id or message.id if room.kind == "channel" else ""
        try:
            async with asyncio.timeout(_PATIENCE):
                aside = await self._answering.there(room, thread, user) is None
                if aside:
                    await self._answering.aside(room, activity.from_.id)
        except UNREACHABLE as error:
            log.info("teams.send_nowhere", error=reason(error))
            return self._say("teams.send.nowhere", language)
        except TimeoutError:
            return self._say("teams.send.trouble", language)
        text = mask(dialog.text_of(message))
        about = dialog.About(message=message.id, thread=thread, aside=aside)
        shown = dialog.Filled(about=about, text=text[:LONGEST_QUESTION])
        return dialog.consent(shown, language, self._texts, clipped=len(text) > LONGEST_QUESTION)

    async def _submit(
        self, ctx: ActivityContext[MessageExtensionSubmitActionInvokeActivity]
    ) -> MessagingExtensionActionInvokeResponse:
        activity, language = ctx.activity, spoken(ctx.activity)
        filled = dialog.filled(activity.value.data) if activity.value.command_id == FORWARD else None
        if filled is None:
            return self._say("teams.send.nothing", language)
        room, user = room_of(activity), user_of(activity)
        key = _key(room, filled.about.message, user)
        if told := await self._known(key, language):
            return told
        concerns = self._texts(language, "desk.case.consent.concerning", name=filled.concerns)
        try:
            self._guard.check(filled.text)  # whom it concerns is no question
            question = self._guard.check(f"{concerns}\n\n{filled.text}" if filled.concerns else filled.text)
        except Refused as refused:
            problem = self._texts(language, refused.key, **refused.values)
            return dialog.consent(filled, language, self._texts, problem)
        sent = Sent(
            key=key,
            text=question.text,
            masked=question.masked,
            room=room,
            thread=filled.about.thread,
            aside=filled.about.aside,
            user=user,
            account=activity.from_.id,
            name=activity.from_.name or "",
            language=language,
        )
        # Each press is owed something: what was given up is sent again by pressing again.
        named = f"{key}:{activity.id or secrets.token_hex(8)}"
        payload, counts = sent.model_dump(mode="json"), counted(room.tenant, room.channel, user)
        if limited := await self._owing.owe(KIND, named, f"{KIND}/{user}", payload, counts):
            return dialog.consent(filled, language, self._texts, worded(limited, language, self._texts))
        return dialog.ends(self._texts(language, "teams.send.sent.aside" if sent.aside else "teams.send.sent"))

    async def _known(self, key: str, language: str) -> MessagingExtensionActionInvokeResponse | None:
        """How the case stands that the person has made of the message before."""
        kept = await self._replies.owed_by(key)
        case = await self._desk.of_reply(kept.reply.id) if kept else None
        return dialog.says(standing(case, self._texts), language, self._texts) if case else None

    def _say(self, key: str, language: str) -> MessagingExtensionActionInvokeResponse:
        return dialog.says(self._texts(language, key), language, self._texts)


class Handing:
    """Carries texts to the officers. Each is kept as a question that the bot left to them, and then goes the way of
    every question that its asker sends on."""

    def __init__(
        self, answering: Answering, thinking: Thinking[Asked], owing: Owing, connector: Connector, texts: Texts
    ) -> None:
        self._answering = answering
        self._thinking = thinking
        self._owing = owing
        self._connector = connector
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Owe the officers the case, once for each message and sender. The answer comes where the sender was told;
        where the bot is no longer there, to their own chat."""
        sent = Sent.model_validate(delivery.payload)
        there = None if sent.aside else await self._answering.there(sent.room, sent.thread, sent.user)
        place = there or await self._answering.aside(sent.room, sent.account)
        asker = Asker(id=sent.user, name="")
        kept = await self._thinking.handed(sent.key, Posed(text=sent.text, asker=asker, place=place))
        payload = {"reply": kept.reply.id, "name": sent.name, "question": kept.question.text, "masked": sent.masked}
        key = f"forward:{PLATFORM}:{kept.reply.id}"
        payload["account"] = sent.account
        await self._owing.owe("forward", key, lane_of(kept.question.place), payload)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever sent it that it did not arrive."""
        sent = Sent.model_validate(delivery.payload)
        told = said(self._texts(sent.language, "teams.send.failed"))
        chat = await self._answering.aside(sent.room, sent.account)
        await self._connector.post(f"{delivery.key}#given_up", chat, told)


def _key(room: Room, message: str, user: str) -> str:
    return f"{KIND}:{PLATFORM}:{room.channel}:{message}:{user}"
