"""What a platform's requests leave behind: deliveries in the outbox. A request is acknowledged when they are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database
from bot.desk.group_commit import GroupCommit
from bot.desk.limiting import Limiter
from bot.desk.outbox import Delivery, Outbox
from bot.desk.rates import Counted, Limited

_RUSH = 4
"""So many requests at once are more than people usually send: a platform waits for three seconds, people for longer."""


class _Wish(NamedTuple):
    delivery: Delivery
    counted: Counted | None


class Owing:
    """Puts deliveries of one platform into the outbox, as far as the `limiter` lets it; those that come at once
    together."""

    def __init__(self, platform: str, database: Database, outbox: Outbox, limiter: Limiter | None = None) -> None:
        self._platform = platform
        self._outbox = outbox
        self._limiter = limiter or Limiter()
        self._group = GroupCommit(database, self._write)

    async def owe(
        self, kind: str, key: str, lane: str, payload: Mapping[str, Any], counted: Counted | None = None
    ) -> Limited | None:
        """Owe this, once for each key; what shares a lane arrives in order. Raises what the database raises.

        Where it is somebody's question it is `counted` for them, also once for each key. None: it is owed. Else it is
        too much, and nothing is.
        """
        delivery = Delivery(kind=kind, platform=self._platform, key=key, payload=payload, lane=lane)
        return await self._group.do(_Wish(delivery, counted))

    async def _write(self, session: AsyncSession, wishes: Sequence[_Wish]) -> Sequence[Limited | None]:
        if len(wishes) >= _RUSH:
            self._outbox.rush.hold()
        limited = await self._limited(session, [each for each in wishes if each.counted])
        owed = [each.delivery for each in wishes if each.delivery.key not in limited]
        if owed:
            await self._outbox.put_all(session, owed)
        return [limited.get(each.delivery.key) for each in wishes]

    async def _limited(self, session: AsyncSession, wishes: Sequence[_Wish]) -> Mapping[str, Limited]:
        """What is too much, by key. A platform that sends something again is not held to a limit for it."""
        asked = {each.delivery.key: each.counted for each in wishes if each.counted}
        known = await self._outbox.known(session, asked)
        fresh = {key: counted for key, counted in asked.items() if key not in known}
        found = await self._limiter.admit(session, list(fresh.values()))
        return {key: each for key, each in zip(fresh, found, strict=True) if each}
