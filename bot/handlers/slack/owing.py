"""What Slack's requests leave behind: deliveries in the outbox. A request is acknowledged when they are there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.database import Database
from bot.desk.outbox import Delivery, Outbox
from bot.handlers.slack import PLATFORM

_RUSH = 4
"""So many requests at once are more than people usually send: Slack waits for three seconds, people for longer."""


class Owing:
    """Puts deliveries of the platform "slack" into the outbox.

    Requests that come while a transaction is being written share the next one: a disk that takes 5 ms to keep
    something would otherwise allow 200 events a second, and each would wait for all before it.
    """

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox
        self._waiting: list[tuple[Delivery, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def owe(self, kind: str, key: str, lane: str, payload: Mapping[str, Any]) -> None:
        """Owe this, once for each key; what shares a lane arrives in order. Raises what the database raises."""
        delivery = Delivery(kind=kind, platform=PLATFORM, key=key, payload=payload, lane=lane)
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((delivery, kept))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        # The transaction is also the others': who no longer waits does not end it.
        await asyncio.shield(kept)

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            if len(batch) >= _RUSH:
                self._outbox.rush.hold()
            try:
                async with self._database.writing() as session:
                    await self._outbox.put_all(session, [delivery for delivery, _ in batch])
            except Exception as error:  # noqa: BLE001 - whoever waits is told, whatever it was
                _settle(batch, error)
            else:
                _settle(batch, None)
        self._writing = None


def _settle(batch: list[tuple[Delivery, asyncio.Future[None]]], error: Exception | None) -> None:
    for _, kept in batch:
        if kept.done():
            continue
        if error:
            kept.set_exception(error)
        else:
            kept.set_result(None)
