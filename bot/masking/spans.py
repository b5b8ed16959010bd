"""What recognisers find."""

from __future__ import annotations

import enum
from typing import NamedTuple


class Kind(enum.StrEnum):
    """A kind of personal data, as what stands in its place calls it."""

    NATIONAL_ID = "fødselsnummer"
    ACCOUNT = "kontonummer"
    EMAIL = "e-postadresse"
    PHONE = "telefonnummer"
    NAME = "navn"

    @property
    def label(self) -> str:
        """What is put in its place."""
        return f"[{self}]"


class Span(NamedTuple):
    """Where in a text it stands: from the character `start` up to `end`, which is not part of it."""

    start: int
    end: int
