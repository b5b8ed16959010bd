"""conversations.*: channels, who is in them and what was said there."""

from __future__ import annotations

from typing import Any

from tests.peers.slack.methods.call import Call, method
from tests.peers.slack.model import Channel, Message
from tests.peers.slack.refusal import Refused
from tests.peers.slack.scopes import METADATA_SCOPE

_KINDS = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}
_READ = {"channel": "channels:read", "group": "groups:read", "im": "im:read", "mpim": "mpim:read"}


@method("conversations.info", "channel")
def info(call: Call) -> dict[str, Any]:
    """What a channel is."""
    channel = call.channel(inside=False)
    told = channel.shown() | {"is_member": call.slack.bot_is_in(channel, call.team.id)}
    return {"channel": told | ({"num_members": len(channel.members)} if call.flag("include_num_members") else {})}


@method("conversations.members", "channel")
def members(call: Call) -> dict[str, Any]:
    """Who is in a channel."""
    page, more = call.pages(list(call.channel(inside=False).members))
    return {"members": page, **more}


@method("conversations.list")
def every(call: Call) -> dict[str, Any]:
    """The channels that the app can see."""
    return _listed(call, lambda channel: not channel.is_private or call.slack.bot_is_in(channel, call.team.id))


@method("users.conversations")
def own(call: Call) -> dict[str, Any]:
    """The channels that somebody is in, the app where nobody else is named."""
    user = call.text("user") or call.team.bot_user
    return _listed(call, lambda channel: user in channel.members and call.slack.bot_is_in(channel, call.team.id))


def _listed(call: Call, wanted: Any) -> dict[str, Any]:
    kinds = set((call.text("types") or "public_channel").replace(" ", "").split(","))
    if kinds - set(_KINDS.values()):
        raise Refused("invalid_types")
    for kind, name in _KINDS.items():
        if name in kinds:
            call.grant(_READ[kind])
    found = [
        channel.shown() | {"is_member": call.slack.bot_is_in(channel, call.team.id)}
        for channel in call.slack.channels.values()
        if call.team.id in channel.teams and _KINDS[channel.kind] in kinds and wanted(channel)
        if not (call.flag("exclude_archived") and channel.is_archived)
    ]
    page, more = call.pages(found)
    return {"channels": page, **more}


@method("conversations.open")
def open_one(call: Call) -> dict[str, Any]:
    """Begin direct messages with somebody."""
    if call.text("channel"):
        channel = call.slack.channel(call.text("channel"))
    else:
        users = [user for user in call.text("users").split(",") if user]
        if not users:
            raise Refused("users_list_not_supplied")
        if any(user not in call.slack.people for user in users):
            raise Refused("user_not_found")
        if any(call.slack.people[user].deleted for user in users):
            raise Refused("user_disabled")
        channel = call.slack.dm(users[0], call.team.id) if len(users) == 1 else _several(call, users)
    return {"channel": channel.shown() if call.flag("return_im") else {"id": channel.id}}


def _several(call: Call, users: list[str]) -> Channel:
    name = f"G{''.join(sorted(users))}"
    if name in call.slack.channels:
        return call.slack.channels[name]
    return call.slack.add_channel(name, members=[*users, call.team.bot_user], is_mpim=True)


@method("conversations.history", "channel")
def history(call: Call) -> dict[str, Any]:
    """What was said in a channel, the latest first and without the replies in threads."""
    said = call.channel()
    shown = [message for message in reversed(said) if "thread_ts" not in message or message.get("subtype")]
    return _page(call, said, [message for message in shown if _is_within(call, message)])


@method("conversations.replies", "channel", "ts")
def replies(call: Call) -> dict[str, Any]:
    """A thread: what it is under, and what was said there, the oldest first."""
    said, thread = call.channel(), call.text("ts")
    if thread not in {message["ts"] for message in said}:
        raise Refused("thread_not_found")
    found = [message for message in said if thread in {message["ts"], message.get("thread_ts")}]
    return _page(call, said, [each for each in found if each["ts"] == thread or _is_within(call, each)])


def _is_within(call: Call, message: Message) -> bool:
    ts, oldest, latest = message["ts"], call.text("oldest") or "0", call.text("latest") or "9" * 12
    if call.flag("inclusive") and ts in {oldest, latest}:
        return True
    return bool(float(oldest) < float(ts) < float(latest))


def _page(call: Call, channel: Channel, found: list[Message]) -> dict[str, Any]:
    page, more = call.pages(found)
    told = METADATA_SCOPE in call.installation.scopes and call.flag("include_all_metadata")
    has_more = bool(more["response_metadata"]["next_cursor"])
    return {"messages": [_shown(call, channel, each, told=told) for each in page], "has_more": has_more, **more}


def _shown(call: Call, channel: Channel, message: Message, *, told: bool) -> Message:
    shown = {key: value for key, value in message.items() if key != "metadata" or told}
    if under := [each for each in channel if each.get("thread_ts") == message["ts"]]:
        people = list(dict.fromkeys(each.get("user", "") for each in under))
        counted = {"reply_count": len(under), "reply_users": people, "latest_reply": under[-1]["ts"]}
        shown |= {"thread_ts": message["ts"], **counted}
    here = [each for each in call.slack.reactions if (each["channel"], each["ts"]) == (channel.id, message["ts"])]
    if here:
        users = {name: [each["user"] for each in here if each["name"] == name] for name in (x["name"] for x in here)}
        shown["reactions"] = [{"name": name, "users": who, "count": len(who)} for name, who in users.items()]
    return shown
