"""The list of sources, as it is at the moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from ingest.sources import Source, SourcesError, load_sources

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Listed:
    """The sources, and what is wrong with the list where it has mistakes: they are as it was before them, then."""

    sources: Sequence[Source] = ()
    fault: str = ""


class Listing:
    """Reads a sources.toml anew each time, with the files that its folders hold then."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._last = Listed()

    def read(self) -> Listed:
        """The list. Mistakes in it are logged, once. Blocking."""
        last = self._last
        try:
            found = Listed(load_sources(self.file))
        except SourcesError as error:
            found = Listed(last.sources, str(error))
            if found.fault != last.fault:
                log.error("sources.not_taken", file=str(self.file), error=found.fault)
        self._last = found
        return found
