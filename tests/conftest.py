"""What the tests of the command line and of the running server share."""

from __future__ import annotations

from pathlib import Path

import pytest
import structlog

from tests.town import moteplassen, write


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
