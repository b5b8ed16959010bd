"""From a press to a modal: who pressed is looked up, and the modal opened, before Slack's three seconds are over."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict
from slack_sdk.models.views import View

from bot.desk.case import Case, Move
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound
from bot.desk.trying import refusal
from bot.error_ids import new_error_id
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.modals import Meant
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.questions.aside import Ear
from bot.handlers.slack.workspace import UNREACHABLE, reason
from bot.people import Place
from bot.texts import Texts

log = structlog.get_logger(__name__)

_PATIENCE = 1.0
"""Seconds to find out who reads along where the asker is; Slack waits three for a modal."""


class Pressed(BaseModel):
    """Who pressed something, and where they are told what comes of it."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    channel: str
    thread: str = ""
    user: str
    handle: str = ""

    @property
    def place(self) -> Place:
        """The place that they see."""
        return Place(platform=PLATFORM, workspace=self.workspace, channel=self.channel, thread=self.thread)


def pressed(body: Mapping[str, Any], thread: str = "") -> Pressed:
    """Who pressed it, by the interaction that Slack tells of."""
    user = body["user"]
    return Pressed(
        workspace=workspace_of(body),
        channel=(body.get("channel") or {}).get("id") or "",
        thread=thread,
        user=user["id"],
        handle=user.get("name") or user.get("username") or "",
    )


class Opening:
    """Opens modals about cases for officers, and tells them and everybody else where that can't be."""

    def __init__(
        self,
        clients: Clients,
        whispers: Whispers,
        officers: Officers,
        directory: Directory,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._clients = clients
        self._directory = directory
        self._whispers = whispers
        self._officers = officers
        self._desk = desk
        self._texts = texts

    async def open(
        self,
        who: Pressed,
        trigger: str,
        case_id: str,
        moves: Iterable[Move],
        make: Callable[[Case, Meant], Awaitable[View | str]],
        note: str = "",
        beside: Ear | None = None,
    ) -> None:
        """Open the modal where the case allows one of these moves to that person, or else say why it doesn't; also
        where what is made is that. `note` and `beside` are as in a Meant."""
        colleague = await self._officers.colleague(who.workspace, who.user, who.handle)
        if colleague.officer is None:
            return await self.tell(who, self._texts(colleague.language, "desk.casework.officers_only"))
        language = colleague.language
        try:
            case = await self._desk.get(case_id)
        except CaseNotFound:
            return await self.tell(who, self._texts(language, "desk.case.card.gone"))
        about = {"language": language, "workspace": who.workspace, "note": note, "beside": beside}
        meant = Meant(case=case.id, officer=colleague.officer, **about)
        if refused := refusal(case, meant.officer, moves):
            return await self.tell(who, self._texts(language, refused.key, **refused.values))
        seen = case.model_copy(update={"place": await self._as_it_stands(case)})
        made = await make(seen, meant)
        if isinstance(made, str):
            return await self.tell(who, made)
        await self._show(who, trigger, made, language)

    async def _as_it_stands(self, case: Case) -> Place:
        """The asker's place with who reads along there now, which may be others than when the case was opened."""
        if case.place.platform != PLATFORM:
            return case.place
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._directory.place(case.place, case.asker.id)
        except TimeoutError:
            return case.place.model_copy(update={"outsiders": True})

    async def tell(self, who: Pressed, text: str) -> None:
        """Say it to whoever pressed, and to nobody else."""
        await self._whispers.tell(who.place, who.user, plainly(text))

    async def _show(self, who: Pressed, trigger: str, view: View, language: str) -> None:
        try:
            client = await self._clients.of(who.workspace)
            await client.views_open(trigger_id=trigger, view=view)
        except UNREACHABLE as error:
            error_id = new_error_id()
            log.warning("slack.modal_not_opened", error_id=error_id, error=reason(error))
            await self.tell(who, self._texts(language, "slack.casework.trouble", id=error_id))
