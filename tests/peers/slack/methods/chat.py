"""chat.*: messages, and what is shown of links in them."""

from __future__ import annotations

from typing import Any

from tests.peers.slack.blocks import entity_problems, validate
from tests.peers.slack.methods.call import Call, method
from tests.peers.slack.refusal import Refused, refused_with

_KEPT = ("text", "blocks", "thread_ts", "metadata", "attachments", "username", "icon_emoji")
_LONGEST_UPDATE = 4_000


@method("chat.postMessage", "channel")
def post(call: Call) -> dict[str, Any]:
    """Say something."""
    person = call.slack.people.get(call.text("channel"))
    # An id of a person stands for the direct messages with them.
    channel = call.slack.dm(person.id, call.team.id) if person else call.open_channel()
    said = _said(call)
    validate(call.arguments)
    call.parent(channel)
    message = call.slack.add(channel, said)
    if call.flag("reply_broadcast") and "thread_ts" in message:
        message["subtype"] = "thread_broadcast"
    call.slack.statuses.pop((channel.id, message.get("thread_ts", "")), None)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _said(call: Call) -> dict[str, Any]:
    said = {name: call.get(name) for name in _KEPT if call.get(name) is not None}
    if markdown := call.text("markdown_text"):
        said |= {"text": markdown, "blocks": [{"type": "markdown", "text": markdown}]}
    who = {"user": call.team.bot_user, "bot_id": call.team.bot_id, "app_id": "A1", "team": call.team.id}
    _name(call, said.get("blocks", []))
    return {"type": "message", "text": "", **who, **said}


def _name(call: Call, blocks: list[dict[str, Any]]) -> None:
    """Slack gives blocks that have no id one."""
    if isinstance(blocks, list):
        for block in blocks:
            if isinstance(block, dict):
                block.setdefault("block_id", f"b{next(call.slack.numbers)}")


@method("chat.postEphemeral", "channel", "user")
def whisper(call: Call) -> dict[str, Any]:
    """Say something that one person sees."""
    channel = call.open_channel()
    if call.text("user") not in call.slack.people or call.text("user") not in channel.members:
        raise Refused("user_not_in_channel")
    _name(call, call.get("blocks", []))
    validate(call.arguments)
    ts = call.slack.ts()
    call.slack.whispers.append({**call.arguments, "ts": ts})
    return {"message_ts": ts}


@method("chat.update", "channel", "ts")
def update(call: Call) -> dict[str, Any]:
    """Let a message say something else."""
    channel = call.channel()
    if channel.is_archived:
        raise Refused("is_archived")
    message = call.own_message(channel, "cant_update_message")
    _not_streaming(call, channel.id, "streaming_state_conflict")
    # What is not said anew stays as it was.
    kept = {} if call.text("markdown_text") else {"text": message["text"] or " "}
    validate({**kept, **call.arguments})
    if len(call.text("text")) > _LONGEST_UPDATE:
        raise Refused("msg_too_long")
    said, before = _said(call), dict(message)
    changed = {name: said[name] for name in ("text", "blocks", "metadata", "attachments") if call.get(name) is not None}
    if call.text("markdown_text"):
        changed = {"text": said["text"], "blocks": said["blocks"]}
    message.update(changed)
    message["edited"] = {"user": call.team.bot_user, "ts": call.slack.ts()}
    call.slack.altered(channel, message, before)
    return {"channel": channel.id, "ts": message["ts"], "text": message["text"], "message": message}


@method("chat.delete", "channel", "ts")
def delete(call: Call) -> dict[str, Any]:
    """Take a message away."""
    channel = call.channel()
    message = call.own_message(channel, "cant_delete_message")
    _not_streaming(call, channel.id, "cant_delete_message")
    channel.remove(message)
    call.slack.altered(channel, None, message)
    return {"channel": channel.id, "ts": message["ts"]}


def _not_streaming(call: Call, channel: str, refusal: str) -> None:
    stream = call.slack.streams.get((channel, call.text("ts")))
    if stream and stream.open:
        raise Refused(refusal)


@method("chat.getPermalink", "channel", "message_ts")
def permalink(call: Call) -> dict[str, Any]:
    """The address of a message."""
    channel = call.channel(inside=False)
    message = call.slack.message(channel.id, call.text("message_ts"))
    address = f"https://{call.team.domain}.slack.com/archives/{channel.id}/p{message['ts'].replace('.', '')}"
    if thread := message.get("thread_ts"):
        address += f"?thread_ts={thread}&cid={channel.id}"
    return {"channel": channel.id, "permalink": address}


@method("chat.unfurl")
def unfurl(call: Call) -> dict[str, Any]:
    """Show what a link in a message is about."""
    if call.get("unfurl_id"):
        call.need("source")
        where = call.slack.links.get(call.text("unfurl_id"))
        if where is None:
            raise Refused("cannot_find_message")
    else:
        call.need("channel", "ts")
        channel = call.channel()
        if not any(message["ts"] == call.text("ts") for message in channel):
            raise Refused("cannot_find_message")
        where = channel.id, call.text("ts")
    shown = {"unfurls": call.get("unfurls", {}), "metadata": call.get("metadata", {})}
    if not any(shown.values()) and not (call.flag("user_auth_required") or call.text("user_auth_message")):
        raise Refused("missing_unfurls")
    _check_unfurls(call, where)
    call.slack.unfurls[where] = shown
    return {}


def _check_unfurls(call: Call, where: tuple[str, str]) -> None:
    metadata = call.get("metadata", {})
    if metadata and (found := list(entity_problems(metadata.get("entities", ())))):
        raise refused_with("invalid_metadata", found)
    texts = [message["text"] for message in call.slack.channel(where[0]) if message["ts"] == where[1]]
    addresses = [*call.get("unfurls", {}), *(each.get("app_unfurl_url") for each in metadata.get("entities", ()))]
    # A link in a text comes as <https://...>, with & as &amp;.
    plain = "".join(texts).replace("&amp;", "&")
    if texts and not all(str(address).replace("&amp;", "&") in plain for address in addresses):
        raise Refused("cannot_unfurl_url")
    for content in call.get("unfurls", {}).values():
        validate({"text": "unfurl", "blocks": content.get("blocks", [])})
