"""The message shortcuts: ask the bot about what somebody wrote, or send it to the case officers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict
from slack_bolt.async_app import AsyncApp
from slack_sdk.models.views import View

from bot.behind import Behind
from bot.database import now
from bot.desk.owing import Owing
from bot.desk.rates import Limited
from bot.error_ids import new_error_id
from bot.guard import Guard, mask
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import marked
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.channels import Channels
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.mrkdwn import plain
from bot.handlers.slack.questions import commanded, modals
from bot.handlers.slack.questions.aside import Aside, Ear
from bot.handlers.slack.questions.asking import Asked, ask
from bot.handlers.slack.questions.counting import counted
from bot.handlers.slack.questions.languages import Languages
from bot.handlers.slack.questions.modals import About, Filled
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.limits import worded
from bot.texts import Texts

log = structlog.get_logger(__name__)

KIND = "shortcut"
"""The kind of the deliveries that owe a case to what somebody sends to the officers."""

_PATIENCE = 0.5
"""Seconds that a modal waits for its language: Slack takes it for three after the press."""

Modal = Callable[[str, About, Texts], View]


class Sent(BaseModel):
    """A text that somebody sends to the officers, and where from; `handle` is what Slack calls them there."""

    model_config = ConfigDict(frozen=True)

    asked: Asked
    ear: Ear
    handle: str
    language: str


class Shortcuts:
    """Listens to the shortcuts and to the modals that they open."""

    def __init__(
        self,
        owing: Owing,
        clients: Clients,
        aside: Aside,
        channels: Channels,
        behind: Behind,
        texts: Texts,
        languages: Languages,
    ) -> None:
        self._owing = owing
        self._clients = clients
        self._aside = aside
        self._channels = channels
        self._behind = behind
        self._texts = texts
        self._languages = languages
        self._guard = Guard()

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over who uses them."""
        app.message_shortcut(modals.ASK)(self._ask)
        app.message_shortcut(modals.FORWARD)(self._forward)
        app.view(modals.ASK)(self._asked)
        app.view(modals.FORWARD)(self._forwarded)

    async def _ask(self, body: dict[str, Any], ack: Ack) -> None:
        await ack()
        allowed = self._channels.allows(body["channel"]["id"])
        self._behind.start(self._open(body, modals.asking) if allowed else self._turn_away(body))

    async def _forward(self, body: dict[str, Any], ack: Ack) -> None:
        await ack()
        self._behind.start(self._open(body, modals.forwarding))

    async def _open(self, body: Mapping[str, Any], modal: Modal) -> None:
        message = body["message"]
        text = mask(plain(message.get("text") or ""))
        # The modal must be there in three seconds: what is behind it is looked up when it comes back.
        workspace, channel = workspace_of(body), body["channel"]["id"]
        about = About(
            workspace=workspace,
            channel=channel,
            thread=message.get("thread_ts") or message["ts"],
            language=await self._languages.of(workspace, body["user"]["id"], text, _PATIENCE),
            files=tuple(_named(file) for file in message.get("files") or ()),
            silent=await self._channels.is_silent(channel),
        )
        client = await self._clients.of(about.workspace)
        try:
            await client.views_open(trigger_id=body["trigger_id"], view=modal(text, about, self._texts))
        except UNREACHABLE as error:
            error_id = new_error_id()
            log.warning("slack.modal_unopened", error=reason(error), error_id=error_id)
            told = plainly(self._texts(about.language, "slack.shortcut.unopened", error=error_id))
            await self._aside.tell(f"{KIND}:{PLATFORM}:{error_id}", commanded.ear_of(body), told)

    async def _turn_away(self, body: Mapping[str, Any]) -> None:
        ear = commanded.ear_of(body)
        language = await self._languages.of(ear.workspace, ear.user, "", _PATIENCE)
        told = marked(self._texts(language, "slack.channel.elsewhere", channels=self._channels.links))
        await self._aside.tell(f"{KIND}:{PLATFORM}:{body['trigger_id']}", ear, told)

    async def _asked(self, body: dict[str, Any], ack: Ack) -> None:
        filled = modals.filled(body["view"])
        ear = _ear(body, filled.about)
        heard = commanded.heard_from(ear, _typed(filled.text), team=_team(body), files=filled.about.files)
        asked = ask(heard, self._guard, lambda _: "")
        if asked.refused:
            return await self._refuse(asked, filled, ack)
        # The channel may have been set to something else while the modal was open.
        silent = filled.open and await self._channels.is_silent(ear.channel)
        owed = commanded.Commanded(asked=asked, ear=ear, open=filled.open and not silent)
        key = f"{commanded.KIND}:{PLATFORM}:{body['view']['id']}"
        payload, counts = owed.model_dump(mode="json"), counted(ear.workspace, ear.channel, ear.user)
        limited = await self._owing.owe(commanded.KIND, key, f"{commanded.KIND}/{ear.user}", payload, counts)
        await self._close(limited, filled, ack)

    async def _forwarded(self, body: dict[str, Any], ack: Ack) -> None:
        filled = modals.filled(body["view"])
        ear, language = _ear(body, filled.about), filled.about.language
        text = filled.text
        if filled.concerns:
            text = f"{self._texts(language, 'desk.case.consent.concerning', name=filled.concerns)}\n\n{text}"
        asked = ask(commanded.heard_from(ear, _typed(text), team=_team(body)), self._guard, lambda _: "")
        if asked.refused or not filled.text.strip():
            return await self._refuse(asked, filled, ack)
        handle = body["user"].get("name") or body["user"].get("username") or ear.user
        sent = Sent(asked=asked, ear=ear, handle=handle, language=language)
        key = f"{KIND}:{PLATFORM}:{body['view']['id']}"
        payload, counts = sent.model_dump(mode="json"), counted(ear.workspace, ear.channel, ear.user)
        limited = await self._owing.owe(KIND, key, f"{KIND}/{ear.user}", payload, counts)
        await self._close(limited, filled, ack)

    async def _close(self, limited: Limited | None, filled: Filled, ack: Ack) -> None:
        if limited is None:
            await ack()
            return
        told = worded(limited, filled.about.language, self._texts)
        await ack(response_action="errors", errors={modals.TEXT: told})

    async def _refuse(self, asked: Asked, filled: Filled, ack: Ack) -> None:
        key, values = ("reply.refused.empty", {}) if not asked.refused else (asked.refused.key, asked.refused.values)
        told = self._texts(filled.about.language, key, **values)
        await ack(response_action="errors", errors={modals.TEXT: told})


def _ear(body: Mapping[str, Any], about: About) -> Ear:
    return Ear(
        workspace=about.workspace, channel=about.channel, user=body["user"]["id"], thread=about.thread, since=now()
    )


def _team(body: Mapping[str, Any]) -> str:
    return str(body["user"].get("team_id") or "")


def _typed(text: str) -> str:
    """What somebody typed into a modal, as Slack marks messages up: there nothing of it is a link or a mention."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _named(file: Mapping[str, Any]) -> Mapping[str, Any]:
    """What there is room for in a modal; the rest is asked for when the file is read."""
    return {"id": file.get("id", ""), "name": str(file.get("name") or "")[:80], "file_access": "check_file_info"}
