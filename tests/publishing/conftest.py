"""Published answers on each kind of database, over a library of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from tests.conversation.conftest import understander
from tests.desk.conftest import address, database, desk, other, outbox
from tests.knowledge.conftest import answerer, embeddings
from tests.publishing.examples import Office

__all__ = ["address", "answerer", "database", "desk", "embeddings", "other", "outbox", "understander"]


@pytest.fixture
def library(embeddings: CachedEmbeddings, tmp_path: Path) -> Iterator[Library]:
    """A library of the test's own, empty."""
    library = Library(tmp_path / "library", embeddings, warm=False)
    yield library
    library.close()


@pytest.fixture
def office(database: Database, outbox: Outbox, desk: Desk, library: Library) -> Office:
    return Office(database, outbox, desk, library)
