"""A Chroma server that all tests of a process share, and a proxy before it that cuts, hangs and delays."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator

import pytest

from knowledge.chroma_server import ChromaServer
from tests.knowledge.conftest import answerer, embeddings
from tests.peers.chroma import chroma
from tests.peers.proxy import Proxy, proxied

__all__ = ["answerer", "embeddings"]

PAUSE = 0.3
"""Seconds until one question tries again."""
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where the server listens."""
    with chroma(tmp_path_factory.mktemp("chroma") / "data") as port:
        yield port


@pytest.fixture
def proxy(port: int) -> Iterator[Proxy]:
    with proxied(("127.0.0.1", port)) as proxy:
        yield proxy


@pytest.fixture
def prefix() -> str:
    """Of collections that no other test has."""
    return f"test-{next(NUMBERS)}"


@pytest.fixture
def server(proxy: Proxy, prefix: str) -> Iterator[ChromaServer]:
    """The server through the proxy."""
    server = ChromaServer(
        f"http://127.0.0.1:{proxy.port}", prefix=prefix, patience=1.0, write_patience=1.0, pause=PAUSE
    )
    with contextlib.closing(server):
        yield server
