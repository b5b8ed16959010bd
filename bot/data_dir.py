"""The folder that everything is kept in, unless a database or another place is named."""

from __future__ import annotations

import secrets
from pathlib import Path

from bot.settings import Settings


class DataDirError(Exception):
    """The data directory can't be used; the message says why and what to do."""


def open_data_dir(settings: Settings) -> Path:
    """The data directory, made if need be. Raises DataDirError where it can't be written to."""
    folder = settings.data_dir.absolute()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's questions lie there
        probe = folder / f".probe-{secrets.token_hex(4)}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataDirError(
            f"can't write to the data directory {folder}: {error.strerror or error}. "
            "Choose another with --data-dir or MOTEPLASSEN_DATA_DIR, or give yourself the right to write there."
        ) from error
    return folder
