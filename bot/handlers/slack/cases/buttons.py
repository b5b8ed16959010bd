"""The button under a reply that sends its question to the case officers."""

from __future__ import annotations

from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.desk.notices import lane_of
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.behind import Behind
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE
from bot.handlers.slack.cases.opening import Pressed, pressed
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.owing import Owing
from bot.handlers.slack.replies.rendering import FORWARD
from bot.handlers.slack.store import Replies, Said
from bot.texts import Texts


class Forwarding:
    """Opens a case when the asker presses the button."""

    def __init__(
        self, owing: Owing, behind: Behind, replies: Replies, whispers: Whispers, directory: Directory, texts: Texts
    ) -> None:
        self._owing = owing
        self._behind = behind
        self._replies = replies
        self._whispers = whispers
        self._directory = directory
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who presses the button."""
        app.action(FORWARD)(self._press)

    async def _press(self, body: dict[str, Any], ack: Ack) -> None:
        said = await self._replies.get(body["actions"][0]["value"])
        who = pressed(body, (body.get("message") or {}).get("thread_ts") or "")
        if said and who.user == said.question.asker.id:
            await self._forward(said, who)
        else:
            self._behind.start(self._refuse(said, who))
        await ack()

    async def _forward(self, said: Said, who: Pressed) -> None:
        payload = {"reply": said.reply.id, "name": who.handle or who.user}
        lane = lane_of(said.question.place)
        await self._owing.owe("forward", f"forward:{PLATFORM}:{said.reply.id}", lane, payload)

    async def _refuse(self, said: Said | None, who: Pressed) -> None:
        if said:
            text, place = self._texts(said.reply.language, "slack.forward.others"), said.question.place
        else:
            language = (await self._directory.person(who.workspace, who.user)).language or OFFICERS_LANGUAGE
            text, place = self._texts(language, "slack.forward.gone"), who.place
        await self._whispers.tell(place, who.user, plainly(text))
