"""Work that goes on when a request has been acknowledged: what must be quick and may be lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from bot.error_ids import new_error_id
from bot.tracing import trail

log = structlog.get_logger(__name__)

_PATIENCE = 10.0


class Behind:
    """Runs tasks, one beside the other. What goes wrong in one is in the log as `behind` of the platform, with an error
    id, and nowhere else. `unreachable` is what is raised where the platform says no; `reason` has words for it."""

    def __init__(
        self, platform: str, unreachable: tuple[type[Exception], ...], reason: Callable[[Exception], str]
    ) -> None:
        self._event = f"{platform}.behind"
        self._unreachable = unreachable
        self._reason = reason
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Begin the work."""
        task = asyncio.create_task(self._watched(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def finish(self) -> None:
        """Let what was begun end; what takes too long is broken off."""
        if not self._tasks:
            return
        _, late = await asyncio.wait([*self._tasks], timeout=_PATIENCE)
        for task in late:
            task.cancel()

    async def _watched(self, work: Coroutine[Any, Any, None]) -> None:
        error_id = new_error_id()
        try:
            await work
        except self._unreachable as error:
            log.warning(self._event, error_id=error_id, error=self._reason(error))
        except Exception as error:  # noqa: BLE001 - nobody waits for the task, so nobody else would notice
            log.error(self._event, error_id=error_id, error=type(error).__name__, trail=trail(error))
