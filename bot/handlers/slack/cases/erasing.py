"""Takes down what the bot has posted for and about somebody who has been erased."""

from __future__ import annotations

import structlog

from bot.desk.carrying import case_of
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery
from bot.desk.taking_down import KIND, Posted
from bot.handlers.slack.cases.officers_channel import OfficersChannel
from bot.handlers.slack.workspace import Workspace

__all__ = ["KIND", "ErasureCourier"]

log = structlog.get_logger(__name__)


class ErasureCourier:
    """Deletes messages, and lets those that show a case say what is left of it."""

    def __init__(self, workspace: Workspace, channel: OfficersChannel, desk: Desk) -> None:
        self._workspace = workspace
        self._channel = channel
        self._desk = desk

    async def deliver(self, delivery: Delivery) -> None:
        """Take it down; it may be gone already. Raises Undeliverable."""
        posted = Posted.model_validate(delivery.payload)
        if posted.case:
            await self._channel.redraw(posted.channel, posted.message, await case_of(self._desk, posted.case))
        else:
            await self._workspace.take_down(posted.workspace, posted.channel, posted.message)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody in Slack waits for it; whoever operates this finds it among what was given up."""
        log.error("slack.not_taken_down", key=delivery.key)
