"""`check`: the library, and the snapshots of it."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from bot.commands.findings import Finding, State
from knowledge.disks import is_full

if TYPE_CHECKING:
    from bot.settings import Settings
    from knowledge.library import Library
    from knowledge.snapshots import Manifest

_PASSING = frozenset(
    {
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY),
        *(
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_AUTH,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_NOMEM,
            sqlite3.SQLITE_PROTOCOL,
        ),
    }
)
"""SQLite's codes for a file that could be opened at another time."""
_MENDS = "`serve`, `worker` and `ingest` make it anew by themselves"


async def of_library(settings: Settings) -> list[Finding]:
    """Findings about the library, and about snapshots where some are published or read."""
    if not settings.indexing:
        return await asyncio.to_thread(_read, settings)
    return [await _library(settings), *await asyncio.to_thread(_published, settings)]


async def _library(settings: Settings) -> Finding:
    from bot.wiring import open_library  # noqa: PLC0415

    folder = settings.data_dir.absolute() / "library"
    try:
        if damage := await asyncio.to_thread(_damage, folder):
            return Finding("library", State.BAD, f"damaged: {damage}; {_MENDS}")
        with contextlib.closing(open_library(settings)) as library:
            return await _held(library)
    except Exception as error:  # noqa: BLE001 - four kinds of files, each with errors of its own when it is damaged
        return Finding("library", State.BAD, _unread(folder, error))


def _unread(folder: Path, error: Exception) -> str:
    """What it means that the library can't be opened: only what is damaged is to be taken away."""
    from bot.data_dir import FREE  # noqa: PLC0415

    if is_full(error):
        return f"can't be read, since the disk is full that {folder} lies on: {FREE}"
    if isinstance(error, OSError) or (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _PASSING:
        about = f"{type(error).__name__}: {error}"
        return f"can't be opened now ({about}), which says nothing against it: leave it as it is, and mend that"
    todo = f"take {folder} away and run `moteplassen ingest`, which makes it anew"
    return f"can't be read ({type(error).__name__}): {todo}"


def _damage(folder: Path) -> str:
    """Before anything is opened, which would mend it."""
    from knowledge.mending import faults_under  # noqa: PLC0415
    from knowledge.model import Audience  # noqa: PLC0415

    shelves = [each for each in Audience if (folder / each / "catalogue.db").exists()]
    faults = {each: faults_under(folder / each) for each in shelves}
    return "; ".join(f"{each} {part}: {fault}" for each, parts in faults.items() for part, fault in parts.items())


async def _held(library: Library) -> Finding:
    held = list((await library.holdings()).values())
    complete, under_way = await library.is_complete(), await library.is_under_way()
    if not held and not under_way:
        return Finding("library", State.OFF, "empty; run `moteplassen ingest` (the first question does it too)")
    internal = sum(holding.audience == "internal" for holding in held)
    running = under_way and await _is_locked(library)
    detail = f"{len(held)} documents, {internal} of them internal"
    if running:
        detail += "; indexing is under way"
    elif under_way or not complete:
        detail += "; indexing was interrupted: run `moteplassen ingest`"
    # Of what was never complete nobody knows which part is there; later runs leave each document as it was or new.
    return Finding("library", State.OK if complete or running else State.BAD, detail)


async def _is_locked(library: Library) -> bool:
    from knowledge.library import LibraryBusy  # noqa: PLC0415

    try:
        async with library.lock(patience=0):
            return False
    except LibraryBusy:
        return True


def _published(settings: Settings) -> list[Finding]:
    """Of the snapshots that this process's library is published as."""
    from bot.indexing.opening import open_store  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from knowledge.snapshots import Refused, StoreError, read_manifest  # noqa: PLC0415

    if not settings.snapshots:
        return []
    try:
        store = open_store(settings)
        current = store.current()
        if current is None:
            todo = "`ingest` does it, and `serve` and `worker` while they are up"
            return [Finding("snapshots", State.OFF, f"nothing was published yet at {store.address}; {todo}")]
        return [Finding("snapshots", State.OK, f"{_about(read_manifest(current))}, at {store.address}")]
    except (ConfigurationError, StoreError, Refused) as error:
        return [Finding("snapshots", State.BAD, str(error))]


def _read(settings: Settings) -> list[Finding]:
    """Of the snapshot that this process reads."""
    from bot.indexing.opening import open_copies  # noqa: PLC0415
    from bot.settings import ConfigurationError  # noqa: PLC0415
    from knowledge.snapshots import NoSnapshot, Refused, StoreError, manifest_in  # noqa: PLC0415

    try:
        copies = open_copies(settings)
        manifest = manifest_in(copies.latest())
    except (ConfigurationError, NoSnapshot, OSError) as error:
        return [Finding("library", State.BAD, str(error))]
    try:
        copies.fetch()
    except (NoSnapshot, StoreError, Refused) as error:
        return [Finding("library", State.BAD, f"{_about(manifest)}, and no newer one: {error}")]
    return [Finding("library", State.OK, _about(manifest))]


def _about(manifest: Manifest) -> str:
    age = dt.timedelta(seconds=round((dt.datetime.now(dt.UTC) - manifest.made).total_seconds()))
    return f"snapshot {manifest.version}, made {age} ago, {manifest.size / 1e6:.1f} MB"
