"""chat.startStream, appendStream and stopStream: messages that are written before the readers' eyes."""

from __future__ import annotations

import time
from typing import Any

from tests.peers.slack.blocks import LONGEST_MARKDOWN, validate_blocks, validate_metadata
from tests.peers.slack.methods.call import Call, method
from tests.peers.slack.model import Channel, Stream
from tests.peers.slack.refusal import Refused, refused_with

_LONGEST_TASK = 256
_STATES = {"pending", "in_progress", "complete", "error"}
_NEEDS = {
    "markdown_text": {"text"},
    "task_update": {"id", "title", "status"},
    "plan_update": {"title"},
    "blocks": {"blocks"},
}


@method("chat.startStream", "channel", "thread_ts")
def start(call: Call) -> dict[str, Any]:
    """Begin a message."""
    channel = call.open_channel()
    thread = call.parent(channel) or ""
    _recipient(call, channel)
    if call.text("task_display_mode") not in {"", "timeline", "plan"}:
        raise refused_with("invalid_arguments", ["must be timeline or plan [json-pointer:/task_display_mode]"])
    chunks = _chunks(call)
    who = {"user": call.team.bot_user, "bot_id": call.team.bot_id, "app_id": "A1", "team": call.team.id}
    message = {"type": "message", **who, "text": "", "thread_ts": thread, "streaming_state": "in_progress"}
    stream = Stream(message, call.text("recipient_user_id"), time.monotonic())
    _write(stream, chunks)
    call.slack.add(channel, message)
    call.slack.streams[channel.id, message["ts"]] = stream
    call.slack.statuses.pop((channel.id, thread), None)
    return {"channel": channel.id, "ts": message["ts"]}


@method("chat.appendStream", "channel", "ts")
def append(call: Call) -> dict[str, Any]:
    """Write more of it."""
    channel = call.channel()
    stream = _open(call, channel)
    chunks = _chunks(call)
    if not chunks:
        raise refused_with("invalid_arguments", ["missing required field: markdown_text"])
    _write(stream, chunks)
    return {"channel": channel.id, "ts": stream.message["ts"]}


@method("chat.stopStream", "channel", "ts")
def stop(call: Call) -> dict[str, Any]:
    """Finish it."""
    channel = call.channel()
    stream = _open(call, channel)
    chunks = _chunks(call)
    blocks = call.get("blocks", [])
    validate_blocks(blocks)
    validate_metadata(call.get("metadata"))
    _write(stream, chunks)
    stream.open = False
    message = stream.message
    if call.get("metadata"):
        message["metadata"] = call.get("metadata")
    message["streaming_state"] = "completed"
    shown = [{"type": "markdown", "text": message["text"]}] if message["text"] else []
    message["blocks"] = [*shown, *stream.blocks, *blocks]
    for block in message["blocks"]:
        block.setdefault("block_id", f"b{next(call.slack.numbers)}")
    if status := call.text("session_status"):
        call.slack.sessions[channel.id, message["thread_ts"]] = status
    call.slack.noticed(channel, message)
    return {"channel": channel.id, "ts": message["ts"], "message": message}


def _recipient(call: Call, channel: Channel) -> None:
    if channel.is_im:
        return
    for name in ("recipient_team_id", "recipient_user_id"):
        if not call.text(name):
            raise Refused(f"missing_{name}")
    person = call.person("recipient_user_id")
    if person.team_id != call.text("recipient_team_id"):
        told = f"{person.id} is not of {call.text('recipient_team_id')} [json-pointer:/recipient_team_id]"
        raise refused_with("invalid_arguments", [told])
    if person.id not in channel.members:
        raise Refused("user_not_in_channel")


def _open(call: Call, channel: Channel) -> Stream:
    message = call.own_message(channel, "message_not_owned_by_app")
    stream = call.slack.streams.get((channel.id, message["ts"]))
    if stream and stream.open and time.monotonic() - stream.begun > call.slack.stream_lifetime:
        # Slack ends a stream some five minutes after it began, and tells nobody.
        stream.open = False
        message["streaming_state"] = "errored"
    if stream is None or not stream.open:
        raise Refused("message_not_in_streaming_state")
    return stream


def _chunks(call: Call) -> list[dict[str, Any]]:
    text, chunks = call.text("markdown_text"), call.get("chunks")
    if text and chunks:
        raise Refused("cannot_provide_both_markdown_text_and_chunks")
    if chunks is None:
        return [{"type": "markdown_text", "text": text}] if text else []
    if not isinstance(chunks, list):
        raise Refused("invalid_chunks")
    if found := [each for number, chunk in enumerate(chunks) for each in _problems(chunk, f"/chunks/{number}")]:
        raise refused_with("invalid_chunks", found)
    return chunks


def _problems(chunk: Any, pointer: str) -> list[str]:
    kind = chunk.get("type") if isinstance(chunk, dict) else None
    if kind not in _NEEDS:
        return [f"unsupported type: {kind} [json-pointer:{pointer}/type]"]
    found = [f"missing required field: {name} [json-pointer:{pointer}]" for name in sorted(_NEEDS[kind] - set(chunk))]
    if kind == "task_update" and chunk.get("status") not in _STATES:
        found.append(f"must be one of {sorted(_STATES)} [json-pointer:{pointer}/status]")
    short = ("title", "details", "output") if kind in {"task_update", "plan_update"} else ()
    found += [
        f"must be less than {_LONGEST_TASK + 1} characters [json-pointer:{pointer}/{name}]"
        for name in short
        if len(chunk.get(name) or "") > _LONGEST_TASK
    ]
    return found


def _write(stream: Stream, chunks: list[dict[str, Any]]) -> None:
    text = stream.message["text"] + "".join(each["text"] for each in chunks if each["type"] == "markdown_text")
    if len(text) > LONGEST_MARKDOWN:
        raise Refused("msg_too_long")
    for chunk in chunks:
        if chunk["type"] == "blocks":
            validate_blocks(chunk["blocks"])
            stream.blocks += chunk["blocks"]
        elif chunk["type"] == "plan_update":
            stream.plan = chunk["title"]
        elif chunk["type"] == "task_update":
            before = stream.tasks.get(chunk["id"], {})
            # Titles and states replace one another; details are added to those that came before.
            details = (before.get("details") or "") + (chunk.get("details") or "")
            stream.tasks[chunk["id"]] = before | chunk | ({"details": details} if details else {})
    stream.message["text"] = text
