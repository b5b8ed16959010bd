"""The web server, which says where it can be opened once it answers."""

from __future__ import annotations

import signal
import socket
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from bot.commands.console import out
from bot.settings import Settings

_SHUTDOWN = 3
"""Seconds that open connections (live updates) get when the server is told to stop."""


class Server(uvicorn.Server):
    """Serves an app on a socket that already listens."""

    def __init__(self, app: Starlette, settings: Settings) -> None:
        super().__init__(
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=_SHUTDOWN, lifespan="on")
        )
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            shown = "localhost" if host in {"127.0.0.1", "::1", "0.0.0.0", "::"} else host  # noqa: S104
            out.print(f"Møteplassen is open at http://{shown}:{port}/" + (" (demo)" if self._settings.demo else ""))
            out.print("Stop it with Ctrl+C.")
            out.file.flush()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at a second Ctrl+C without waiting for open connections.

        uvicorn's own raises the signal again afterwards, which ends the process before its files are closed.
        """
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
