"""The web server, which says where it can be opened once it answers."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Generator, Sequence
from types import FrameType

import uvicorn
from starlette.types import ASGIApp

from bot.commands.console import out
from bot.settings import Settings

_SHUTDOWN = 3
"""Seconds that open connections (live updates) get when the server is told to stop."""


class Server(uvicorn.Server):
    """Serves an app on a socket that already listens. `addresses`: it answers there and at no other host name."""

    def __init__(self, app: ASGIApp, settings: Settings, addresses: Sequence[str] = ()) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=_SHUTDOWN,
                lifespan="on",
                server_header=False,
                proxy_headers=False,  # the app has a setting for that
            )
        )
        self._settings = settings
        self._addresses = addresses

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = "localhost" if host in {"127.0.0.1", "::1", "0.0.0.0", "::"} else host  # noqa: S104
            out.print(f"Møteplassen is open at http://{shown}:{port}/" + (" (demo)" if self._settings.demo else ""))
            for address in self._addresses:
                out.print(f"  {address}/", markup=False)
            out.print("Stop it with Ctrl+C.")
            out.file.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at a second Ctrl+C without waiting for open connections.

        uvicorn's own raises the signal again afterwards, which ends the process before its files are closed.
        """
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True


class _Beside(uvicorn.Server):
    """Serves an app beside what a process is there for, which hears of signals by itself."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave them alone."""
        yield


@contextlib.asynccontextmanager
async def answering(app: ASGIApp, listening: socket.socket | None, *, briefly: bool = False) -> AsyncIterator[None]:
    """While the block runs, the app answers on that socket, where there is one; `briefly`: another will soon be there
    instead, so that nobody keeps a connection, on which a request could come as it is closed."""
    if listening is None:
        yield
        return
    closing = [("Connection", "close")] if briefly else []
    about = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=1, lifespan="on", headers=closing
    )
    server = _Beside(about)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
