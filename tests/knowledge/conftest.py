from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.engine import Engine
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.retriever import Retriever
from tests.knowledge.examples import EVERYTHING, split


@pytest.fixture(scope="session")
def engine() -> Engine:
    return Engine()


@pytest.fixture(scope="session")
def embeddings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CachedEmbeddings]:
    """The bundled model, and one cache for all tests: the same sentence is embedded once."""
    embeddings = CachedEmbeddings(E5Embeddings(), tmp_path_factory.mktemp("embeddings") / "vectors.db")
    yield embeddings
    embeddings.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def library(embeddings: CachedEmbeddings, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Library]:
    """All examples. Only for reading."""
    library = Library(tmp_path_factory.mktemp("library"), embeddings)
    await library.put_all([split(document) for document in EVERYTHING])
    yield library
    library.close()


@pytest.fixture
def shelf(embeddings: CachedEmbeddings, tmp_path: Path) -> Iterator[Library]:
    """An empty library, to be filled."""
    library = Library(tmp_path / "library", embeddings, warm=False)
    yield library
    library.close()


@pytest.fixture
def outsider(library: Library, embeddings: CachedEmbeddings) -> Retriever:
    return Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings)


@pytest.fixture
def insider(library: Library, embeddings: CachedEmbeddings) -> Retriever:
    return Retriever(reader=library.reader(Audience.INTERNAL), embeddings=embeddings)


@pytest.fixture
def answerer(embeddings: CachedEmbeddings) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(embeddings, "https://bot.example/")
