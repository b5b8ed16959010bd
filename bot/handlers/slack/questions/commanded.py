"""What somebody asks the bot other than by writing to it: with /spor, or about a message. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot.database import now
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.questions.aside import Ear
from bot.handlers.slack.questions.asking import Asked, Heard

KIND = "command"
"""The kind of the deliveries that owe a reply to what was commanded."""


class Commanded(BaseModel):
    """A question and who gets the reply: the asker alone, or (`open`) everybody in the thread where they are."""

    model_config = ConfigDict(frozen=True)

    asked: Asked
    ear: Ear
    open: bool = False


def ear_of(body: Mapping[str, Any]) -> Ear:
    """Who sent the request, and how they can be told something: of a slash command, or of a press of a button."""
    if "command" in body:
        return Ear(
            workspace=workspace_of(body),
            channel=body["channel_id"],
            user=body["user_id"],
            thread=body.get("thread_ts") or "",
            response_url=body.get("response_url") or "",
            since=now(),
        )
    container = body.get("container") or {}
    return Ear(
        workspace=workspace_of(body),
        channel=container.get("channel_id") or body["channel"]["id"],
        user=body["user"]["id"],
        thread=container.get("thread_ts") or (body.get("message") or {}).get("thread_ts") or "",
        response_url=body.get("response_url") or "",
        since=now(),
    )


def heard_from(ear: Ear, text: str, *, team: str = "", files: tuple[Mapping[str, Any], ...] = ()) -> Heard:
    """The question as if it had been written to the bot alone, in direct messages that are yet to be opened."""
    return Heard(
        workspace=ear.workspace,
        team=team or ear.workspace,
        channel=ear.user,
        kind="im",
        ts="",
        thread="",
        user=ear.user,
        text=text,
        files=files,
    )


def is_shareable(channel: str) -> bool:
    """Can the bot put something there for others to read? Not in direct messages."""
    return not channel.startswith("D")
