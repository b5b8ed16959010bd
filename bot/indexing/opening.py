"""Where the library lies that this process reads: its own, or a copy of a snapshot."""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from bot.data_dir import open_data_dir
from bot.settings import ConfigurationError, Settings
from knowledge.snapshots import Copies, Meanings, NoSnapshot, Publisher, SnapshotStore, StoreError

log = structlog.get_logger(__name__)

_LOOK_AGAIN = 2.0
"""Seconds between two looks whether there is a first snapshot."""


def open_store(settings: Settings) -> SnapshotStore:
    """Where snapshots lie. Raises ConfigurationError where the address can't be used."""
    try:
        return SnapshotStore(settings.snapshots)
    except StoreError as error:
        todo = "correct MOTEPLASSEN_SNAPSHOTS, or install what fsspec needs for such an address (s3fs for s3://)"
        raise ConfigurationError(f"{error}: {todo}") from error


def open_copies(settings: Settings) -> Copies:
    """The copies in the data directory. Raises DataDirError or ConfigurationError."""
    return Copies(open_store(settings), open_data_dir(settings) / "snapshots")


def open_publisher(settings: Settings) -> Publisher:
    """What publishes the library in the data directory. Raises DataDirError or ConfigurationError."""
    return Publisher(open_store(settings), open_data_dir(settings) / "library", settings.snapshots_kept)


def open_meanings(settings: Settings) -> Meanings:
    """The cache of vectors in the data directory. Raises DataDirError."""
    return Meanings(open_data_dir(settings) / "cache" / "vectors.db")


def library_folder(settings: Settings) -> Path:
    """Where the library lies that this process reads. Blocking. Raises DataDirError, or ConfigurationError where that
    is a snapshot, and there is none yet."""
    if settings.indexing:
        return open_data_dir(settings) / "library"
    try:
        return open_copies(settings).latest()
    except NoSnapshot as error:
        raise ConfigurationError(
            f"{error}. A process with MOTEPLASSEN_INDEXING=true publishes one once it has brought the documents in."
        ) from error


async def await_library(settings: Settings) -> None:
    """Return once there is a library to read; where there is none yet, the log says so. Raises DataDirError or
    ConfigurationError."""
    if settings.indexing:
        return
    copies, said = open_copies(settings), ""
    while True:
        try:
            await asyncio.to_thread(copies.latest)
        except NoSnapshot as error:
            if said != str(error):
                log.warning("start.waiting", part="snapshots", error=str(error))
            said = str(error)
            await asyncio.sleep(_LOOK_AGAIN)
        else:
            if said:
                log.warning("start.found", part="snapshots")
            return
