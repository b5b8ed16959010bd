"""assistant.threads.*, reactions, files and Work Objects: what goes with messages."""

from __future__ import annotations

import re
from typing import Any

from tests.peers.slack.blocks import entity_problems
from tests.peers.slack.methods.call import Call, method
from tests.peers.slack.refusal import Refused, refused_with

_ERRORS = {"restricted", "internal_error", "not_found", "custom", "custom_partial_view", "timeout", "edit_error"}


@method("assistant.threads.setStatus", "channel_id", "thread_ts")
def status(call: Call) -> dict[str, Any]:
    """Say what the bot is doing; an empty status takes it away."""
    where = _thread(call)
    if call.get("status") is None:
        call.need("status")
    if len(call.get("loading_messages", [])) > 10:
        raise refused_with("invalid_arguments", ["no more than 10 items allowed [json-pointer:/loading_messages]"])
    if call.text("status"):
        told = {"status": call.text("status"), "loading_messages": call.get("loading_messages", [])}
        call.slack.statuses[where] = told
    else:
        call.slack.statuses.pop(where, None)
    return {}


@method("assistant.threads.setSuggestedPrompts", "channel_id", "prompts")
def prompts(call: Call) -> dict[str, Any]:
    """Suggest what to ask; without a thread at the top of the conversation."""
    channel = call.channel("channel_id")
    given = call.get("prompts")
    if not isinstance(given, list) or len(given) > 4:
        raise refused_with("invalid_arguments", ["no more than 4 items allowed [json-pointer:/prompts]"])
    if not all(each.get("title") and each.get("message") for each in given):
        raise refused_with("invalid_arguments", ["missing required field: title, message [json-pointer:/prompts]"])
    call.parent(channel, "invalid_thread_ts")
    told = {"title": call.text("title"), "prompts": given}
    call.slack.prompts[channel.id, call.text("thread_ts")] = told
    return {}


@method("assistant.threads.setTitle", "channel_id", "thread_ts", "title")
def title(call: Call) -> dict[str, Any]:
    """Name a conversation."""
    call.slack.titles[_thread(call)] = call.text("title")
    return {}


@method("agents.sessions.setStatus", "channel_id", "status")
def session(call: Call) -> dict[str, Any]:
    """Say how a piece of work stands."""
    call.slack.sessions[_thread(call)] = call.text("status")
    return {}


def _thread(call: Call) -> tuple[str, str]:
    channel = call.channel("channel_id")
    call.parent(channel, "invalid_thread_ts")
    return channel.id, call.text("thread_ts")


@method("reactions.add", "channel", "name", "timestamp")
def react(call: Call) -> dict[str, Any]:
    """React to a message."""
    channel = call.channel()
    message = call.slack.message(channel.id, call.text("timestamp"))
    name, user = call.text("name").strip(":"), call.team.bot_user
    if not re.fullmatch(r"[\w+'-]+", name):
        raise Refused("invalid_name")
    reaction = {"channel": channel.id, "ts": message["ts"], "name": name, "user": user}
    if reaction in call.slack.reactions:
        raise Refused("already_reacted")
    call.slack.reactions.append(reaction)
    return {}


@method("files.info", "file")
def file(call: Call) -> dict[str, Any]:
    """What a file is and where it can be had."""
    if call.text("file") not in call.slack.files:
        raise Refused("file_not_found")
    return {"file": call.slack.files[call.text("file")].shown(call.slack.base)}


@method("entity.presentDetails", "trigger_id")
def details(call: Call) -> dict[str, Any]:
    """Show more of a Work Object to the person who opened it."""
    metadata, error = call.get("metadata", {}), call.get("error", {})
    if error and error.get("status") not in _ERRORS:
        raise refused_with("invalid_arguments", ["unsupported status [json-pointer:/error/status]"])
    if not metadata and not error and not call.flag("user_auth_required"):
        raise refused_with("invalid_arguments", ["missing required field: metadata"])
    if metadata and (found := list(entity_problems([metadata]))):
        raise refused_with("invalid_metadata", found)
    trigger = call.slack.use_trigger(call.text("trigger_id"))
    if metadata and trigger.get("entity") not in {None, metadata["external_ref"]["id"]}:
        raise Refused("entity_metadata_does_not_match_trigger")
    call.slack.details.append({"user": trigger["user"], "metadata": metadata, "error": error, **call.arguments})
    return {}
