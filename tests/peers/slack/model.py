"""What is in a workspace: people, channels, groups, files, installations, views and streams."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Mapping
from typing import Any

Message = dict[str, Any]


@dataclasses.dataclass
class Team:
    """A workspace, and who the app is in it."""

    id: str
    name: str
    domain: str
    bot_user: str
    bot_id: str
    active: bool = True


@dataclasses.dataclass
class Person:
    """Somebody; `name` is the real name, and a person of another `team_id` is there through Slack Connect."""

    id: str
    name: str
    team_id: str = "T1"
    display_name: str = ""
    handle: str = ""
    locale: str = "nb-NO"
    email: str = ""
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    is_bot: bool = False
    deleted: bool = False

    def __post_init__(self) -> None:
        self.handle = self.handle or f"handle.{self.id.lower()}"

    def shown(self, *, locale: bool = False) -> dict[str, Any]:
        """The person as Slack tells of them."""
        flags = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_admin", "is_bot", "deleted")
        profile = {"real_name": self.name, "display_name": self.display_name, "team": self.team_id}
        told = {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.handle,
            "real_name": self.name,
            "tz": "Europe/Oslo",
            "profile": profile | ({"email": self.email} if self.email else {}),
            "is_app_user": False,
            "updated": int(time.time()),
            **{flag: getattr(self, flag) for flag in flags},
        }
        return told | ({"locale": self.locale} if locale else {})


class Channel(list[Message]):
    """A channel: its messages, oldest first and with the replies in threads, and what is known about it.

    `teams` are the workspaces that it is in; more than one where it is shared through Slack Connect.
    """

    def __init__(
        self,
        id: str,
        name: str = "",
        *,
        members: Iterable[str] = (),
        teams: Iterable[str] = ("T1",),
        is_private: bool = False,
        is_im: bool = False,
        is_mpim: bool = False,
        is_ext_shared: bool = False,
        is_archived: bool = False,
    ) -> None:
        super().__init__()
        self.id = id
        self.name = name or id.lower()
        self.members = dict.fromkeys(members)
        self.teams = tuple(teams)
        self.is_private = is_private or is_im or is_mpim
        self.is_im = is_im
        self.is_mpim = is_mpim
        self.is_ext_shared = is_ext_shared
        self.is_archived = is_archived

    @property
    def kind(self) -> str:
        """The channel_type of its messages."""
        if self.is_im:
            return "im"
        if self.is_mpim:
            return "mpim"
        return "group" if self.is_private else "channel"

    @property
    def letter(self) -> str:
        """What ids of its kind begin with."""
        return {"im": "D", "channel": "C"}.get(self.kind, "G")

    def shown(self) -> dict[str, Any]:
        """The channel as Slack tells of it."""
        told = {
            "id": self.id,
            "created": 1_700_000_000,
            "is_archived": self.is_archived,
            "is_im": self.is_im,
            "is_mpim": self.is_mpim,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_private": self.is_private,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "context_team_id": self.teams[0],
            "shared_team_ids": list(self.teams),
        }
        if self.is_im:
            return told | {"user": next(iter(self.members), "")}
        return told | {"name": self.name, "name_normalized": self.name, "connected_team_ids": list(self.teams[1:])}


@dataclasses.dataclass
class Group:
    """A user group."""

    id: str
    handle: str
    name: str = ""
    users: list[str] = dataclasses.field(default_factory=list)
    team_id: str = "T1"
    disabled: bool = False

    def shown(self, *, users: bool = False) -> dict[str, Any]:
        """The group as Slack tells of it."""
        told = {
            "id": self.id,
            "team_id": self.team_id,
            "is_usergroup": True,
            "name": self.name or self.handle,
            "handle": self.handle,
            "date_delete": int(self.disabled),
            "user_count": len(self.users),
        }
        return told | ({"users": list(self.users)} if users else {})


@dataclasses.dataclass
class File:
    """A file that somebody put there."""

    id: str
    name: str
    mimetype: str
    content: bytes
    user: str = ""
    team_id: str = "T1"

    def shown(self, address: str) -> dict[str, Any]:
        """The file as Slack tells of it."""
        path = f"{address}files-pri/{self.team_id}-{self.id}"
        return {
            "id": self.id,
            "created": 1_700_000_000,
            "name": self.name,
            "title": self.name,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2],
            "user": self.user,
            "user_team": self.team_id,
            "size": len(self.content),
            "mode": "hosted",
            "is_external": False,
            "file_access": "visible",
            "url_private": f"{path}/{self.name}",
            "url_private_download": f"{path}/download/{self.name}",
        }


@dataclasses.dataclass
class Installation:
    """A token of the app in a workspace; `expires` is a time, where tokens rotate."""

    token: str
    team_id: str
    scopes: set[str]
    installer: str = ""
    expires: float | None = None
    refresh: str = ""
    state: str = ""
    """The error that the token is refused with, once it is not good any more."""


@dataclasses.dataclass
class View:
    """A modal that somebody has open, or their Home tab. `errors` are what the bot found wrong at the last submit."""

    id: str
    user: str
    team_id: str
    content: dict[str, Any]
    hash: str
    root: str = ""
    previous: str | None = None
    bot_id: str = ""
    values: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    errors: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """What is on it."""
        return list(self.content["blocks"])

    def shown(self) -> dict[str, Any]:
        """The view as Slack sends it."""
        told = {"private_metadata": "", "callback_id": "", "external_id": "", "title": None, "submit": None} | {
            "close": None,
            "clear_on_close": False,
            "notify_on_close": False,
        }
        return told | {
            **self.content,
            "id": self.id,
            "team_id": self.team_id,
            "state": {"values": self.values},
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous,
            "app_id": "A1",
            "app_installed_team_id": self.team_id,
            "bot_id": self.bot_id,
        }


@dataclasses.dataclass
class Stream:
    """A message that is being written before the readers' eyes."""

    message: Message
    recipient: str
    begun: float
    open: bool = True
    plan: str = ""
    tasks: dict[str, dict[str, Any]] = dataclasses.field(default_factory=dict)
    blocks: list[dict[str, Any]] = dataclasses.field(default_factory=list)
