"""`serve`, `worker` and `demo`: what stays up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import err, plain_errors
from bot.commands.options import DataDir, settings_of

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.wiring import Knowledge
    from knowledge.library import Library

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="MOTEPLASSEN_PORT; default 8000.", show_default=False)]
Host = Annotated[str | None, typer.Option(help="MOTEPLASSEN_HOST; default 127.0.0.1.", show_default=False)]

_LOOK_AGAIN = 1.0
"""Seconds between looks at whether the documents are there."""


class PortTaken(Exception):
    """Somebody else listens there."""


def serve(host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """Run the web process: pages, live updates, platforms' events, and replies in the web meeting place."""
    _up(host=host, port=port, data_dir=data_dir, demo=None)


def demo(host: Host = None, port: Port = None, data_dir: DataDir = None) -> None:
    """Index what ships and run everything in one process, where everybody chooses who they are. Never in production."""
    _up(host=host, port=port, data_dir=data_dir, demo=True)


def worker(data_dir: DataDir = None) -> None:
    """Run a worker process: it answers questions and delivers cases and answers, as `serve` does, beside it."""
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError):
        asyncio.run(_work(settings_of(data_dir)))


def _up(*, host: str | None, port: int | None, data_dir: DataDir, demo: bool | None) -> None:
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError, SourcesError, LibraryBusy, PortTaken):
        settings = settings_of(data_dir, host=host, port=port, demo=demo)
        with _listen(settings) as listening:
            if not settings.port:  # any port would do: links lead to the one that it became
                settings = settings_of(data_dir, host=host, port=listening.getsockname()[1], demo=demo)
            asyncio.run(_serve(settings, listening))


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is done, so that a taken one is said at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    # Elsewhere than on POSIX this would let two servers share the port.
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"can't listen on {settings.host}:{settings.port}: {error.strerror or error}. "
            "Stop what listens there, or choose another port with --port or MOTEPLASSEN_PORT."
        ) from error
    return listening


async def _serve(settings: Settings, listening: socket.socket) -> None:
    from bot.commands.documents import fill, fill_if_unfinished, print_report  # noqa: PLC0415
    from bot.commands.server import Server  # noqa: PLC0415
    from bot.wiring import open_app, open_knowledge  # noqa: PLC0415

    knowledge = open_knowledge(settings)
    with contextlib.closing(knowledge):
        # What is not set up is said here, before documents are indexed, which can take minutes.
        async with open_app(settings, knowledge) as app:
            if settings.demo:
                print_report(await fill(settings, knowledge.library))
            else:
                await fill_if_unfinished(settings, knowledge.library)
            _warm(knowledge)
            await Server(app, settings).serve(sockets=[listening])


async def _work(settings: Settings) -> None:
    from bot.desk.background import run_all  # noqa: PLC0415
    from bot.wiring import open_knowledge, open_worker  # noqa: PLC0415

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    with contextlib.closing(open_knowledge(settings)) as knowledge:
        async with open_worker(settings, knowledge) as worker:
            await _filled(knowledge.library, stop)
            _warm(knowledge)
            err.print(f"The worker is up; it delivers to {', '.join(worker.platforms)}. Stop it with Ctrl+C.")
            await run_all(worker.jobs, stop)


async def _filled(library: Library, stop: asyncio.Event) -> None:
    """Wait until `serve`, which starts beside the worker, has brought the documents in: two can't at once."""
    if not await library.is_complete():
        err.print("The worker waits until the documents are indexed; `moteplassen serve` and `ingest` do that.")
    while not stop.is_set() and not await library.is_complete():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), _LOOK_AGAIN)


def _warm(knowledge: Knowledge) -> None:
    """Have ready, moments after the start, what takes long to load and few questions need."""
    threading.Thread(target=knowledge.understander.warm, name="warming", daemon=True).start()
