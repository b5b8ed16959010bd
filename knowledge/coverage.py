"""How much of what a question says another text says too."""

from __future__ import annotations

import functools

from knowledge.reader import Reader


class Coverage:
    """The words of a question, and what they are made of, and how telling each is in this library."""

    def __init__(self, reader: Reader, text: str) -> None:
        self.text = text
        self._reader = reader
        self._rarity = reader.rarity(reader.terms(text))
        self._total = sum(self._rarity.values()) or 1.0

    def of(self, text: str) -> float:
        """The share (0..1) of the question's information that the text shares words with. Blocking."""
        there = set(self._reader.terms(text))
        shared = sum(weight for term, weight in self._rarity.items() if term in there)
        return min(1.0, shared / self._total)

    def in_grams(self, text: str) -> float:
        """The same by character n-grams, which parts of compound words share too. Blocking."""
        grams, there = self._grams, text.lower()
        shared = sum(weight for gram, weight in grams.items() if gram in there)
        return min(1.0, shared / (sum(grams.values()) or 1.0))

    def parts(self, text: str) -> dict[str, float]:
        """Both, by name. Blocking."""
        return {"coverage": self.of(text), "gram_coverage": self.in_grams(text)}

    @functools.cached_property
    def _grams(self) -> dict[str, float]:
        return self._reader.rarity_of_grams(self.text)
