"""What can be wrong with an answer, and how much that matters: told in a way that says what is to be mended."""

from __future__ import annotations

import enum


class Fault(enum.StrEnum):
    """What somebody finds wrong with an answer."""

    WRONG = "wrong"
    """What it says isn't so: the passages, or how they are chosen, are to be looked at."""
    DETAIL_MISSING = "detail_missing"
    """It is right as far as it goes: more is to be quoted, or a document lacks it."""
    SOURCE_NOT_FOUND = "source_not_found"
    """A document answers it, and was not found: the search is to be mended, or the document's words."""
    OUTDATED = "outdated"
    """It was so once: the source is to be brought in anew, or a published answer withdrawn."""
    OTHER = "other"

    @property
    def key(self) -> str:
        """Names the message that says it to people."""
        return f"reply.feedback.fault.{self}"


class Importance(enum.StrEnum):
    """How much it matters, as whoever says so sees it."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def key(self) -> str:
        """Names the message that says it to people."""
        return f"reply.feedback.importance.{self}"
