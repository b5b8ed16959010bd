"""The vectors of passages that come into the library, and of what will be compared with questions to them."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
from langchain_core.embeddings import Embeddings

from knowledge.embeddings import BrokenOff
from knowledge.model import Passage
from knowledge.sentences import sentences
from knowledge.typical_questions import TypicalQuestions

_AT_ONCE = 8
"""Texts whose vectors are made before it is looked whether there is any need for more."""


class Embedder:
    """Makes them; with `warm`, also those of sentences and headings, so that a question finds them in the cache."""

    def __init__(self, embeddings: Embeddings, typical: TypicalQuestions, *, warm: bool) -> None:
        self._embeddings = embeddings
        self._typical = typical
        self._warm = warm

    def embed(self, broken_off: threading.Event, passages: Sequence[Passage]) -> list[list[float]]:
        """The vectors of the passages, in order. Blocking. Raises BrokenOff once that is set, and ValueError where the
        model's vectors have not length 1."""
        vectors = self._vectors([passage.searched for passage in passages], broken_off)
        # Passages of one section have the same questions.
        asked = dict.fromkeys(text for passage in passages for text in self._typical.to(passage))
        self._vectors(list(asked), broken_off)
        if self._warm:
            read = [text for passage in passages for text in (passage.heading, *sentences(passage.text))]
            self._vectors(read, broken_off)
        lengths = np.linalg.norm(np.asarray(vectors), axis=1) if vectors else np.ones(0)
        if not np.allclose(lengths, 1.0, atol=1e-3):
            raise ValueError("the embeddings must have length 1")
        return vectors

    def know(self, text: str) -> None:
        """Have the vector of a text that questions will be compared with. Blocking."""
        if self._warm:
            self._embeddings.embed_documents([text])

    def _vectors(self, texts: Sequence[str], broken_off: threading.Event) -> list[list[float]]:
        vectors: list[list[float]] = []
        for start in range(0, len(texts), _AT_ONCE):
            if broken_off.is_set():
                raise BrokenOff
            vectors += self._embeddings.embed_documents(list(texts[start : start + _AT_ONCE]))
        return vectors
