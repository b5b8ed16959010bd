"""/spor and /strategi: what only the person who types them sees."""

from __future__ import annotations

import secrets
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.desk.owing import Owing
from bot.guard import Guard
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import Message, marked
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.channels import Channels
from bot.handlers.slack.mrkdwn import plain
from bot.handlers.slack.questions import rendering
from bot.handlers.slack.questions.asking import ask
from bot.handlers.slack.questions.commanded import KIND, Commanded, ear_of, heard_from, is_shareable
from bot.handlers.slack.questions.counting import counted
from bot.handlers.slack.questions.languages import Languages
from bot.library import Strategies
from bot.limits import worded
from bot.lookup import look_up
from bot.texts import Texts

_HELP = frozenset({"", "help", "hjelp", "hjelp!", "?"})


class Commands:
    """Listens to slash commands. `address` is where people open the web meeting place."""

    def __init__(
        self,
        owing: Owing,
        channels: Channels,
        strategies: Strategies,
        texts: Texts,
        languages: Languages,
        address: str,
    ) -> None:
        self._owing = owing
        self._channels = channels
        self._strategies = strategies
        self._texts = texts
        self._languages = languages
        self._address = address
        self._guard = Guard()

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over the commands."""
        app.command("/spor")(self._ask)
        app.command("/strategi")(self._look_up)

    async def _ask(self, body: dict[str, Any], ack: Ack) -> None:
        text, ear = body.get("text") or "", ear_of(body)
        if text.strip().casefold() in _HELP:
            language = await self._languages.of(ear.workspace, ear.user)
            return await _answer(ack, plainly(self._texts(language, "slack.command.help")))
        language = await self._languages.of(ear.workspace, ear.user, plain(text))
        if not self._channels.allows(ear.channel):
            told = self._texts(language, "slack.channel.elsewhere", channels=self._channels.links)
            return await _answer(ack, marked(told))
        asked = ask(heard_from(ear, text), self._guard, lambda _: "")
        if refused := asked.refused:
            return await _answer(ack, plainly(self._texts(language, refused.key, **refused.values)))
        payload = Commanded(asked=asked, ear=ear).model_dump(mode="json")
        key = f"{KIND}:{PLATFORM}:{body.get('trigger_id') or secrets.token_hex(8)}"
        counts = counted(ear.workspace, ear.channel, ear.user)
        if limited := await self._owing.owe(KIND, key, f"{KIND}/{ear.user}", payload, counts):
            return await _answer(ack, plainly(worded(limited, language, self._texts)))
        await _answer(ack, plainly(self._texts(language, "slack.command.looking")))

    async def _look_up(self, body: dict[str, Any], ack: Ack) -> None:
        text = plain(body.get("text") or "")
        found = look_up(await self._strategies.all(), text)
        ear = ear_of(body)
        language = await self._languages.of(ear.workspace, ear.user, text)
        shareable = is_shareable(ear.channel)
        await _answer(ack, rendering.looked_up(found, self._address, language, self._texts, shareable=shareable))


async def _answer(ack: Ack, message: Message) -> None:
    await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")
