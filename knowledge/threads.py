"""Work in threads that is never left half done."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import threading
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar

T = TypeVar("T")


async def to_the_end(
    work: Callable[..., T],
    *values: object,
    broken_off: threading.Event | None = None,
    executor: Executor | None = None,
) -> T:
    """Work in a thread, of that executor or else of the event loop's, and be cancelled only when that has ended: nobody
    may close the files, or take the lock, while something is still written. `broken_off` is set then."""
    in_context = functools.partial(contextvars.copy_context().run, work, *values)
    working = asyncio.get_running_loop().run_in_executor(executor, in_context)
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        if broken_off:
            broken_off.set()
        await asyncio.gather(working, return_exceptions=True)
        raise
