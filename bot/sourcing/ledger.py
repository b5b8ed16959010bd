"""The ledger in the data directory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from bot.data_dir import open_data_dir
from bot.settings import Settings
from ingest.ledger import Ledger


@contextlib.contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """What is known of sources and documents from the runs before. Raises DataDirError."""
    with contextlib.closing(Ledger(open_data_dir(settings) / "library" / "ledger.db")) as ledger:
        yield ledger
