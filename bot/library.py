"""What chats are shown of the library: documents, by who may read them, and the strategies of the plan."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Protocol

from knowledge.model import Audience, Document, Evidence
from knowledge.strategies import Strategy, strategies


class Reader(Protocol):
    """What one audience may read."""

    async def document(self, id_: str) -> Document | None:
        """The document, or None where this audience has none of that id."""

    async def documents(self, kind: str | None = None) -> list[Document]:
        """All documents, or all of one kind."""


class Library(Protocol):
    """Everything that can be cited."""

    def reader(self, audience: Audience) -> Reader:
        """A reader that holds what this audience may read and nothing else."""


class Finder(Protocol):
    """Finds what is public."""

    async def find(self, query: str, language: str = "") -> Evidence:
        """The passages that answer best."""


@dataclasses.dataclass(frozen=True)
class Findable:
    """Everything that can be cited, and what finds the public part of it."""

    library: Library
    finder: Finder


class Strategies:
    """The strategies of the plan, which is public."""

    def __init__(self, library: Library) -> None:
        self._reader = library.reader(Audience.PUBLIC)

    async def all(self) -> Sequence[Strategy]:
        """All of them, by area and code."""
        return strategies(await self._reader.documents("plan"))
