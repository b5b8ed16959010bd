"""What people do in channels, and the events that Slack makes of it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import Any

from tests.peers.slack import events
from tests.peers.slack.model import Channel, File, Message
from tests.peers.slack.peer import Peer
from tests.peers.slack.state import APP, BOT_USER, TEAM


class Writing(Peer):
    """Slack with people who write, come and go. Each deed returns when the bot has acknowledged what it heard of it."""

    def __init__(self, scopes: Iterable[str], events: Iterable[str] | None = None) -> None:
        super().__init__(set(scopes), None if events is None else set(events))
        self.domains: set[str] = set()
        """Of links to these the app hears."""
        self.contexts: dict[str, list[dict[str, str]]] = {}

    def write(self, channel: str, user: str, text: str, thread: str | None = None) -> Message:
        """Somebody writes in a channel; nobody is told."""
        message = {"type": "message", "user": user, "text": text}
        if thread:
            message["thread_ts"] = thread
        return self.add(self.channels[channel], message)

    async def ask(self, channel: str, user: str, text: str, thread: str | None = None) -> Message:
        """Somebody asks the bot, with a mention where others are; the one event arrives and is acknowledged."""
        message = self.write(channel, user, text if channel.startswith("D") else f"<@{BOT_USER}> {text}", thread)
        response = await self.send(self.event(channel, message))
        assert response.status_code == 200, response.text
        return message

    def event(self, channel: str, message: Mapping[str, Any]) -> dict[str, Any]:
        """The event that a question to the bot makes."""
        kinds = {"type": "message", "channel_type": "im"} if channel.startswith("D") else {"type": "app_mention"}
        return {
            "type": "event_callback",
            "team_id": TEAM,
            "api_app_id": APP,
            "event_id": f"Ev{next(self.numbers):06}",
            "event_time": int(time.time()),
            "authorizations": [{"team_id": TEAM, "user_id": BOT_USER, "is_bot": True}],
            "event": {**message, **kinds, "channel": channel, "event_ts": message["ts"]},
        }

    async def say(
        self,
        channel: str,
        user: str,
        text: str,
        thread: str | None = None,
        files: Iterable[File] = (),
        *,
        check: bool = True,
    ) -> Message:
        """Somebody writes, and the bot hears all that Slack says of it: a mention comes as two events."""
        where = self.channels[channel]
        assert user in where.members, f"{user} is not in {channel}; let them join first"
        message = self.write(channel, user, text, thread)
        if shared := [events.shared_file(self, where, file) for file in files]:
            message |= {"files": shared, "subtype": "file_share", "upload": False}
        told = [events.said(self, where, message)]
        if where.is_im and user in self.contexts:
            told[0]["app_context"] = {"entities": self.contexts[user]}
        if not where.is_im and self._is_called(where, text):
            told.append(events.mention(self, where, message))
        if found := [each for each in events.addresses(text) if each.split("/")[2] in self.domains]:
            told.append(events.links(self, where, message, found))
        await asyncio.gather(*(self.tell(event, where, check=check) for event in told))
        return message

    def _is_called(self, where: Channel, text: str) -> bool:
        here = [each.team_id for each in self.installations.values() if each.team_id in where.teams]
        bots = [self.teams[team].bot_user for team in here]
        return any(f"<@{bot}{end}" in text for bot in bots for end in ">|")

    async def bot_says(self, channel: str, text: str, bot: str = "BOTHER", thread: str | None = None) -> Message:
        """Another app writes."""
        message = self.write(channel, f"U{bot}", text, thread)
        message |= {"bot_id": bot, "app_id": "AOTHER", "bot_profile": {"id": bot, "app_id": "AOTHER", "name": bot}}
        await self.tell(events.said(self, self.channels[channel], message), self.channels[channel])
        return message

    async def edit(self, channel: str, message: Message, text: str) -> None:
        """The writer changes what a message says."""
        before = dict(message)
        message |= {"text": text, "edited": {"user": message["user"], "ts": self.ts()}}
        where = self.channels[channel]
        await self.tell(events.edited(self, where, message, before), where)

    async def delete(self, channel: str, message: Message) -> None:
        """The writer takes a message away; where there are replies under it, Slack leaves a stone in its place."""
        where, before = self.channels[channel], dict(message)
        if self.thread(channel, message["ts"]):
            message.clear()
            stone = {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "hidden": True}
            message |= stone | {"text": "This message was deleted.", "ts": before["ts"], "thread_ts": before["ts"]}
            await self.tell(events.edited(self, where, message, before), where)
        else:
            where.remove(message)
            await self.tell(events.deleted(self, where, before), where)

    async def join(self, channel: str, user: str) -> None:
        """Somebody, or the bot, comes into a channel."""
        where, person = self.channels[channel], self.people[user]
        where.members[user] = None
        if person.is_bot:
            self.away.discard(channel)
        message = self.write(channel, user, f"<@{user}> has joined the channel")
        message["subtype"] = "channel_join"
        for event in (events.membership(self, where, person, "member_joined_channel"), self._said(channel, message)):
            await self.tell(event, where)

    async def leave(self, channel: str, user: str) -> None:
        """Somebody leaves a channel."""
        where = self.channels[channel]
        where.members.pop(user)
        await self.tell(events.membership(self, where, self.people[user], "member_left_channel"), where)

    def _said(self, channel: str, message: Message) -> dict[str, Any]:
        return events.said(self, self.channels[channel], message)

    async def share(self, channel: str, team: str) -> None:
        """A channel is shared with another company."""
        where = self.channels[channel]
        where.is_ext_shared, where.teams = True, (*where.teams, team)
        about = {"connected_team_id": team, "channel": channel, "event_ts": self.ts()}
        await self.tell({"type": "channel_shared", **about}, where)

    async def unshare(self, channel: str, team: str) -> None:
        """A channel is not shared with another company any more, and its people are gone from it."""
        where = self.channels[channel]
        where.teams = tuple(each for each in where.teams if each != team)
        where.is_ext_shared = len(where.teams) > 1
        where.members = {each: None for each in where.members if self.people[each].team_id != team}
        about = {"previously_connected_team_id": team, "channel": channel, "is_ext_shared": where.is_ext_shared}
        await self.tell({"type": "channel_unshared", **about, "event_ts": self.ts()}, where)

    async def change_person(self, user: str, **about: Any) -> None:
        """Something about somebody is different now: the name, the language, whether they are there."""
        for name, value in about.items():
            assert hasattr(self.people[user], name), name
            setattr(self.people[user], name, value)
        shown = self.people[user].shown(locale=True)
        await self.tell({"type": "user_change", "user": shown, "cache_ts": int(time.time()), "event_ts": self.ts()})

    async def welcome(self, user: str, name: str, **about: Any) -> None:
        """Somebody is new in the workspace."""
        shown = self.add_person(user, name, **about).shown(locale=True)
        await self.tell({"type": "team_join", "user": shown, "cache_ts": int(time.time()), "event_ts": self.ts()})

    async def change_group(self, group: str, users: Iterable[str]) -> None:
        """Other people are in a user group now."""
        before, now = self.groups[group].users, list(users)
        self.groups[group].users = now
        came = [each for each in now if each not in before]
        await self.tell(events.group(self, group, came, [each for each in before if each not in now]))

    async def open_home(self, user: str, tab: str = "home") -> None:
        """Somebody opens the app, at its Home tab or at the messages."""
        where = self.dm(user)
        about: dict[str, Any] = {"user": user, "channel": where.id, "tab": tab, "event_ts": self.ts()}
        if tab == "home" and user in self.homes:
            about["view"] = self.homes[user].shown()
        if user in self.contexts:
            about["context"] = {"entities": self.contexts[user]}
        await self.tell({"type": "app_home_opened", **about}, where)

    async def look_at(self, user: str, *channels: str) -> None:
        """Somebody looks at other channels while the app is open beside."""
        kind = "slack#/types/channel_id"
        self.contexts[user] = [{"type": kind, "value": each, "team_id": self.team_of(user)} for each in channels]
        context = {"entities": self.contexts[user]} if channels else {}
        where = self.dm(user)
        about = {"user": user, "channel": where.id, "context": context, "event_ts": self.ts()}
        await self.tell({"type": "app_context_changed", **about}, where)

    async def open_details(self, user: str, channel: str, message: Message, url: str, ref: str) -> str:
        """Somebody opens a Work Object that a link in a message unfurled to. Returns the trigger_id."""
        trigger = self.trigger(user, entity=ref)
        where = {"channel": channel, "message_ts": message["ts"], "thread_ts": message.get("thread_ts", "")}
        link = {"url": url, "domain": url.split("/")[2]}
        about = {"user": user, "external_ref": {"id": ref}, "entity_url": url, "app_unfurl_url": url, "link": link}
        event = {"type": "entity_details_requested", **about, **where, "trigger_id": trigger, "event_ts": self.ts()}
        await self.tell(event | {"user_locale": self.people[user].locale}, self.channels[channel])
        return trigger

    async def react(self, channel: str, user: str, message: Message, name: str) -> None:
        """Somebody reacts to a message."""
        self.reactions.append({"channel": channel, "ts": message["ts"], "name": name, "user": user})
        await self.tell(events.reaction(self, user, name, channel, message), self.channels[channel])

    async def uninstall(self, team: str = TEAM) -> None:
        """Somebody throws the app out of a workspace: its tokens are no good any more, and then it hears of that."""
        self.teams[team].active = False
        for installation in self.installations.values():
            if installation.team_id == team:
                installation.state = "account_inactive"
        tokens: dict[str, list[str]] = {"oauth": [], "bot": [self.teams[team].bot_user]}
        for event in ({"type": "tokens_revoked", "tokens": tokens}, {"type": "app_uninstalled"}):
            if self.events is None or event["type"] in self.events:
                await self.deliver("events_api", events.envelope(self, {**event, "event_ts": self.ts()}, team, None))
