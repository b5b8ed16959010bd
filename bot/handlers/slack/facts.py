"""What Slack says of people, channels and user groups, asked by its Web API. What follows from it is told elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict
from slack_sdk.web.async_client import AsyncWebClient

from bot.handlers.slack.clients import Clients
from bot.texts import language_of

_SLACKBOT = "USLACKBOT"
_PAGE = 200


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True)


class PersonFacts(_Facts):
    """Somebody: of which workspace, and whether they are more there than a guest. `language` is their Slack's."""

    team: str
    full: bool
    bot: bool = False
    gone: bool = False
    language: str = ""


class ChannelFacts(_Facts):
    """A channel: the workspaces that it is in, and who is in it; None where they are too many to be asked for.

    `direct` is whose direct messages with the bot it is, `shared` that Slack calls it shared, or about to be.
    """

    teams: tuple[str, ...]
    shared: bool
    direct: str = ""
    members: tuple[str, ...] | None = ()


class GroupFacts(_Facts):
    """Who is in a user group."""

    members: tuple[str, ...]


class _Told(BaseModel):
    """What Slack leaves out is not so. Of what it says wrongly, a ValueError is raised."""


class _User(_Told):
    id: str
    team_id: str
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    deleted: bool = False
    locale: str | None = None


class _Channel(_Told):
    context_team_id: str | None = None
    is_im: bool = False
    is_shared: bool = False
    is_ext_shared: bool = False
    is_org_shared: bool = False
    is_pending_ext_shared: bool = False
    pending_shared: list[str] | None = None
    pending_connected_team_ids: list[str] | None = None
    shared_team_ids: list[str] | None = None
    connected_team_ids: list[str] | None = None
    internal_team_ids: list[str] | None = None
    user: str | None = None


class Asking:
    """Asks Slack. Raises what the client raises, Undeliverable, and ValueError where the answer can't be read.

    `largest` is how many may be in a channel for its members to be asked for.
    """

    def __init__(self, clients: Clients, largest: int) -> None:
        self._clients = clients
        self._largest = largest

    async def person(self, workspace: str, user: str) -> PersonFacts:
        """Who that is, in the eyes of a workspace."""
        client = await self._clients.of(workspace)
        told = _User.model_validate((await client.users_info(user=user, include_locale=True))["user"])
        guest = told.is_restricted or told.is_ultra_restricted or told.is_stranger
        bot = told.is_bot or told.is_workflow_bot or told.id == _SLACKBOT
        return PersonFacts(
            team=told.team_id,
            full=not (guest or bot or told.deleted),
            bot=bot,
            gone=told.deleted,
            language=language_of(told.locale or ""),
        )

    async def channel(self, workspace: str, channel: str) -> ChannelFacts:
        """What that channel is and who is in it."""
        client = await self._clients.of(workspace)
        told = _Channel.model_validate((await client.conversations_info(channel=channel))["channel"])
        named = (told.shared_team_ids, told.connected_team_ids, told.internal_team_ids, told.pending_connected_team_ids)
        teams = {told.context_team_id or workspace, *(team for each in named for team in each or ())}
        flags = (told.is_shared, told.is_ext_shared, told.is_org_shared, told.is_pending_ext_shared)
        shared = any(flags) or bool(told.pending_shared)
        direct = (told.user or "") if told.is_im else ""
        members = () if shared or direct else await self._members(client, channel)
        return ChannelFacts(teams=tuple(sorted(teams)), shared=shared, direct=direct, members=members)

    async def group(self, workspace: str, group: str) -> GroupFacts:
        """Who is in that user group."""
        client = await self._clients.of(workspace)
        told = await client.usergroups_users_list(usergroup=group)
        return GroupFacts(members=_texts(told, "users"))

    async def _members(self, client: AsyncWebClient, channel: str) -> tuple[str, ...] | None:
        members: list[str] = []
        async for page in await client.conversations_members(channel=channel, limit=_PAGE):
            members += _texts(page, "members")
            if len(members) > self._largest:
                return None
        return tuple(members)


def _texts(answer: Mapping[str, Any] | Any, name: str) -> tuple[str, ...]:
    found = answer[name]
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ValueError(f"no {name}")
    return tuple(found)
