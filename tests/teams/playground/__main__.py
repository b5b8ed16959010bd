"""The bot in Microsoft's own client, seen by two people: `make demo-teams`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from bot.handlers.teams.receiving import PATH
from tests.teams.playground.cast import ASKER, OFFICER
from tests.teams.playground.running import missing, playground
from tests.teams.playground.settled import settled


async def main() -> None:
    """Run the bot and both windows until somebody stops them."""
    chosen = _chosen()
    # Told to stop by another program than a terminal, it takes what it started with it, too.
    if running := asyncio.current_task():
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    endpoint = f"http://127.0.0.1:{chosen.port}{PATH}"
    with tempfile.TemporaryDirectory() as folder:
        async with (
            playground(Path(folder) / "asker", ASKER, endpoint, chosen.windows) as asker,
            playground(Path(folder) / "officer", OFFICER, endpoint, chosen.windows + 1) as officer,
            _bot(chosen.port) as bot,
        ):
            sys.stdout.write(
                f"Teams of {ASKER.me.name}, who has a café: {asker}/\n"
                f"Teams of {OFFICER.me.name}, a case officer: {officer}/ (cases are in the channel {OFFICER.channel})\n"
                "Open both once the bot says that it is open. Whoever reaches these ports is one of the two.\n"
            )
            sys.stdout.flush()
            await bot.wait()


def _chosen() -> argparse.Namespace:
    options = argparse.ArgumentParser(description="The bot in Microsoft's Agents Playground.")
    options.add_argument("--port", type=int, default=8000, help="where the bot is")
    options.add_argument("--windows", type=int, default=56150, help="where the first window is; the other is beside it")
    return options.parse_args()


@contextlib.asynccontextmanager
async def _bot(port: int) -> AsyncIterator[asyncio.subprocess.Process]:
    env = os.environ | {f"MOTEPLASSEN_{name.upper()}": str(value) for name, value in settled().items()}
    command = (sys.executable, "-m", "bot", "demo", "--host", "127.0.0.1", "--port", str(port))
    bot = await asyncio.create_subprocess_exec(*command, env=env)
    try:
        yield bot
    finally:
        with contextlib.suppress(ProcessLookupError):
            bot.terminate()
        await bot.wait()


if __name__ == "__main__":
    if lacks := missing():
        sys.exit(lacks)
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        asyncio.run(main())
