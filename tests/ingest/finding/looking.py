"""How tests of finding look for documents."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from ingest.sources import Source

Find = Callable[..., Awaitable[dict[str, str]]]
"""What is found: by path, the document's id or why it can't be had. `error` is why the listing ended early."""


def source(folder: Path, **values: Any) -> Source:
    common = {"name": "Nett", "kind": "page", "audience": "public", "language": "nb", "folder": folder}
    return Source.model_validate({**common, **values})
