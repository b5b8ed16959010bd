"""What is owed on a platform once somebody has been erased: the bot's messages about them go from there. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from bot.desk.outbox import Delivery

KIND = "message.erased"
"""The kind of the deliveries that take a message down."""


class Posted(BaseModel):
    """A message of the bot's as its platform names it: `channel` and `message`, in Slack its `workspace` and in Teams
    its `thread` too. Where it shows a `case` to officers, it stays and says what is left of that."""

    model_config = ConfigDict(frozen=True)

    channel: str
    message: str
    workspace: str = ""
    thread: str = ""
    case: str = ""


def taking_down(platform: str, posted: Posted) -> Delivery:
    """Owes that the message goes; one after the other in each workspace, for platforms count what is deleted."""
    key = f"{KIND}:{platform}:{posted.channel}:{posted.message}"
    lane = f"{KIND}/{posted.workspace}"
    return Delivery(kind=KIND, platform=platform, key=key, payload=posted.model_dump(), lane=lane)
