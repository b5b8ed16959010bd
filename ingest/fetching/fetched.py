"""What was fetched, and what is raised where it could not be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ingest.sources import Location

_GONE = {404, 410}


class FetchError(RuntimeError):
    """Something could not be fetched. The message names it and says what to do.

    `status` is what the server answered, where it answered with an error.
    """

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status

    @property
    def is_gone(self) -> bool:
        """Whether the server says that there is nothing any longer."""
        return self.status in _GONE


class TransientError(FetchError):
    """It may work later: at once, or in `after` seconds where the server said so.

    `is_of_host` is whether other documents of the host would fail as well.
    """

    def __init__(
        self, message: str, status: int | None = None, *, after: float | None = None, is_of_host: bool = True
    ) -> None:
        super().__init__(message, status)
        self.after = after
        self.is_of_host = is_of_host


@dataclass(frozen=True)
class Fetched:
    """What was fetched. `location` is where it was asked for, `url` where it was found in the end.

    `robots` is what the server asks of those who index it: "noindex, nofollow".
    """

    location: Location
    content: bytes
    media_type: str
    url: str
    etag: str | None = None
    last_modified: str | None = None
    charset: str | None = None
    robots: str | None = None

    @property
    def is_from_web(self) -> bool:
        """Whether it was fetched from an address rather than read from a file."""
        return not isinstance(self.location, Path)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the content."""
        return hashlib.sha256(self.content).hexdigest()
