"""What goes on beside requests for as long as a process is up."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

import structlog

from bot.observing.trace import followed, new_trace
from knowledge import panics

log = structlog.get_logger(__name__)


class Job(Protocol):
    """Something that goes on until it is told to stop."""

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set."""


async def run_all(jobs: Sequence[Job], stop: asyncio.Event) -> None:
    """Run them side by side until `stop` is set and all have ended."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job.run(stop))


async def look_again(look: Callable[[], Awaitable[object]], stop: asyncio.Event, pause: float, event: str) -> None:
    """Look again and again, with seconds of `pause`, until `stop` is set. A look that fails is in the log as that
    `event`, and the next one may do."""
    while not stop.is_set():
        try:
            with followed(new_trace()), panics.caught():
                await look()
        except Exception as error:  # noqa: BLE001 - a database that is away must not end this
            log.error(event, error=type(error).__name__)
        await set_within(stop, pause)


async def set_within(event: asyncio.Event, seconds: float) -> bool:
    """Wait for the event, so many seconds at most; whether it is set."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()
