"""What a small Slack knows: its workspaces and all that is in them."""

from __future__ import annotations

import collections
import itertools
import secrets
import time
from collections.abc import Collection, Iterable
from typing import Any

from tests.peers.slack.model import Channel, File, Group, Installation, Message, Person, Stream, Team, View
from tests.peers.slack.refusal import Refused

TOKEN = "xoxb-1-peer"
APP_TOKEN = "xapp-1-peer"
SECRET = "the signing secret"
CLIENT_ID = "1.1"
CLIENT_SECRET = "the client secret"
APP = "A1"
TEAM = "T1"
BOT_USER = "UBOT"
BOT = "BBOT"


class State:
    """The workspaces. `calls` lists what was asked of the API, `whispers` what only one person sees."""

    def __init__(self, scopes: Collection[str], events: Collection[str] | None = None) -> None:
        self.url = self.bot_url = ""
        self.events = None if events is None else set(events)
        """What the app is subscribed to; None: to everything that its scopes let it hear."""
        self.page = 200
        self.trigger_lifetime = 3.0
        self.stream_lifetime = 300.0
        self.token_lifetime = 43_200.0
        self.rotates = False
        self.denies = False
        """Whether people refuse to install the app."""
        self.teams = {TEAM: Team(TEAM, "Peer", "peer", BOT_USER, BOT)}
        self.people: dict[str, Person] = {}
        self.channels: dict[str, Channel] = {}
        self.groups: dict[str, Group] = {}
        self.files: dict[str, File] = {}
        self.installations = {TOKEN: Installation(TOKEN, TEAM, set(scopes), "UOLA")}
        self.codes: dict[str, dict[str, Any]] = {}
        self.away: set[str] = set()
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.whispers: list[dict[str, Any]] = []
        self.homes: dict[str, View] = {}
        self.modals: dict[str, list[View]] = collections.defaultdict(list)
        self.streams: dict[tuple[str, str], Stream] = {}
        self.statuses: dict[tuple[str, str], dict[str, Any]] = {}
        self.sessions: dict[tuple[str, str], str] = {}
        self.prompts: dict[tuple[str, str], dict[str, Any]] = {}
        self.titles: dict[tuple[str, str], str] = {}
        self.unfurls: dict[tuple[str, str], dict[str, Any]] = {}
        self.links: dict[str, tuple[str, str]] = {}
        self.details: list[dict[str, Any]] = []
        self.reactions: list[dict[str, str]] = []
        self.triggers: dict[str, dict[str, Any]] = {}
        self.replies: dict[str, dict[str, Any]] = {}
        self.numbers = itertools.count(1)
        self._settle()

    def _settle(self) -> None:
        self.add_person("UKAFE", "Kafé Kringla")
        self.add_person("UOLA", "Ola Lie")
        self.add_person(BOT_USER, "moteplassen", is_bot=True, handle="moteplassen")
        self.add_channel("C1", name="moteplassen")
        self.add_channel("D1", members=["UKAFE", BOT_USER], is_im=True)
        self.add_channel("GSAKER", name="saker", is_private=True)

    @property
    def base(self) -> str:
        """The server's own address."""
        return self.url.removesuffix("api/")

    @property
    def scopes(self) -> set[str]:
        """What the app may do in the first workspace."""
        return self.installations[TOKEN].scopes

    @scopes.setter
    def scopes(self, scopes: Collection[str]) -> None:
        self.installations[TOKEN].scopes = set(scopes)

    def add_team(self, team: str, name: str) -> Team:
        """Another workspace; the app is not installed there."""
        self.teams[team] = Team(team, name, team.lower(), f"{BOT_USER}{team}", f"{BOT}{team}")
        return self.teams[team]

    def add_person(self, person: str, name: str, **about: Any) -> Person:
        """Somebody new."""
        self.people[person] = Person(person, name, **about)
        return self.people[person]

    def add_channel(self, channel: str, *, members: Iterable[str] | None = None, **about: Any) -> Channel:
        """A new channel; everybody is in it where nothing else is said."""
        self.channels[channel] = Channel(channel, members=self.people if members is None else members, **about)
        return self.channels[channel]

    def add_group(self, group: str, handle: str, users: Iterable[str] = ()) -> Group:
        """A new user group."""
        self.groups[group] = Group(group, handle, users=list(users))
        return self.groups[group]

    def add_file(self, name: str, mimetype: str, content: bytes, user: str = "UKAFE") -> File:
        """A file that somebody has put there, to be shared in a message."""
        file = File(f"F{next(self.numbers):06}", name, mimetype, content, user, self.people[user].team_id)
        self.files[file.id] = file
        return file

    def channel(self, channel: str) -> Channel:
        """The channel of that id. Raises Refused."""
        if channel not in self.channels:
            raise Refused("channel_not_found")
        return self.channels[channel]

    def message(self, channel: str, ts: str) -> Message:
        """The message of that time. Raises Refused."""
        for message in self.channel(channel):
            if message["ts"] == ts:
                return message
        raise Refused("message_not_found")

    def dm(self, user: str, team: str = "") -> Channel:
        """The direct messages between somebody and the bot, which begin with the first."""
        team = team or self.team_of(user)
        bot = self.teams[team].bot_user
        for channel in self.channels.values():
            if channel.is_im and set(channel.members) == {user, bot}:
                return channel
        return self.add_channel(f"D{user.removeprefix('U')}", members=[user, bot], teams=[team], is_im=True)

    def team_of(self, user: str) -> str:
        """The workspace that the app hears of somebody through: their own where it is installed, or the first."""
        own = self.people[user].team_id
        return own if any(each.team_id == own and not each.state for each in self.installations.values()) else TEAM

    def bot_is_in(self, channel: Channel, team: str = TEAM) -> bool:
        """Whether the app is a member of a channel."""
        return channel.id not in self.away and self.teams[team].bot_user in channel.members

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The replies in a thread, without the message that began it."""
        return [message for message in self.channels[channel] if message.get("thread_ts") == ts]

    def called(self, method: str) -> list[dict[str, Any]]:
        """What that method was called with."""
        return [arguments for name, arguments in self.calls if name == method]

    def home(self, user: str) -> View | None:
        """What the app shows somebody on its Home tab."""
        return self.homes.get(user)

    def modal(self, user: str) -> View | None:
        """The modal that somebody sees, the topmost one."""
        return self.modals[user][-1] if self.modals[user] else None

    def view(self, view_id: str = "", external_id: str = "") -> View:
        """The view of that id. Raises Refused."""
        for view in [*self.homes.values(), *itertools.chain.from_iterable(self.modals.values())]:
            if view.id == view_id or (external_id and view.content.get("external_id") == external_id):
                return view
        raise Refused("not_found")

    def add(self, channel: Channel, message: Message) -> Message:
        """Put a message at the end of a channel."""
        message["ts"] = self.ts()
        channel.append(message)
        self.noticed(channel, message)
        return message

    def noticed(self, channel: Channel, message: Message) -> None:
        """Hears of every message that is new."""

    def altered(self, channel: Channel, message: Message | None, before: Message) -> None:
        """Hears of every message of the bot's own that it changes, or takes away where there is none any more."""

    def trigger(self, user: str, **about: Any) -> str:
        """A new trigger_id, which can be used once and not for long."""
        name = f"{next(self.numbers)}.{secrets.randbelow(10**9)}.{secrets.token_hex(8)}"
        self.triggers[name] = {"user": user, "born": time.monotonic(), "used": False, **about}
        return name

    def use_trigger(self, name: str) -> dict[str, Any]:
        """What a trigger_id stands for, which is then used up. Raises Refused."""
        found = self.triggers.get(name)
        if found is None:
            raise Refused("invalid_trigger_id")
        if found["used"]:
            raise Refused("exchanged_trigger_id")
        if time.monotonic() - found["born"] > self.trigger_lifetime:
            raise Refused("expired_trigger_id")
        found["used"] = True
        return found

    def ts(self) -> str:
        """A time that no other message has."""
        return f"{int(time.time())}.{next(self.numbers):06}"
