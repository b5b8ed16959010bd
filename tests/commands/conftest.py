"""Logging as it was: a command line that ran in this process leaves it writing to a stream that is closed by now."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    yield
    structlog.reset_defaults()
