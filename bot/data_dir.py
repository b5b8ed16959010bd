"""The folder that everything is kept in, unless a database or another place is named."""

from __future__ import annotations

import contextlib
import fnmatch
import functools
import os
import secrets
import stat
from pathlib import Path

import structlog

from bot.settings import Settings
from knowledge.disks import is_full

log = structlog.get_logger(__name__)

_OURS = (
    *("library", "snapshots", "cache", "eval", "chroma", "tenants", "moteplassen.db*", "session-secret"),
    *(".session-secret-*", ".probe-*", "erasures.jsonl*", "restored-*"),
)
"""What lies in a data directory. One that something else lies in may be somebody's in which others have business."""
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
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
    _keep_from_others(folder)
    return folder


@functools.cache
def _keep_from_others(folder: Path) -> None:
    """Make it its owner's alone where everybody may look into it: something else, such as Chroma, may have made it. One
    that only a group may look into was meant so."""
    with contextlib.suppress(OSError):
        found = folder.stat()
        mode = stat.S_IMODE(found.st_mode)
        if not mode & stat.S_IRWXO:
            return
        about = {"folder": str(folder), "mode": f"{mode:04o}"}
        if found.st_uid == os.geteuid() and all(_is_ours(each.name) for each in folder.iterdir()):
            folder.chmod(mode & ~_OTHERS)
            log.warning("data_dir.closed", todo="nothing; give a group rights there where it needs them", **about)
        else:
            log.warning("data_dir.open", todo="everybody here may read it: take the rights of others away", **about)


def _is_ours(name: str) -> bool:
    return any(fnmatch.fnmatch(name, each) for each in _OURS)


def _try(probe: Path) -> None:
    # An empty file can be made on a disk that is full.
    try:
        probe.write_bytes(b"\0" * _ROOM)
    finally:
        probe.unlink(missing_ok=True)
