"""What is owed on a platform once somebody has been erased: the bot's messages about them go from there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from pydantic import BaseModel, ConfigDict

from bot.desk.carrying import case_of
from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery

log = structlog.get_logger(__name__)

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


class TakingDown:
    """Carries that messages go from a platform: has them deleted there, and those that show a case drawn anew."""

    def __init__(
        self,
        desk: Desk,
        delete: Callable[[Posted], Awaitable[None]],
        redraw: Callable[[Posted, Case], Awaitable[None]],
    ) -> None:
        self._desk = desk
        self._delete = delete
        self._redraw = redraw

    async def deliver(self, delivery: Delivery) -> None:
        """Take it down; it may be gone already. Raises what the platform's side raises."""
        posted = Posted.model_validate(delivery.payload)
        if posted.case:
            await self._redraw(posted, await case_of(self._desk, posted.case))
        else:
            await self._delete(posted)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody on the platform waits for it; whoever operates this finds it among what was given up."""
        event = f"{delivery.platform}.not_taken_down"
        log.error(event, key=delivery.key)
