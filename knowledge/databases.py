"""SQLite files: opened by many processes at once, copied while somebody writes, opened where nobody does."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from pathlib import Path

from filelock import FileLock

from knowledge.soundness import database_fault

_log = logging.getLogger(__name__)


def open_shared(path: Path, script: str) -> sqlite3.Connection:
    """Open a file that several processes write; a new one, or one that was damaged, begins with what the script makes.

    One after the other: of those that open a new file at once, SQLite turns some away without letting them wait.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock")):
        _clear_damaged(path)
        file = sqlite3.connect(path, check_same_thread=False, timeout=30)
        file.execute("PRAGMA journal_mode=WAL")
        file.executescript(script)
    return file


def copy_database(source: sqlite3.Connection, path: Path) -> None:
    """Write a database into a new file as it is at this moment; what is there can be read without writing beside it."""
    with contextlib.closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def open_frozen(path: Path) -> sqlite3.Connection:
    """Open a file that nobody ever writes."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def _clear_damaged(path: Path) -> None:
    if fault := database_fault(path, thorough=False):
        _log.warning("%s is damaged (%s) and begun anew", path, fault)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink()
