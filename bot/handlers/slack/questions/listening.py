"""Hears what is written in channels and direct messages, and owes a reply where the bot is asked.

Of what is not for the bot, nothing is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.database import now
from bot.desk.notices import lane_of
from bot.desk.owing import Owing
from bot.desk.rates import Limited
from bot.guard import Guard
from bot.handlers.slack.cases.casework import Casework
from bot.handlers.slack.channels import Channels, Mode
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.mrkdwn import plain
from bot.handlers.slack.questions.addressed import is_open_question, may_be_meant
from bot.handlers.slack.questions.asking import Heard, ask, bot_in, hear
from bot.handlers.slack.questions.counting import counted
from bot.handlers.slack.questions.ourselves import Ourselves
from bot.handlers.slack.questions.telling import TOLD, Told
from bot.handlers.slack.questions.threads import Threads
from bot.limits import values_of
from bot.understanding import OPENING, by_words


class Listening:
    """Listens to messages and mentions."""

    def __init__(
        self,
        casework: Casework,
        owing: Owing,
        channels: Channels,
        threads: Threads,
        ourselves: Ourselves,
    ) -> None:
        self._casework = casework
        self._owing = owing
        self._channels = channels
        self._threads = threads
        self._ourselves = ourselves
        self._guard = Guard()

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        app.event("app_mention")(self._hear)
        app.event("message")(self._hear)

    async def _hear(self, body: dict[str, Any]) -> None:
        match body["event"].get("subtype"):
            case "message_changed":
                await self._casework.changed(body)
            case "message_deleted":
                await self._casework.deleted(body)
        heard = hear(body, self._bot(body))
        if heard is None or await self._casework.heard(heard):
            return
        if heard.direct:
            await self._owe(heard)
        elif not self._channels.allows(heard.channel):
            await self._turn_away(heard, "slack.channel.elsewhere", channels=self._channels.links)
        else:
            await self._hear_in_channel(heard)

    def _bot(self, body: Mapping[str, Any]) -> str:
        """The bot's own user id, as far as it is known."""
        workspace = workspace_of(body)
        if told := bot_in(body):
            self._ourselves.learn(workspace, told)
        return told or self._ourselves.known(workspace)

    async def _hear_in_channel(self, heard: Heard) -> None:
        # What costs nothing is looked at first: most of what people write is for each other.
        if not heard.mentioned and not heard.in_thread and not is_open_question(heard.text, heard.bot):
            return
        mode = await self._channels.mode(heard.channel)
        if mode is Mode.OFF:
            await self._turn_away(heard, "slack.channel.silent")
        elif heard.mentioned:
            await self._owe(heard)
        elif heard.in_thread:
            await self._follow(heard)
        elif mode is Mode.QUESTIONS:
            await self._owe(heard, called=False)

    async def _follow(self, heard: Heard) -> None:
        askers = await self._threads.askers(heard.place)
        has_asked = heard.user in askers
        if (has_asked and heard.only_files) or (askers and may_be_meant(heard.text, heard.bot, has_asked=has_asked)):
            await self._owe(heard, called=False, certain=False)

    async def _owe(self, heard: Heard, *, called: bool = True, certain: bool = True) -> None:
        asked = ask(heard, self._guard, by_words)
        if asked.refused and not called and not heard.only_files:
            return  # nobody waits to hear that it can't be read
        payload = asked.model_copy(update={"certain": certain}).model_dump(mode="json")
        # Slack sends an event again when the acknowledgement is late, and tells of a mention by two events.
        counts = counted(heard.workspace, heard.channel, heard.user)
        limited = await self._owing.owe("reply", heard.key, lane_of(heard.place), payload, counts)
        if limited and called:
            await self._hold_off(heard, limited)

    async def _hold_off(self, heard: Heard, limited: Limited) -> None:
        """Tell whoever asks too much when to ask again; once a minute, or telling it would be too much as well."""
        key, values = values_of(limited)
        told = self._told(heard, key, **values)
        owed = f"{TOLD}:{heard.channel}:{heard.user}:{now():%Y%m%d%H%M}"
        # In a lane of its own: what is asked first is answered first, and this need not wait for that.
        await self._owing.owe(TOLD, owed, f"{TOLD}/{heard.user}", told.model_dump(mode="json"))

    async def _turn_away(self, heard: Heard, key: str, **values: str) -> None:
        """Tell whoever calls on the bot in vain so; once, though Slack tells of a mention by two events."""
        if not heard.mentioned:
            return
        told = self._told(heard, key, **values)
        owed = f"{TOLD}:{heard.channel}:{heard.ts}"
        await self._owing.owe(TOLD, owed, lane_of(told.place), told.model_dump(mode="json"))

    def _told(self, heard: Heard, key: str, **values: Any) -> Told:
        # Of a thread that nobody has answered in, Slack shows nothing beside it: what is whispered goes to the channel.
        place = heard.place if heard.in_thread else heard.place.model_copy(update={"thread": ""})
        # That of the text where its words tell it, else that of their Slack; of the text itself nothing is kept.
        language = by_words(plain(heard.text)[:OPENING])
        return Told(place=place, user=heard.user, language=language, key=key, values=values)
