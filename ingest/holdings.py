"""What the pipeline needs of the library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from knowledge.catalogue import Split
from knowledge.model import Audience, Document


class Held(Protocol):
    """What the library says about a document that it holds."""

    @property
    def source(self) -> str:
        """The name of the source it came from; empty where it came from none."""

    @property
    def audience(self) -> Audience:
        """Who may read it."""

    @property
    def digest(self) -> str:
        """The digest of the document when it was put in."""


class Holdings(Protocol):
    """Where documents are put: the library."""

    async def holdings(self) -> Mapping[str, Held]:
        """All documents by id."""

    async def document(self, id_: str, /) -> Document | None:
        """A document as it stands there."""

    async def put_all(self, documents: Sequence[Split], /) -> None:
        """Add or replace documents, also where their audience changed."""

    async def remove(self, id_: str, /) -> None:
        """Take a document out."""

    async def begin(self) -> None:
        """A list of sources is being brought in."""

    async def end(self) -> None:
        """All of it has been gone through."""

    def lock(self) -> AbstractAsyncContextManager[None]:
        """One ingest at a time."""
