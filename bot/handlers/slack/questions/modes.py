"""/moteplassen: what the bot can do, what it answers in this channel, and, for the municipality's own people, to change
that."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.desk.outbox import Delivery
from bot.desk.owing import Owing
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.acknowledging import Ack
from bot.handlers.slack.blocks import Message, marked
from bot.handlers.slack.channels import Change, Channels, Mode, link
from bot.handlers.slack.directory import Directory, Person
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.questions import choosing
from bot.handlers.slack.questions.telling import TOLD, Told
from bot.handlers.slack.workspace import Workspace
from bot.people import Place, Role
from bot.texts import Texts

_PATIENCE = 2.0
"""Seconds to find out who somebody is: Slack gives up on a command after three."""


class Modes:
    """Listens to `/moteplassen` and to the choice that it offers."""

    def __init__(self, owing: Owing, channels: Channels, directory: Directory, texts: Texts) -> None:
        self._owing = owing
        self._channels = channels
        self._directory = directory
        self._texts = texts

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over the command and the choice."""
        app.command("/moteplassen")(self._command)
        app.action(choosing.CHOOSE)(self._choose)

    async def _command(self, body: dict[str, Any], ack: Ack) -> None:
        # In the acknowledgement itself: it can't get lost, and nothing has to be sent to Slack.
        message = await self._answer(body)
        await ack(text=message.text, blocks=message.blocks, response_type="ephemeral")

    async def _answer(self, body: Mapping[str, Any]) -> Message:
        word = choosing.read(body.get("text") or "")
        channel, workspace = body["channel_id"], workspace_of(body)
        if channel.startswith("D"):
            person = await self._person(workspace, body["user_id"])
            return marked(self._texts(_language(word, person), "slack.channel.direct"))
        person = await self._person(workspace, body["user_id"])
        language = _language(word, person)
        if not self._channels.allows(channel):
            allowed = self._channels.links
            return marked(self._texts(language, "slack.channel.elsewhere", channels=allowed))
        if word.mode is None:
            mode = await self._channels.mode(channel)
            unknown = bool(word.given) and not word.helps
            return choosing.offered(mode, language, self._texts, may_change=_may_change(person), unknown=unknown)
        if refusal := _refusal(person):
            return marked(self._texts(language, refusal))
        change = Change(workspace=workspace, channel=channel, mode=word.mode, user=body["user_id"], language=language)
        changed = await self._channels.change(change)
        key = "slack.channel.set" if changed else "slack.channel.same"
        return marked(self._texts(language, key, mode=self._texts(language, f"slack.channel.mode.{word.mode}")))

    async def _choose(self, body: dict[str, Any], ack: Ack) -> None:
        place = Place(
            platform=PLATFORM,
            workspace=workspace_of(body),
            channel=(body.get("container") or {}).get("channel_id") or body["channel"]["id"],
            thread="",
        )
        action = body["actions"][0]
        mode, _, language = str((action.get("selected_option") or {}).get("value")).partition(":")
        user = body["user"]["id"]
        if mode in set(Mode):
            person = await self._person(place.workspace, user)
            if refusal := _refusal(person):
                told = Told(place=place, user=user, language=language, key=refusal)
                key = f"{TOLD}:{place.channel}:{user}:{action.get('action_ts')}"
                await self._owing.owe(TOLD, key, f"channel/{place.channel}", told.model_dump(mode="json"))
            else:
                change = Change(
                    workspace=place.workspace, channel=place.channel, mode=Mode(mode), user=user, language=language
                )
                await self._channels.change(change)
        await ack()

    async def _person(self, workspace: str, user: str) -> Person | None:
        """Who it is; None where that takes too long to find out."""
        try:
            async with asyncio.timeout(_PATIENCE):
                return await self._directory.person(workspace, user)
        except TimeoutError:
            return None


class Announcing:
    """Carries to a channel what it has been set to."""

    def __init__(self, workspace: Workspace, texts: Texts) -> None:
        self._workspace = workspace
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Tell everybody in the channel what is answered there from now on, and who wants it so."""
        change = Change.model_validate(delivery.payload)
        text = self._texts(change.language, f"slack.channel.changed.{change.mode}", who=f"<@{change.user}>")
        await self._workspace.post(delivery.key, change.place, marked(text))

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever set it that the bot can't speak in the channel."""
        change = Change.model_validate(delivery.payload)
        text = self._texts(change.language, "slack.channel.absent", channels=link(change.channel))
        # Slack takes a person for the direct messages with them.
        alone = change.place.model_copy(update={"channel": change.user, "private": True})
        await self._workspace.post(f"{delivery.key}#given_up", alone, marked(text))


def _may_change(person: Person | None) -> bool:
    return person is not None and person.role in {Role.STAFF, Role.OFFICER}


def _refusal(person: Person | None) -> str:
    if person is None:
        return "slack.channel.unknown"
    return "" if _may_change(person) else "slack.channel.staff"


def _language(word: choosing.Word, person: Person | None) -> str:
    return word.language or (person.language if person else "") or "nb"
