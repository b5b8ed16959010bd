"""What one person is told and nobody else sees: by the request's own address, in the channel, or in direct messages."""

from __future__ import annotations

import datetime as dt
import json
import logging

import aiohttp
from pydantic import AwareDatetime, BaseModel, ConfigDict
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.database import now
from bot.desk.outbox import Undeliverable
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.questions.addresses import Addresses
from bot.handlers.slack.workspace import Workspace, reason
from bot.people import Place

_TIMEOUT = 15
_VALID = dt.timedelta(minutes=29)
"""How long the address that comes with a request is good; Slack says half an hour."""
_PATIENCE = dt.timedelta(minutes=1)
"""How long that address is tried again where it does not answer; then the other ways are taken."""
_CLOSED = frozenset(
    """cannot_dm_bot channel_not_found is_archived missing_scope not_allowed_token_type not_in_channel thread_not_found
    unknown_method user_disabled user_not_found user_not_in_channel user_not_visible users_not_found""".split()
)
"""Where Slack answers so, there is no such way to the person."""


class Ear(BaseModel):
    """Somebody to be told something where they are. `response_url` is the address that Slack gave for that: whoever
    has it can write there, so it is for no log."""

    model_config = ConfigDict(frozen=True)

    workspace: str
    channel: str
    user: str
    thread: str = ""
    response_url: str = ""
    since: AwareDatetime

    @property
    def place(self) -> Place:
        """Where they are, for all to read. Guests and people of other companies may until Slack says otherwise."""
        return Place(platform=PLATFORM, workspace=self.workspace, channel=self.channel, thread=self.thread)


class Aside:
    """Tells people things aside."""

    def __init__(self, workspace: Workspace, clients: Clients, addresses: Addresses) -> None:
        self._workspace = workspace
        self._clients = clients
        self._addresses = addresses

    async def tell(self, key: str, ear: Ear, message: Message, *, replace: bool = False, changed: bool = False) -> None:
        """Say it to that person, by the first way that is open; in place of what they see there, where `replace`.

        Where it has `changed` since it was first said, direct messages that it may be in already are changed as well.
        Raises Undeliverable where no way is.
        """
        key = f"{key}#aside"
        if changed and (post := await self._workspace.posted(key)):
            await self._workspace.change(post, message)
        if await self._respond(ear, message, replace=replace) or await self._whisper(ear, message):
            return
        await self._workspace.post(key, await self.room(ear.workspace, ear.user), message)

    async def room(self, workspace: str, user: str) -> Place:
        """The direct messages with somebody."""
        client = await self._clients.of(workspace)
        try:
            channel = str((await client.conversations_open(users=user))["channel"]["id"])
        except SlackApiError as error:
            if reason(error) not in _CLOSED:
                raise
            channel = user  # Slack takes a person for the direct messages with them, where something is posted
        return Place(platform=PLATFORM, workspace=workspace, channel=channel, thread="", private=True)

    async def thread(self, ear: Ear) -> Place:
        """The thread where they are; where the bot can't read along there, their direct messages with it."""
        client = await self._clients.of(ear.workspace)
        try:
            await client.conversations_replies(channel=ear.channel, ts=ear.thread, limit=1)
        except SlackApiError as error:
            if reason(error) not in _CLOSED:
                raise
            return await self.room(ear.workspace, ear.user)
        return ear.place

    async def _respond(self, ear: Ear, message: Message, *, replace: bool) -> bool:
        age = now() - ear.since
        if not self._addresses.trusted(ear.response_url) or age > _VALID:
            return False
        # The SDK's log lines hold the address.
        silent = logging.Logger("slack_webhook", logging.CRITICAL)
        webhook = AsyncWebhookClient(ear.response_url, timeout=_TIMEOUT, logger=silent, retry_handlers=[])
        try:
            answer = await webhook.send(
                text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=replace
            )
            trouble = f"status {answer.status_code}" if answer.status_code == 429 or answer.status_code >= 500 else ""
        except (aiohttp.ClientError, TimeoutError) as error:
            trouble = type(error).__name__  # and no more of it: the address may be in its words
        if trouble and age < _PATIENCE:
            raise ConnectionError(f"{trouble} at the response_url")
        return not trouble and answer.status_code == 200 and not _says_no(answer.body)

    async def _whisper(self, ear: Ear, message: Message) -> bool:
        try:
            await self._workspace.whisper(ear.place, ear.user, message)
        except Undeliverable:
            return False
        except SlackApiError as error:
            if reason(error) not in _CLOSED:
                raise
            return False
        return True


def _says_no(body: str) -> bool:
    try:
        told = json.loads(body)
    except ValueError:
        return False  # "ok", as text
    return isinstance(told, dict) and told.get("ok") is False
