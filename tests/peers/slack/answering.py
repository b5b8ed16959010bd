"""Answers to response_url and to commands: what the bot says after somebody pressed, chose or typed something."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from tests.peers.slack.blocks import validate
from tests.peers.slack.model import Message
from tests.peers.slack.refusal import Refused
from tests.peers.slack.state import State

_TIMES = 5
_MINUTES = 30


def invite(slack: State, channel: str, user: str, original: Message | None = None) -> str:
    """A new response_url; `original` is the message that it is about."""
    key = secrets.token_hex(8)
    slack.replies[key] = {
        "channel": channel,
        "user": user,
        "original": original,
        "left": _TIMES,
        "until": time.monotonic() + _MINUTES * 60,
        "said": [],
    }
    return f"{slack.base}response/{key}"


def answer(slack: State, key: str, body: Mapping[str, Any]) -> None:
    """Take what the bot posts to a response_url. Raises Refused."""
    where = slack.replies.get(key)
    if where is None:
        raise Refused("invalid_url")
    if where["left"] <= 0 or time.monotonic() > where["until"]:
        raise Refused("used_url")
    where["left"] -= 1
    show(slack, where, body)


def show(slack: State, where: dict[str, Any], body: Mapping[str, Any]) -> None:
    """Do with an answer what it says: show it, or let it take the place of what it is about. Raises Refused."""
    original = where["original"]
    if body.get("delete_original"):
        _remove(slack, where["channel"], original)
        return
    validate(body)
    said = {name: body[name] for name in ("text", "blocks", "thread_ts", "metadata") if name in body}
    for block in said.get("blocks", ()):
        block.setdefault("block_id", f"b{next(slack.numbers)}")
    # Where nothing is said of it, a button's answer takes the place of the message that the button is in.
    if original is not None and body.get("replace_original", "response_type" not in body):
        original.update(said)
        where["said"].append(original)
    elif body.get("response_type") == "in_channel":
        team = next(iter(slack.teams.values()))
        who = {"type": "message", "user": team.bot_user, "bot_id": team.bot_id, "text": ""}
        where["said"].append(slack.add(slack.channel(where["channel"]), {**who, **said}))
    else:
        whisper = {"channel": where["channel"], "user": where["user"], "text": "", **said, "ts": slack.ts()}
        slack.whispers.append(whisper)
        where["said"].append(whisper)


def _remove(slack: State, channel: str, original: Message | None) -> None:
    if original is None:
        raise Refused("no_original")
    for place in (slack.whispers, slack.channel(channel)):
        if any(each is original for each in place):
            place.remove(original)
