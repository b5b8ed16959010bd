"""What the tests share: a small municipality, and the databases that there are."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from tests.databases import Databases
from tests.peers.postgres import running
from tests.town import moteplassen, write

if TYPE_CHECKING:
    from bot.wiring import Knowledge


THOROUGH = Path(__file__).with_name("thorough.txt")
"""The files, a line each, whose tests take more than five seconds together."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the tests of these files: the rest is what the default suite has time for."""
    files = {config.rootpath / line for line in THOROUGH.read_text(encoding="utf-8").splitlines()}
    for item in items:
        if item.path in files:
            item.add_marker("thorough")


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """New databases. MOTEPLASSEN_TEST_POSTGRES may name a server to make those of PostgreSQL on, such as
    postgresql+asyncpg://somebody@localhost/postgres; without it, one is started where PostgreSQL is installed."""
    given = os.environ.get("MOTEPLASSEN_TEST_POSTGRES")
    with contextlib.ExitStack() as stack:
        # Started by the first test that asks for it: most processes of a run have none that does.
        start = functools.cache(lambda: stack.enter_context(running(given)))
        databases = Databases(tmp_path_factory.mktemp("databases"), start)
        yield databases
        asyncio.run(databases.close())


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small municipality's sources.toml. Only for reading."""
    return write(tmp_path_factory.mktemp("town"))


@pytest.fixture(scope="session")
def data_dir(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the small municipality in it. Only for reading."""
    folder = tmp_path_factory.mktemp("data")
    done = moteplassen("ingest", sources, "--data-dir", folder)
    structlog.reset_defaults()  # the command line logs to a stream that ends with it
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knowledge]:
    """What ships, indexed whole, which takes minutes: for slow tests. Only for reading."""
    from tests.shipped import indexed  # noqa: PLC0415 - most tests need nothing of what it loads

    with indexed(tmp_path_factory.mktemp("shipped")) as knowledge:
        yield knowledge
