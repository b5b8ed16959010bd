"""How a command that stays up hears that it is to end."""

from __future__ import annotations

import asyncio
import signal


def stopping() -> asyncio.Event:
    """Is set when the process is told to stop."""
    stop = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    return stop
