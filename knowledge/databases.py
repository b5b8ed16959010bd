"""SQLite files: copied while somebody writes, opened where nobody does, and taken away where they are damaged."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from pathlib import Path

from knowledge.soundness import database_fault

_log = logging.getLogger(__name__)


def copy_database(source: sqlite3.Connection, path: Path) -> None:
    """Write a database into a new file as it is at this moment; what is there can be read without writing beside it."""
    with contextlib.closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def open_frozen(path: Path) -> sqlite3.Connection:
    """Open a file that nobody ever writes."""
    address = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(address, uri=True, check_same_thread=False)


def clear_damaged(path: Path) -> bool:
    """Take a file away that is no database, or cut off, and say so in the log; whether it was."""
    if fault := database_fault(path, thorough=False):
        _log.warning("%s is damaged (%s) and begun anew", path, fault)
        for file in path.parent.glob(f"{path.name}*"):
            file.unlink(missing_ok=True)
    return bool(fault)
