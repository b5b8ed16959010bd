"""What a process waits for before it begins: the parts that may be starting beside it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy import text

from bot.desk.background import set_within
from bot.reaching import new_database
from bot.settings import ConfigurationError, Settings
from knowledge.chroma_server import ChromaServer
from knowledge.library import Library

log = structlog.get_logger(__name__)

_PAUSE = 0.5
"""Seconds between two tries."""
_LOOK_AGAIN = 1.0
"""Seconds between two looks whether the documents are there."""
_TRY = 5.0
"""Seconds that a database has to answer one."""
_NOT_YET = ("08", "53300", "57P")
"""How PostgreSQL's codes begin for what passes: no connection, too many of them, starting up or shutting down."""


class _Away(Exception):
    """Not there, or not yet."""


async def await_parts(settings: Settings, chroma: ChromaServer | None) -> None:
    """Return once the database and the Chroma server answer; where one doesn't yet, the log says which is waited for.

    Raises ConfigurationError after `start_patience` seconds, or where the settings name no database that can be used.
    """
    ends = time.monotonic() + settings.start_patience
    await _await("database", lambda: _try_database(settings), ends, "MOTEPLASSEN_DATABASE_URL")
    if chroma:
        await _await("chroma", lambda: _try_chroma(chroma), ends, "MOTEPLASSEN_CHROMA_URL")


async def await_documents(library: Library, stop: asyncio.Event) -> None:
    """Return once all documents have been brought in, which another process does, or `stop` is set."""
    while not stop.is_set() and not await library.is_complete():
        if await library.is_damaged():
            await library.heal()  # that process may have begun anew, with files in the place of those that we look at
        await set_within(stop, _LOOK_AGAIN)


async def _await(part: str, try_it: Callable[[], Awaitable[None]], ends: float, setting: str) -> None:
    waits = False
    while True:
        try:
            await try_it()
        except _Away as away:
            left = ends - time.monotonic()
            if left <= 0:
                raise ConfigurationError(
                    f"the part {part} can't be reached ({away}). Start it, or correct {setting}; how long is waited "
                    "for it is in MOTEPLASSEN_START_PATIENCE, in seconds."
                ) from away
            if not waits:
                log.warning("start.waiting", part=part, error=str(away), seconds=round(left))
            waits = True
            await asyncio.sleep(min(_PAUSE, left))
        else:
            if waits:
                log.warning("start.found", part=part)
            return


async def _try_database(settings: Settings) -> None:
    database = new_database(settings)
    try:
        if database.engine.dialect.name == "sqlite":
            return  # a file is there or it isn't
        async with asyncio.timeout(_TRY), database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except OSError as error:
        raise _Away(type(error).__name__) from error
    except Exception as error:  # what is wrong otherwise is told where the database is opened
        code = getattr(getattr(error, "orig", error), "sqlstate", None) or ""
        if code.startswith(_NOT_YET):
            raise _Away(f"{type(error).__name__} {code}") from error
    finally:
        await database.close()


async def _try_chroma(chroma: ChromaServer) -> None:
    try:
        await asyncio.to_thread(chroma.try_it)
    except OSError as error:
        raise _Away(str(error)) from error
