"""`serve`, `worker` and `demo`: what stays up."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.console import err, fail, plain_errors
from bot.commands.options import DataDir, common_settings_of, settings_of
from bot.commands.stopping import stopping
from bot.observing.logs import watch_loop
from bot.warming import warm

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.library import Library

Port = Annotated[int | None, typer.Option(min=0, max=65535, help="MOTEPLASSEN_PORT; default 8000.", show_default=False)]
Host = Annotated[str | None, typer.Option(help="MOTEPLASSEN_HOST; default 127.0.0.1.", show_default=False)]


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

    with plain_errors(DataDirError, ConfigurationError, PortTaken), contextlib.ExitStack() as stack:
        common, listening = common_settings_of(data_dir), None
        if common.worker_port:
            listening = stack.enter_context(_listen(common.host, common.worker_port, "MOTEPLASSEN_WORKER_PORT"))
        if tenants := _several(common):
            asyncio.run(_work_for_several(tenants, listening))
        else:
            asyncio.run(_work(settings_of(data_dir), listening))


def _up(*, host: str | None, port: int | None, data_dir: DataDir, demo: bool | None) -> None:
    from bot.data_dir import DataDirError  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from ingest.sources import SourcesError  # noqa: PLC0415
    from knowledge.library import LibraryBusy  # noqa: PLC0415
    from knowledge.vectors import VectorsAway  # noqa: PLC0415

    with plain_errors(DataDirError, ConfigurationError, SourcesError, LibraryBusy, VectorsAway, PortTaken):
        common = common_settings_of(data_dir, host=host, port=port, demo=demo)
        with _listen(common.host, common.port, "--port or MOTEPLASSEN_PORT") as listening:
            if tenants := _several(common):
                asyncio.run(_serve_several(common, tenants, listening))
                return
            # Where any port would do, links lead to the one that it became.
            settings = settings_of(data_dir, host=host, port=common.port or listening.getsockname()[1], demo=demo)
            asyncio.run(_serve(settings, listening))


def _listen(host: str, port: int, option: str) -> socket.socket:
    """Take the port before anything else is done, so that a taken one is said at once; `option` names another."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    # Elsewhere than on POSIX this would let two servers share the port.
    if os.name == "posix":
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise PortTaken(
            f"can't listen on {host}:{port}: {error.strerror or error}. "
            f"Stop what listens there, or choose another port with {option}."
        ) from error
    return listening


async def _serve(settings: Settings, listening: socket.socket) -> None:
    from bot.branding import texts_of  # noqa: PLC0415
    from bot.commands.documents import fill, fill_if_unfinished, print_report  # noqa: PLC0415
    from bot.commands.server import Server, answering  # noqa: PLC0415
    from bot.handlers.web.opening import opening_app  # noqa: PLC0415
    from bot.indexing.opening import await_library  # noqa: PLC0415
    from bot.starting import await_parts  # noqa: PLC0415
    from bot.wiring import open_app, open_knowledge  # noqa: PLC0415

    watch_loop(asyncio.get_running_loop())
    await await_library(settings)
    with contextlib.closing(open_knowledge(settings)) as knowledge:
        await await_parts(settings, knowledge.chroma)
        # What is not set up is said here, before documents are indexed, which can take minutes.
        async with open_app(settings, knowledge) as app:
            # What is asked for at the very moment of change waits in the socket, which both servers take from.
            async with answering(opening_app(texts_of(settings)), listening.dup(), briefly=True):
                if settings.demo and settings.indexing:
                    print_report(await fill(settings, knowledge.library))
                else:
                    await fill_if_unfinished(settings, knowledge.library)
            warm(knowledge.warm)
            await Server(app, settings).serve(sockets=[listening])


def _several(common: Settings) -> Sequence[Settings]:
    """The municipalities that the process is for; none where it is for one alone."""
    if common.tenant:
        return ()
    from bot.tenants.choosing import tenants_of  # noqa: PLC0415
    from bot.tenants.tenants_file import TenantsError  # noqa: PLC0415

    try:
        return tenants_of(common)
    except TenantsError as error:
        raise fail(str(error)) from None


async def _serve_several(common: Settings, tenants: Sequence[Settings], listening: socket.socket) -> None:
    from bot.commands.documents import fill, fill_if_unfinished  # noqa: PLC0415
    from bot.commands.server import Server  # noqa: PLC0415
    from bot.wiring import Shared, open_front  # noqa: PLC0415

    async def fill_one(settings: Settings, library: Library) -> None:
        await (fill if settings.demo else fill_if_unfinished)(settings, library)

    shared = Shared.load()
    front = open_front(common, tenants, shared, fill_one)
    warm(shared.understander.warm)
    await Server(front, common, [each.public_url for each in tenants]).serve(sockets=[listening])


async def _work_for_several(tenants: Sequence[Settings], listening: socket.socket | None) -> None:
    from bot.commands.server import answering  # noqa: PLC0415
    from bot.wiring import Shared, open_workers  # noqa: PLC0415

    stop = stopping()
    workers = open_workers(tenants, Shared.load())
    async with answering(workers, listening) if listening else workers.kept_open():
        err.print(f"The worker is up, for {', '.join(each.tenant for each in tenants)}. Stop it with Ctrl+C.")
        await stop.wait()


async def _work(settings: Settings, listening: socket.socket | None) -> None:
    from bot.commands.server import answering  # noqa: PLC0415
    from bot.desk.background import run_all  # noqa: PLC0415
    from bot.indexing.opening import await_library  # noqa: PLC0415
    from bot.starting import await_parts  # noqa: PLC0415
    from bot.wiring import open_knowledge, open_worker  # noqa: PLC0415

    watch_loop(asyncio.get_running_loop())
    await await_library(settings)
    with contextlib.closing(open_knowledge(settings)) as knowledge:
        await await_parts(settings, knowledge.chroma)
        stop = stopping()
        async with open_worker(settings, knowledge) as worker, answering(worker.app, listening):
            await _filled(knowledge.library, stop)
            warm(knowledge.warm)
            err.print(f"The worker is up; it delivers to {', '.join(worker.platforms)}. Stop it with Ctrl+C.")
            await run_all(worker.jobs, stop)


async def _filled(library: Library, stop: asyncio.Event) -> None:
    """Wait until `serve`, which starts beside the worker, has brought the documents in: two can't at once."""
    from bot.starting import await_documents  # noqa: PLC0415

    if not await library.is_complete():
        err.print("The worker waits until the documents are indexed; `moteplassen serve` and `ingest` do that.")
    await await_documents(library, stop)
