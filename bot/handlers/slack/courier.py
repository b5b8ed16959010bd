"""Brings to Slack what is owed there: hands each delivery to the part that carries its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from bot.desk.outbox import Delivery, Undeliverable
from bot.publishing.notices import CHANGED

UNSAID = frozenset({CHANGED})
"""The kinds that are owed to every platform of officers, and of which nothing is said in Slack: what else happens to
published answers than that somebody is to do something stands on their page, and nobody waits for it."""


class Carrier(Protocol):
    """Carries some kinds of deliveries. Idempotent: what is delivered again is not there twice."""

    async def deliver(self, delivery: Delivery) -> None:
        """Bring it. Raises Undeliverable where trying again is no use."""

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever waits for it that it will not come."""


class SlackCourier:
    """Delivers to Slack, each kind by its carrier."""

    def __init__(self, carriers: Mapping[str, Carrier]) -> None:
        self._carriers = carriers

    async def deliver(self, delivery: Delivery) -> None:
        """Bring what is owed. Raises Undeliverable."""
        carrier = self._carriers.get(delivery.kind)
        if delivery.kind in UNSAID:
            return
        if carrier is None:
            raise Undeliverable(f"nothing in Slack is of the kind {delivery.kind!r}")
        await carrier.deliver(delivery)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever waits for it."""
        if carrier := self._carriers.get(delivery.kind):
            await carrier.give_up(delivery)
