"""What a platform's requests leave behind: deliveries in the outbox. A request is acknowledged when they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.desk.limiting import Limiter
from bot.desk.outbox import Delivery, Outbox
from bot.desk.rates import Counted, Limited

_RUSH = 4
"""So many requests at once are more than people usually send: a platform waits for three seconds, people for longer."""


class _Wish(NamedTuple):
    delivery: Delivery
    counted: Counted | None
    kept: asyncio.Future[Limited | None]


class Owing:
    """Puts deliveries of one platform into the outbox, as far as the `limiter` lets it.

    Requests that come while a transaction is being written share the next one: a disk that takes 5 ms to keep
    something would otherwise allow 200 events a second, and each would wait for all before it.
    """

    def __init__(self, platform: str, database: Database, outbox: Outbox, limiter: Limiter | None = None) -> None:
        self._platform = platform
        self._database = database
        self._outbox = outbox
        self._limiter = limiter or Limiter()
        self._waiting: list[_Wish] = []
        self._writing: asyncio.Task[None] | None = None

    async def owe(
        self, kind: str, key: str, lane: str, payload: Mapping[str, Any], counted: Counted | None = None
    ) -> Limited | None:
        """Owe this, once for each key; what shares a lane arrives in order. Raises what the database raises.

        Where it is somebody's question it is `counted` for them, also once for each key. None: it is owed. Else it is
        too much, and nothing is.
        """
        delivery = Delivery(kind=kind, platform=self._platform, key=key, payload=payload, lane=lane)
        kept: asyncio.Future[Limited | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Wish(delivery, counted, kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        # The transaction is also the others': who no longer waits does not end it.
        return await asyncio.shield(kept)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            if len(batch) >= _RUSH:
                self._outbox.rush.hold()
            try:
                async with self._database.writing() as session:
                    limited = await self._limited(session, [each for each in batch if each.counted])
                    owed = [each.delivery for each in batch if each.delivery.key not in limited]
                    if owed:
                        await self._outbox.put_all(session, owed)
            except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it was
                _fail(batch, error)
            else:
                _settle(batch, limited)
        self._writing = None

    async def _limited(self, session: AsyncSession, wishes: Sequence[_Wish]) -> Mapping[str, Limited]:
        """What is too much, by key. A platform that sends something again is not held to a limit for it."""
        asked = {each.delivery.key: each.counted for each in wishes if each.counted}
        known = await self._outbox.known(session, asked)
        fresh = {key: counted for key, counted in asked.items() if key not in known}
        found = await self._limiter.admit(session, list(fresh.values()))
        return {key: each for key, each in zip(fresh, found, strict=True) if each}


def _settle(batch: Sequence[_Wish], limited: Mapping[str, Limited]) -> None:
    for each in batch:
        if not each.kept.done():
            each.kept.set_result(limited.get(each.delivery.key))


def _fail(batch: Sequence[_Wish], error: Exception) -> None:
    for each in batch:
        if not each.kept.done():
            each.kept.set_exception(error)
