"""Takes down what the bot has posted for and about somebody who has been erased."""

from __future__ import annotations

import structlog

from bot.desk.carrying import case_of
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery
from bot.desk.taking_down import KIND, Posted
from bot.handlers.teams.cases.channel import OfficersChannel
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.store import Post

__all__ = ["KIND", "ErasureCourier"]

log = structlog.get_logger(__name__)


class ErasureCourier:
    """Deletes messages, and lets the cards of cases say what is left of them. `home` is the municipality's tenant."""

    def __init__(self, home: str, connector: Connector, channel: OfficersChannel, desk: Desk) -> None:
        self._home = home
        self._connector = connector
        self._channel = channel
        self._desk = desk

    async def deliver(self, delivery: Delivery) -> None:
        """Take it down; it may be gone already. Raises what the connector raises."""
        posted = Posted.model_validate(delivery.payload)
        post = Post(key=delivery.key, channel=posted.channel, thread=posted.thread, activity=posted.message)
        if posted.case:
            await self._channel.redraw(post, await case_of(self._desk, posted.case))
        else:
            await self._connector.take_down(post, self._home)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody in Teams waits for it; whoever operates this finds it among what was given up."""
        log.error("teams.not_taken_down", key=delivery.key)
