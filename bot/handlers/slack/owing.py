"""What Slack's requests leave behind: deliveries in the outbox. A request is acknowledged when they are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.database import Database
from bot.desk.outbox import Delivery, Outbox
from bot.handlers.slack import PLATFORM


class Owing:
    """Puts deliveries of the platform "slack" into the outbox."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox

    async def owe(self, kind: str, key: str, lane: str, payload: Mapping[str, Any]) -> None:
        """Owe this, once for each key; what shares a lane arrives in order."""
        delivery = Delivery(kind=kind, platform=PLATFORM, key=key, payload=payload, lane=lane)
        async with self._database.writing() as session:
            await self._outbox.put(session, delivery)
