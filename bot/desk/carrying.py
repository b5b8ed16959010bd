"""What couriers of all platforms share: each kind of delivery has a courier of its own, and is about a case."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Courier, Delivery, Undeliverable
from bot.desk.store import CaseNotFound


class Carriers:
    """The courier of a platform, called so by people: hands each delivery to the one that carries its kind.

    Of the `unsaid` kinds, which are owed to every platform of officers, nothing is said there.
    """

    def __init__(self, name: str, carriers: Mapping[str, Courier], unsaid: Collection[str]) -> None:
        self._name = name
        self._carriers = carriers
        self._unsaid = unsaid

    async def deliver(self, delivery: Delivery) -> None:
        """Bring what is owed. Raises Undeliverable, Later, and whatever else means to try again."""
        if delivery.kind in self._unsaid:
            return
        carrier = self._carriers.get(delivery.kind)
        if carrier is None:
            raise Undeliverable(f"nothing in {self._name} is of the kind {delivery.kind!r}")
        await carrier.deliver(delivery)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever waits for it."""
        if carrier := self._carriers.get(delivery.kind):
            await carrier.give_up(delivery)


async def case_of(desk: Desk, case_id: str) -> Case:
    """The case that a delivery is about. Raises Undeliverable where there is none."""
    try:
        return await desk.get(case_id)
    except CaseNotFound as error:
        raise Undeliverable(str(error)) from error
