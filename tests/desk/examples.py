"""What the tests of the desk are about: some people, a request, couriers, and ways to wait."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from bot.database import Database
from bot.desk.case import NewCase, Officer
from bot.desk.dispatcher import Dispatcher
from bot.desk.outbox import Delivery, Leased, Outbox
from bot.people import Asker, Place
from knowledge.model import Citation, Claim

KARI = Officer(id="kari", name="Kari Berg")
OLA = Officer(id="ola", name="Ola Lie")
ASKER = Asker(id="kafe", name="Kafé Kringla")
THREAD = Place(platform="web", channel="næringsliv", thread="t1")
SOURCE = Citation(
    document="guide/servering",
    section="apning",
    title="Servering",
    url="https://example.no/s",
    quote="Bevilling må søkes",
    date=dt.date(2026, 11, 1),
)


def request(reply_id: str = "reply-1", **changes: Any) -> NewCase:
    """What the café sends to the officers."""
    values: dict[str, Any] = {
        "reply_id": reply_id,
        "question": "Kan jeg servere ute til klokka 02 på 17. mai?",
        "language": "nb",
        "asker": ASKER,
        "place": THREAD,
        "history": ("Hvordan søker jeg om uteservering?",),
        "nearest": (SOURCE,),
        "draft": (Claim(text="Bevilling må søkes", citation=SOURCE),),
    }
    return NewCase(**values | changes)


def delivery(key: str, platform: str = "web", lane: str | None = None, **payload: Any) -> Delivery:
    return Delivery(kind="reply", platform=platform, key=key, payload=payload, lane=lane)


class Mailbox:
    """A courier that keeps what it is brought, and what it is told will not come."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.given_up: list[str] = []

    async def deliver(self, delivery: Delivery) -> None:
        self.keys.append(delivery.key)

    async def give_up(self, delivery: Delivery) -> None:
        self.given_up.append(delivery.key)


class Faulty(Mailbox):
    """A courier that raises what it is told for each key, one error an attempt, and then delivers."""

    def __init__(self, **errors: list[Exception]) -> None:
        super().__init__()
        self.errors = errors
        self.attempts: list[tuple[str, dt.datetime]] = []

    async def deliver(self, delivery: Delivery) -> None:
        self.attempts.append((delivery.key, dt.datetime.now(dt.UTC)))
        if left := self.errors.get(delivery.key):
            raise left.pop(0)
        await super().deliver(delivery)


class Slow(Mailbox):
    """A courier that has each delivery under way until it is told to let them arrive."""

    def __init__(self) -> None:
        super().__init__()
        self.begun: list[str] = []
        self.arrive = asyncio.Event()

    async def deliver(self, delivery: Delivery) -> None:
        self.begun.append(delivery.key)
        await self.arrive.wait()
        await super().deliver(delivery)


async def settled(outbox: Outbox, *platforms: str) -> list[Leased]:
    """What has become owed since the last time, delivered until nothing is left."""
    delivered = []
    while leases := await waiting(outbox, *platforms):
        for leased in leases:
            await outbox.done(leased)
        delivered += leases
    return delivered


async def put(database: Database, outbox: Outbox, *deliveries: Delivery) -> None:
    """Owe the deliveries, in one transaction."""
    async with database.writing() as session:
        for each in deliveries:
            await outbox.put(session, each)


async def waiting(outbox: Outbox, *platforms: str) -> list[Leased]:
    """What a dispatcher would be given now, and nobody else for a minute."""
    return list(await outbox.lease(platforms, 100, dt.timedelta(minutes=1)))


async def eventually(holds: Callable[[], bool | Awaitable[bool]], within: float = 30.0) -> None:
    """Return when it holds. Raises TimeoutError where it does not come to."""
    async with asyncio.timeout(within):
        while True:
            held = holds()
            if held if isinstance(held, bool) else await held:
                return
            await asyncio.sleep(0.005)


@contextlib.asynccontextmanager
async def running(*dispatchers: Dispatcher) -> AsyncIterator[asyncio.Event]:
    """Have the dispatchers run while the block does; hands over what stops them."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        for dispatcher in dispatchers:
            tasks.create_task(dispatcher.run(stop))
        try:
            yield stop
        finally:
            stop.set()


async def brought(outbox: Outbox, *platforms: str) -> Sequence[Delivery]:
    """What waits to be delivered, done with."""
    found: list[Delivery] = []
    while leased := await waiting(outbox, *platforms):
        for each in leased:
            await outbox.done(each)
            found.append(each.delivery)
    return found
