"""How much of what a question says another text says too."""

from __future__ import annotations

from knowledge.library import Reader


class Coverage:
    """The words of a question and how telling each is in this library."""

    def __init__(self, reader: Reader, text: str) -> None:
        self._reader = reader
        self._rarity = reader.rarity(reader.terms(text))
        self._total = sum(self._rarity.values()) or 1.0

    def of(self, text: str) -> float:
        """The share (0..1) of the question's information that the text shares words with. Blocking."""
        there = set(self._reader.terms(text))
        shared = sum(weight for term, weight in self._rarity.items() if term in there)
        return min(1.0, shared / self._total)
