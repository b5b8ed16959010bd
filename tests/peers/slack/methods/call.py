"""One call of a method: who calls, with which arguments, and what they may."""

from __future__ import annotations

import dataclasses
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.peers.slack.model import Channel, Installation, Message, Person, Team
from tests.peers.slack.refusal import Refused, refused_with
from tests.peers.slack.scopes import HISTORY, INSTEAD, MANY, READ, SCOPES
from tests.peers.slack.state import State

_STRUCTURED = {"blocks", "attachments", "metadata", "chunks", "view", "unfurls", "prompts", "error", "source"}
_BY_CHANNEL = {"conversations.history", "conversations.replies", "conversations.info", "conversations.members"}


@dataclasses.dataclass
class Call:
    """A call, after its token was found good."""

    slack: State
    method: str
    arguments: Mapping[str, Any]
    installation: Installation

    def __post_init__(self) -> None:
        self.arguments = {name: _read(name, value) for name, value in self.arguments.items()}

    @property
    def team(self) -> Team:
        """The workspace that the token is for."""
        return self.slack.teams[self.installation.team_id]

    def get(self, name: str, default: Any = None) -> Any:
        """An argument as it came."""
        found = self.arguments.get(name)
        return default if found is None else found

    def text(self, name: str) -> str:
        """An argument as a text; empty where it is missing."""
        return str(self.get(name, ""))

    def flag(self, name: str, *, default: bool = False) -> bool:
        """An argument as yes or no."""
        return self.get(name, default) in {True, "1", "true", "True"}

    def need(self, *names: str) -> None:
        """Refuse a call that lacks one of these."""
        if missing := [name for name in names if self.get(name, "") == ""]:
            raise refused_with("invalid_arguments", [f"missing required field: {name}" for name in missing])

    def grant(self, *scopes: str) -> None:
        """Refuse a call by an app that has none of these scopes."""
        if not set(scopes) & self.installation.scopes:
            raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.installation.scopes)))

    def channel(self, name: str = "channel", *, inside: bool = True) -> Channel:
        """The channel that an argument names. Refuses where it is hidden, or where the app must be `inside` and isn't.

        A channel can be called by its name, too.
        """
        wanted = self.text(name)
        named = {each.name: each.id for each in self.slack.channels.values() if not each.is_im}
        found = self.slack.channel(named.get(wanted.removeprefix("#"), wanted))
        if self.method in _BY_CHANNEL:
            self.grant(_by_kind(self.method, found))
        hidden = found.is_private and found.id not in self.slack.away
        there = self.slack.bot_is_in(found, self.team.id)
        if self.team.id not in found.teams or (hidden and not there):
            raise Refused("channel_not_found")
        if inside and not there:
            raise Refused("not_in_channel")
        return found

    def open_channel(self, name: str = "channel") -> Channel:
        """The channel that an argument names, into which the app may write."""
        found = self.channel(name, inside="chat:write.public" not in self.installation.scopes)
        if found.is_archived:
            raise Refused("is_archived")
        return found

    def own_message(self, channel: Channel, refusal: str, name: str = "ts") -> Message:
        """The app's own message that an argument names."""
        found = self.slack.message(channel.id, self.text(name))
        if found.get("bot_id") != self.team.bot_id:
            raise Refused(refusal)
        return found

    def parent(self, channel: Channel, refusal: str = "thread_not_found") -> str | None:
        """The message under which a reply goes, if the call says one."""
        ts = self.text("thread_ts")
        if ts and ts not in {message["ts"] for message in channel if message.get("thread_ts", ts) == ts}:
            raise Refused(refusal)
        return ts or None

    def person(self, name: str = "user") -> Person:
        """The person whom an argument names."""
        found = self.slack.people.get(self.text(name))
        if found is None:
            raise Refused("user_not_found")
        return found

    def pages(self, found: list[Any], limit: int = 100) -> tuple[list[Any], dict[str, Any]]:
        """The part of a list that was asked for, and where the next begins."""
        try:
            start, wanted = int(self.text("cursor") or 0), int(self.get("limit", limit))
        except ValueError as error:
            raise Refused("invalid_cursor") from error
        if not 1 <= wanted <= 1_000:
            raise Refused("invalid_limit")
        end = start + min(wanted, self.slack.page)
        cursor = str(end) if end < len(found) else ""
        return found[start:end], {"response_metadata": {"next_cursor": cursor}}


Method = Callable[[Call], dict[str, Any]]
METHODS: dict[str, Method] = {}


def method(name: str, *needs: str) -> Callable[[Method], Method]:
    """Makes a function answer that method, to calls that have what it needs."""

    def known(answer: Method) -> Method:
        def checked(call: Call) -> dict[str, Any]:
            asked = SCOPES[name]
            if asked and name not in _BY_CHANNEL:
                call.grant(*asked, *([INSTEAD[name]] if name in INSTEAD else []))
            call.need(*needs)
            return answer(call)

        METHODS[name] = checked
        return answer

    return known


def good(installation: Installation | None) -> Installation:
    """The installation, unless its token is not good, or not any more."""
    if installation is None:
        raise Refused("invalid_auth")
    if installation.state:
        raise Refused(installation.state)
    if installation.expires is not None and installation.expires < time.time():
        raise Refused("token_expired")
    return installation


def _by_kind(name: str, channel: Channel) -> str:
    kind = "history" if name in {"conversations.history", "conversations.replies"} else "read"
    if channel.is_mpim:
        return MANY[kind]
    return (HISTORY if kind == "history" else READ)[channel.letter]


def _read(name: str, value: Any) -> Any:
    if name not in _STRUCTURED or not isinstance(value, str) or not value.startswith(("[", "{")):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise refused_with("invalid_arguments", [f"failed to parse: {name}"]) from error
