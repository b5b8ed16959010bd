"""What goes on beside requests for as long as a process is up."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol


class Job(Protocol):
    """Something that goes on until it is told to stop."""

    async def run(self, stop: asyncio.Event) -> None:
        """Go on until `stop` is set."""


async def run_all(jobs: Sequence[Job], stop: asyncio.Event) -> None:
    """Run them side by side until `stop` is set and all have ended."""
    async with asyncio.TaskGroup() as group:
        for job in jobs:
            group.create_task(job.run(stop))
