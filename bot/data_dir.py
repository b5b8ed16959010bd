"""The folder that everything is kept in, unless a database or another place is named."""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.settings import Settings
from knowledge.disks import is_full

_ROOM = 1 << 20
"""Bytes that there must be room for: to open what lies there takes some, even where it is only read."""
FREE = (
    "free space there (what lies in its cache/ may be deleted, and is made anew), or choose another with --data-dir or "
    "MOTEPLASSEN_DATA_DIR. Nothing that lies there needs to be taken away or made anew."
)
"""What to do about a full disk."""


class DataDirError(Exception):
    """The data directory can't be used; the message says why and what to do."""


def open_data_dir(settings: Settings) -> Path:
    """The data directory, made if need be. Raises DataDirError where it can't be written to."""
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's questions lie there
        _try(folder / f".probe-{secrets.token_hex(4)}")
    except OSError as error:
        if is_full(error):
            raise DataDirError(f"the disk is full that the data directory {folder} lies on: {FREE}") from error
        raise DataDirError(
            f"can't write to the data directory {folder}: {error.strerror or error}. "
            "Choose another with --data-dir or MOTEPLASSEN_DATA_DIR, or give yourself the right to write there."
        ) from error
    return folder


def _try(probe: Path) -> None:
    # An empty file can be made on a disk that is full.
    try:
        probe.write_bytes(b"\0" * _ROOM)
    finally:
        probe.unlink(missing_ok=True)
