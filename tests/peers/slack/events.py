"""Events as Slack words them. Nothing is sent here."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from tests.peers.slack.model import Channel, File, Message, Person
from tests.peers.slack.state import APP, State

_NAMES = {"channel": "message.channels", "group": "message.groups", "im": "message.im", "mpim": "message.mpim"}
_ADDRESS = re.compile(r"<(https?://[^>|]+)(?:\|[^>]*)?>|(https?://[^\s>]+)")


def subscription(event: Mapping[str, Any]) -> str:
    """The name that an app subscribes to an event with."""
    kind = str(event["type"])
    return _NAMES[event["channel_type"]] if kind == "message" else kind


def envelope(slack: State, event: Mapping[str, Any], team: str, channel: Channel | None) -> dict[str, Any]:
    """An event with what stands around it. In a shared channel the workspace named first is the writer's."""
    bot = slack.teams[team].bot_user
    shared = channel is not None and channel.is_ext_shared
    return {
        "token": "verification",
        "team_id": (event.get("team") if shared else None) or team,
        "context_team_id": team,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": dict(event),
        "type": "event_callback",
        "event_id": f"Ev{next(slack.numbers):06}",
        "event_time": int(time.time()),
        "authorizations": [
            {"enterprise_id": None, "team_id": team, "user_id": bot, "is_bot": True, "is_enterprise_install": False}
        ],
        "is_ext_shared_channel": shared,
        "event_context": f"4-{next(slack.numbers)}",
    }


def said(slack: State, channel: Channel, message: Message) -> dict[str, Any]:
    """A message that is new."""
    hidden = ("streaming_state", "metadata", "edited")
    told = {name: value for name, value in message.items() if name not in hidden}
    where = {"channel": channel.id, "channel_type": channel.kind, "event_ts": message["ts"]}
    if (thread := message.get("thread_ts")) and (parent := [each for each in channel if each["ts"] == thread]):
        where["parent_user_id"] = parent[0].get("user", "")
    return {**told, **where, **_from(slack, channel, message.get("user"))}


def _from(slack: State, channel: Channel, user: str | None) -> dict[str, Any]:
    person = slack.people.get(user or "")
    if person is None:
        return {}
    told: dict[str, Any] = {"team": person.team_id}
    if channel.is_ext_shared:
        told |= {"user_team": person.team_id, "source_team": person.team_id}
        if person.team_id != channel.teams[0]:
            profile = {"real_name": person.name, "display_name": person.display_name, "name": person.handle}
            told["user_profile"] = profile | {"team": person.team_id, "is_restricted": person.is_restricted}
    return told


def mention(slack: State, channel: Channel, message: Message) -> dict[str, Any]:
    """A message that mentions the bot, as those hear of it that don't read the channel."""
    told = said(slack, channel, message) | {"type": "app_mention"}
    return {name: value for name, value in told.items() if name not in {"channel_type", "subtype"}}


def edited(slack: State, channel: Channel, message: Message, before: Message) -> dict[str, Any]:
    """A message that says something else now."""
    now = slack.ts()
    return {
        "type": "message",
        "subtype": "message_changed",
        "message": {**message, **_from(slack, channel, message.get("user"))},
        "previous_message": before,
        "channel": channel.id,
        "channel_type": channel.kind,
        "hidden": True,
        "ts": now,
        "event_ts": now,
    }


def deleted(slack: State, channel: Channel, before: Message) -> dict[str, Any]:
    """A message that is gone."""
    now = slack.ts()
    return {
        "type": "message",
        "subtype": "message_deleted",
        "previous_message": before,
        "deleted_ts": before["ts"],
        "channel": channel.id,
        "channel_type": channel.kind,
        "hidden": True,
        "ts": now,
        "event_ts": now,
    }


def membership(slack: State, channel: Channel, person: Person, kind: str) -> dict[str, Any]:
    """Somebody came into a channel or left it."""
    letter = {"channel": "C", "group": "G"}.get(channel.kind, "G")
    about = {"user": person.id, "channel": channel.id, "channel_type": letter, "team": person.team_id}
    return {"type": kind, **about, "event_ts": slack.ts()}


def reaction(slack: State, user: str, name: str, channel: str, message: Message) -> dict[str, Any]:
    """Somebody reacted to a message."""
    item = {"type": "message", "channel": channel, "ts": message["ts"]}
    about = {"user": user, "reaction": name, "item_user": message.get("user", "")}
    return {"type": "reaction_added", **about, "item": item, "event_ts": slack.ts()}


def group(slack: State, group_id: str, came: list[str], left: list[str]) -> dict[str, Any]:
    """Other people are in a user group now."""
    about: dict[str, Any] = {"subteam_id": group_id, "team_id": slack.groups[group_id].team_id}
    changed = {"added_users": came, "added_users_count": len(came)}
    changed |= {"removed_users": left, "removed_users_count": len(left)}
    now = int(time.time())
    dates = {"date_previous_update": now - 60, "date_update": now, "event_ts": slack.ts()}
    return {"type": "subteam_members_changed", **about, **changed, **dates}


def addresses(text: str) -> list[str]:
    """The addresses in what somebody wrote."""
    return [(first or second).replace("&amp;", "&") for first, second in _ADDRESS.findall(text)]


def links(slack: State, channel: Channel, message: Message, found: list[str]) -> dict[str, Any]:
    """Links in a message."""
    unfurl = f"C{message['ts']}.{next(slack.numbers)}"
    slack.links[unfurl] = channel.id, message["ts"]
    about = {
        "user": message["user"],
        "channel": channel.id,
        "message_ts": message["ts"],
        "unfurl_id": unfurl,
        "source": "conversations_history",
        "is_bot_user_member": slack.bot_is_in(channel),
        "links": [{"url": each, "domain": each.split("/")[2]} for each in found],
        "event_ts": slack.ts(),
    }
    thread = message.get("thread_ts")
    return {"type": "link_shared", **about, **({"thread_ts": thread} if thread else {})}


def shared_file(slack: State, channel: Channel, file: File) -> dict[str, Any]:
    """A file as the event tells of it; of one from another workspace only that it has to be asked for."""
    if channel.is_ext_shared and file.team_id != channel.teams[0]:
        return {"id": file.id, "mode": "file_access", "file_access": "check_file_info"}
    return file.shown(slack.base)
