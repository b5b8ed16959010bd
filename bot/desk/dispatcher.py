"""The dispatcher: takes deliveries out of the outbox and has couriers carry them, until each has arrived."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime as dt
import random
import time
from collections.abc import AsyncIterator, Mapping, Sequence

import structlog

from bot.desk.background import set_within
from bot.desk.describing import describe
from bot.desk.faults import Faults, Step
from bot.desk.outbox import UNDELIVERED, Courier, Delivery, Later, Leased, Outbox, Undeliverable
from bot.desk.pacing import Pacing
from bot.desk.watching import REPLIES, Deliveries, End
from knowledge import panics

log = structlog.get_logger(__name__)

TODO = "mend what the error names, then have it tried again with `moteplassen cases outbox`"
"""What is to be done about a delivery that was given up."""


@dataclasses.dataclass(frozen=True)
class Backoff:
    """How long to wait after a failed attempt: doubling from `first` up to `longest` seconds; `attempts` in all.

    The defaults try for about three hours, which outlives the usual outage of a chat platform.
    """

    first: float = 1.0
    longest: float = 900.0
    attempts: int = 20

    def delay(self, attempt: int) -> dt.timedelta:
        """The wait after that attempt (the first is 1), spread so that what failed together is not tried together."""
        full = min(self.first * 2 ** min(attempt - 1, 63), self.longest)
        return dt.timedelta(seconds=random.uniform(full / 2, full))  # noqa: S311 - spreads load, guards nothing


@dataclasses.dataclass(frozen=True)
class Pace:
    """How a dispatcher works: deliveries at once (and how many of them may be replies), and seconds between looks, of a
    lease, and to finish when stopped.

    A reply takes as long as a chat model does; the rest is officers' answers and news, which never wait for one. While
    there is nothing to do, the time between looks doubles up to `drowsy` times what it was.
    """

    concurrency: int = 8
    replies: int = 6
    poll: float = 0.2
    drowsy: float = 5.0
    lease: float = 10.0
    grace: float = 5.0


class Dispatcher:
    """Delivers what the outbox holds for the platforms it has couriers for; others' deliveries are left to others."""

    def __init__(
        self,
        outbox: Outbox,
        couriers: Mapping[str, Courier],
        backoff: Backoff | None = None,
        pace: Pace | None = None,
        faults: Faults | None = None,
        watch: Deliveries | None = None,
    ) -> None:
        self._outbox = outbox
        self._couriers = couriers
        self._backoff = backoff or Backoff()
        self._pace = pace or Pace()
        self._faults = faults or Faults()
        self._lease = dt.timedelta(seconds=self._pace.lease)
        self._running: dict[asyncio.Task[None], str] = {}
        self._watch = watch or Deliveries()
        self._looked: float | None = None
        self._pacing = Pacing()

    @property
    def platforms(self) -> tuple[str, ...]:
        """Where it delivers to."""
        return tuple(self._couriers)

    @property
    def idle_seconds(self) -> float | None:
        """How long ago it last looked for what is owed; None where it has not begun."""
        return None if self._looked is None else time.monotonic() - self._looked

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop` is set. Deliveries under way then get a moment to finish, or are given back."""
        stopped = asyncio.create_task(stop.wait())
        pause = self._pace.poll
        try:
            while not stop.is_set():
                poked = self._outbox.poked
                await asyncio.sleep(self._pacing.wait())  # what is put meanwhile is taken together
                self._looked = time.monotonic()
                taken = await self._take()
                for leased in taken:
                    self._start(leased)
                if not taken:
                    await self._idle(stopped, poked, pause)
                if taken or poked.is_set() or self._running or self._outbox.rush.is_held:
                    pause = self._pace.poll
                else:
                    pause = min(pause * 2, self._pace.poll * self._pace.drowsy)
        finally:
            stopped.cancel()
            await self._finish()

    async def _take(self) -> Sequence[Leased]:
        room = self._pace.concurrency - len(self._running)
        if not room or not self._couriers or self._outbox.rush.is_held:
            return []
        replies = min(room, self._pace.replies - sum(kind in REPLIES for kind in self._running.values()))
        without = () if replies else REPLIES
        try:
            # What is taken may all be replies. Room that only others may have is looked at when theirs is full.
            return await self._outbox.lease(tuple(self._couriers), replies or room, self._lease, without)
        except Exception as error:  # noqa: BLE001 - a database that is away, as its driver says it, must not end this
            log.error("outbox.unreachable", error=describe(error))
            await asyncio.sleep(self._pace.poll * 5)
            return []

    async def _idle(self, stopped: asyncio.Task[bool], poked: asyncio.Event, pause: float) -> None:
        woken = asyncio.create_task(poked.wait())
        await asyncio.wait({stopped, woken}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()

    async def _finish(self) -> None:
        if not self._running:
            return
        _, late = await asyncio.wait(self._running, timeout=self._pace.grace)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _start(self, leased: Leased) -> None:
        task = asyncio.create_task(self._carry(leased))
        self._running[task] = leased.delivery.kind
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        del self._running[task]
        self._outbox.poke()  # there is room now, and the next in the lane may go

    async def _carry(self, leased: Leased) -> None:
        with self._watch.taken(leased):
            try:
                await self._attempt(leased)
            except asyncio.CancelledError:
                await self._outbox.give_back(leased)
                raise
            except Exception as error:  # noqa: BLE001 - how it went was not noted: the lease runs out, and it goes again
                _about(leased).error("outbox.unreachable", error=describe(error))

    async def _attempt(self, leased: Leased) -> None:
        if leased.attempt > self._backoff.attempts:
            # No attempt lived to be noted: this delivery takes its process down.
            return await self._give_up(leased, "interrupted at every attempt")
        try:
            async with self._kept(leased):
                with panics.caught():
                    await self._deliver(leased.delivery)
        except Undeliverable as error:
            await self._give_up(leased, describe(error))
        except Exception as error:  # noqa: BLE001 - whatever a courier raises, the delivery must not be lost
            await self._try_later(leased, describe(error), error.seconds if isinstance(error, Later) else 0.0)
        else:
            await self._outbox.done(leased)
            self._watch.ended(leased, End.DELIVERED)
            _about(leased).info("outbox.delivered")

    async def _deliver(self, delivery: Delivery) -> None:
        courier = self._couriers[delivery.platform]
        if delivery.kind != UNDELIVERED:
            await courier.deliver(delivery)
            self._faults.at(Step.ARRIVED)
            return
        self._faults.at(Step.TELLING)
        await courier.give_up(Delivery.model_validate(delivery.payload))
        self._faults.at(Step.TOLD)

    async def _try_later(self, leased: Leased, error: str, wait: float) -> None:
        if leased.attempt >= self._backoff.attempts:
            return await self._give_up(leased, error)
        # What a platform asks for may be years, by mistake or malice.
        asked = dt.timedelta(seconds=min(wait, self._backoff.longest))
        delay = max(self._backoff.delay(leased.attempt), asked)
        _about(leased).warning("outbox.postponed", error=error, seconds=round(delay.total_seconds(), 1))
        await self._outbox.postpone(leased, delay, error)
        self._watch.ended(leased, End.POSTPONED)

    async def _give_up(self, leased: Leased, error: str) -> None:
        _about(leased).error("outbox.given_up", error=error, todo=TODO)
        await self._outbox.give_up(leased, error)
        self._watch.ended(leased, End.GIVEN_UP)

    @contextlib.asynccontextmanager
    async def _kept(self, leased: Leased) -> AsyncIterator[None]:
        over = asyncio.Event()
        keeper = asyncio.create_task(self._renew(leased, over))
        try:
            yield
        finally:
            over.set()
            await keeper

    async def _renew(self, leased: Leased, over: asyncio.Event) -> None:
        while not await set_within(over, self._pace.lease / 3):
            try:
                kept = await self._outbox.renew(leased, self._lease)
            except Exception as error:  # noqa: BLE001 - the database may be back before the lease runs out
                _about(leased).error("outbox.unreachable", error=describe(error))
                continue
            if not kept:
                # This process was stopped for longer than the lease. The courier's idempotence makes that harmless.
                _about(leased).warning("outbox.lease_lost")
                return


def _about(leased: Leased) -> structlog.typing.FilteringBoundLogger:
    delivery = leased.delivery
    about: structlog.typing.FilteringBoundLogger = log.bind(
        delivery=leased.id, key=delivery.key, kind=delivery.kind, platform=delivery.platform, attempt=leased.attempt
    )
    return about
