"""What one audience may read of the library."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence

from knowledge.concepts import NOTHING, About
from knowledge.editions import Edition, Editions
from knowledge.model import Audience, Document, Passage
from knowledge.references import Keys
from knowledge.scores import Scores
from knowledge.shelf import Shelf
from knowledge.typical_questions import NONE_ALIKE, Alike, Askable


class Reader:
    """What one audience may read: the shelves in its hand, and no way to any other.

    Each call reads the library as it is then. Who asks for several things that belong together holds it: see `hold`.
    """

    def __init__(self, editions: Editions | Edition, audience: Audience) -> None:
        self._editions = editions
        self._audience = audience

    @contextlib.contextmanager
    def hold(self) -> Iterator[Reader]:
        """A reader of the library as it is now, for as long as the context lasts, whatever takes its place."""
        with self._editions.hold() as edition:
            yield Reader(edition, self._audience)

    async def document(self, id_: str) -> Document | None:
        """The document, or None where this audience has none of that id."""
        return await asyncio.to_thread(self._document, id_)

    async def documents(self, kind: str | None = None) -> list[Document]:
        """All documents, or all of one kind."""
        return await asyncio.to_thread(self._documents, kind)

    def search(
        self, text: str, vector: Sequence[float], count: int, about: About = NOTHING, alike: Alike = NONE_ALIKE
    ) -> Scores:
        """Scores of the best passages of each half of each shelf. Blocking."""
        scores = Scores()
        with self._shelves() as shelves:
            for shelf in shelves:
                shelf.search(text, vector, count, scores, about, alike)
        return scores

    def passages(self, entries: Sequence[str]) -> dict[str, Passage]:
        """The passages that a search has found, by entry. Blocking."""
        with self._shelves() as shelves:
            return {entry: each for shelf in shelves for entry, each in shelf.catalogue.passages(entries).items()}

    def by_key(self, pattern: str, *, own: bool = True) -> list[Passage]:
        """The passages that are (or, with `own=False`, rest on) what a GLOB pattern of keys names. Blocking."""
        with self._shelves() as shelves:
            return [passage for shelf in shelves for passage in shelf.catalogue.by_key(pattern, own=own)]

    def section(self, passage: Passage) -> list[Passage]:
        """All passages of the section that a passage is of, in reading order. Blocking."""
        with self._shelves() as shelves:
            parts = [shelf.catalogue.section(passage.document, passage.section) for shelf in shelves]
        return [each for part in parts for each in part]

    def beside(self, passage: Passage) -> list[Passage]:
        """The neighbours of a passage, and what stands under the heading above its own. Blocking."""
        with self._shelves() as shelves:
            return [each for shelf in shelves for each in shelf.catalogue.beside(passage)]

    def stamps(self) -> tuple[str, ...]:
        """Say which version of the library this is: another one as soon as anything in it has changed. Empty where not
        all of it can be searched, so that what is found doesn't depend on the version alone. Blocking."""
        with self._shelves() as shelves:
            return () if any(shelf.broken for shelf in shelves) else tuple(shelf.stamp() for shelf in shelves)

    def keys(self) -> Keys:
        """The keys of everything that can be referred to exactly. Blocking."""
        with self._shelves() as shelves:
            first, *others = (shelf.keys_and_askable()[0] for shelf in shelves)
        return Keys(first.union(*others)) if others else first

    def askable(self) -> Askable:
        """What there may be typical questions to. Blocking."""
        with self._shelves() as shelves:
            every = [shelf.keys_and_askable()[1] for shelf in shelves]
        if len(every) == 1:
            return every[0]
        return Askable(
            frozenset().union(*(each.keys for each in every)),
            {key: asked for each in every for key, asked in each.sections.items()},
        )

    def answers(self) -> tuple[tuple[Passage, ...], ...]:
        """The published answers of each shelf; the very same tuples until they change. Blocking."""
        with self._shelves() as shelves:
            return tuple(shelf.answers() for shelf in shelves)

    def terms(self, text: str) -> list[str]:
        """The words of a text as the index knows them. Blocking."""
        with self._shelves() as shelves:
            return shelves[0].lexical.terms(text)

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """How telling each term is among the public documents (inverse document frequency). Blocking."""
        with self._shelves() as shelves:
            return shelves[0].rarity(terms)

    def rarity_of_grams(self, text: str) -> dict[str, float]:
        """The character n-grams of a text, and how telling each is among the public documents. Blocking."""
        with self._shelves() as shelves:
            return shelves[0].rarity_of_grams(text)

    def _document(self, id_: str) -> Document | None:
        with self._shelves() as shelves:
            found = (shelf.catalogue.document(id_) for shelf in shelves)
            return next((document for document in found if document), None)

    def _documents(self, kind: str | None) -> list[Document]:
        with self._shelves() as shelves:
            return [document for shelf in shelves for document in shelf.catalogue.documents(kind)]

    @contextlib.contextmanager
    def _shelves(self) -> Iterator[Sequence[Shelf]]:
        with self._editions.hold() as edition:
            yield edition.readable_by(self._audience)
