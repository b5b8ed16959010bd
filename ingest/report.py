"""What a run did."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict

from ingest.changes import Change

Progress = Callable[[int, int, str], None]
"""Told how many documents are done, of how many that are known of so far, and the title of the last one."""


class Failure(BaseModel):
    """A document that could not be brought in, or a source that could not be looked through (`document` is empty then),
    and why."""

    model_config = ConfigDict(frozen=True)

    source: str = ""
    document: str = ""
    reason: str


class Note(BaseModel):
    """What a reader left out of a document, or is unsure of."""

    model_config = ConfigDict(frozen=True)

    document: str
    text: str


class Report(BaseModel):
    """Numbers of documents, and of passages of all that are there now; what failed, and what changed.

    `missing` are documents that their source has no longer; they are kept for a while.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    removed: int = 0
    failed: list[Failure] = []
    notes: list[Note] = []
    changes: list[Change] = []
    passages: int = 0
    seconds: float = 0.0
