"""The ledger in the data directory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bot.indexing.opening import library_folder
from bot.settings import Settings
from ingest.ledger import Ledger


@contextlib.contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """What is known of sources and documents from the runs before. Raises DataDirError, or ConfigurationError where
    that is in a snapshot, and there is none yet."""
    path = library_folder(settings) / "ledger.db"
    with contextlib.closing(Ledger(path, frozen=not settings.indexing)) as ledger:
        yield ledger
