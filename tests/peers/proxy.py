"""A TCP proxy that cuts, hangs and delays, between whoever is tested and a real server.

It lives in a thread of its own, so that tests that block and tests that await can use it alike.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path

Target = tuple[str, int] | Path
"""A host and a port, or a Unix socket."""

_CHUNK = 65536


class Proxy:
    """Passes everything on, until it is told otherwise. `port` stays the same, on 127.0.0.1."""

    def __init__(self, target: Target) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._target = target
        self._delay = 0.0
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._passing = asyncio.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.mend()

    def cut(self) -> None:
        """Break off all connections, and refuse new ones."""
        self._run(self._cut())

    def hang(self) -> None:
        """Take connections, and pass nothing on."""
        self._loop.call_soon_threadsafe(self._passing.clear)

    def delay(self, seconds: float) -> None:
        """Hold each piece back for so long, in both directions."""
        self._delay = seconds

    def mend(self) -> None:
        """Pass everything on, also what was held back."""
        self._delay = 0.0
        self._run(self._open())

    def close(self) -> None:
        """Cut, for good."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _open(self) -> None:
        self._passing.set()
        if self._server is None:
            self._server = await asyncio.start_server(self._between, "127.0.0.1", self.port)

    async def _cut(self) -> None:
        if self._server:
            self._server.close()
            self._server = None
        for end in list(self._ends):
            end.transport.abort()
        held = asyncio.all_tasks() - {asyncio.current_task()}
        for task in held:
            task.cancel()
        await asyncio.gather(*held, return_exceptions=True)
        self._passing.set()

    async def _between(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        with contextlib.suppress(OSError, asyncio.CancelledError):
            if isinstance(self._target, Path):
                theirs, ours = await asyncio.open_unix_connection(self._target)
            else:
                theirs, ours = await asyncio.open_connection(*self._target)
            self._ends.add(ours)
            await asyncio.gather(self._pump(reader, ours), self._pump(theirs, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(_CHUNK):
                await asyncio.sleep(self._delay)
                await self._passing.wait()
                writer.write(data)
                await writer.drain()
        finally:
            self._ends.discard(writer)
            writer.close()


@contextlib.contextmanager
def proxied(target: Target) -> Iterator[Proxy]:
    """A proxy before the target while the block lasts."""
    proxy = Proxy(target)
    try:
        yield proxy
    finally:
        proxy.close()
