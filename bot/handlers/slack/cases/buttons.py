"""The button under a reply that sends its question to the case officers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp

from bot.desk.notices import lane_of
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.owing import Owing
from bot.handlers.slack.replies.rendering import FORWARD
from bot.handlers.slack.store import Replies, Said
from bot.handlers.slack.workspace import Workspace
from bot.texts import Texts


class Forwarding:
    """Opens a case when the asker presses the button."""

    def __init__(self, owing: Owing, replies: Replies, workspace: Workspace, texts: Texts) -> None:
        self._owing = owing
        self._replies = replies
        self._workspace = workspace
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who presses the button."""
        app.action(FORWARD)(self._press)

    async def _press(self, body: dict[str, Any], ack: Callable[[], Awaitable[BoltResponse]]) -> None:
        said = await self._replies.get(body["actions"][0]["value"])
        if said:
            await self._forward(said, body["user"])
        await ack()

    async def _forward(self, said: Said, presser: Mapping[str, str]) -> None:
        place = said.question.place
        if presser["id"] != said.question.asker.id:
            text = self._texts(said.reply.language, "slack.forward.others")
            return await self._workspace.whisper(place, presser["id"], plainly(text))
        payload = {"reply": said.reply.id, "name": presser.get("name") or presser["id"]}
        await self._owing.owe("forward", f"forward:{PLATFORM}:{said.reply.id}", lane_of(place), payload)
