"""The only way from an officer's note to the asker: a modal that shows what will be sent to whom, and is confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.views import View

from bot.behind import Behind
from bot.desk.case import TO_ASKER, Case
from bot.desk.desk import Desk
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.cases.cards import Cards
from bot.handlers.slack.cases.modals import LONGEST, RELAY, Meant, relaying
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE
from bot.handlers.slack.cases.opening import Opening, Pressed, pressed
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.mrkdwn import plain
from bot.handlers.slack.questions.aside import Ear
from bot.handlers.slack.questions.commanded import ear_of
from bot.texts import Texts


class Note(BaseModel):
    """A note under a case's message, as the button beside it names it."""

    model_config = ConfigDict(frozen=True)

    case: str
    channel: str
    thread: str
    ts: str


class Relaying:
    """Hears the button beside a note, and the shortcut on one."""

    def __init__(
        self, behind: Behind, clients: Clients, cards: Cards, opening: Opening, desk: Desk, texts: Texts
    ) -> None:
        self._behind = behind
        self._clients = clients
        self._cards = cards
        self._opening = opening
        self._desk = desk
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who uses them."""
        app.action(RELAY)(self._press)
        app.shortcut(RELAY)(self._call)

    async def _press(self, body: dict[str, Any], ack: Ack) -> None:
        await ack()
        note = Note.model_validate_json(body["actions"][0]["value"])
        self._behind.start(self._fetch(pressed(body, note.thread), body["trigger_id"], note, ear_of(body)))

    async def _call(self, body: dict[str, Any], ack: Ack) -> None:
        await ack()
        thread = body["message"].get("thread_ts", "")
        self._behind.start(self._find(pressed(body, thread), body["trigger_id"], body["message"]))

    async def _fetch(self, who: Pressed, trigger: str, note: Note, beside: Ear) -> None:
        # The text as it stands now: it was not kept, and may have been changed.
        client = await self._clients.of(who.workspace)
        there = await client.conversations_replies(
            channel=note.channel, ts=note.thread, oldest=note.ts, latest=note.ts, inclusive=True, limit=2
        )
        message = next((each for each in there["messages"] if each["ts"] == note.ts), None)
        if message is None:
            return await self._tell(who, "desk.form.relay.gone")
        await self._open(who, trigger, note, message, beside)

    async def _find(self, who: Pressed, trigger: str, message: Mapping[str, Any]) -> None:
        case = await self._cards.above(who.channel, who.thread)
        if not case or message["ts"] == who.thread:
            return await self._tell(who, "desk.form.relay.elsewhere")
        note = Note(case=case, channel=who.channel, thread=who.thread, ts=message["ts"])
        await self._open(who, trigger, note, message)

    async def _open(
        self, who: Pressed, trigger: str, note: Note, message: Mapping[str, Any], beside: Ear | None = None
    ) -> None:
        text, files = plain(message.get("text") or ""), bool(message.get("files"))
        if message.get("bot_id"):
            return await self._tell(who, "desk.form.relay.bot")
        if not text:
            return await self._tell(who, "desk.form.relay.empty")
        if len(text) > LONGEST:
            return await self._tell(who, "desk.form.relay.long", limit=LONGEST, length=len(text))

        async def make(case: Case, meant: Meant) -> View:
            merged = len(await self._desk.merged_into(case.id))
            return relaying(case, meant, text, self._texts, files=files, merged=merged)

        ref = f"{note.channel}:{note.ts}"
        await self._opening.open(who, trigger, note.case, sorted(TO_ASKER), make, ref, beside)

    async def _tell(self, who: Pressed, key: str, **values: object) -> None:
        await self._opening.tell(who, self._texts(OFFICERS_LANGUAGE, key, **values))
