"""What a search of the library says about the passages."""

from __future__ import annotations

from collections.abc import Sequence

from knowledge.concepts import About
from knowledge.typical_questions import Alike


class Scores:
    """What the halves of a library say about the passages, by entry, and how long each took (ms).

    `terms` are the scores for the legal terms of what is asked, `point` and `law` say how much of the question is known
    to be about the very paragraph or its law (0..1); `typical`, `typical_words` and `typical_grams` how like it is to
    typical questions to the paragraph, in meaning (cosine), words and n-grams (BM25), and `unasked` (1) that nobody
    wrote any to the document that it is of, which is no law, though to others. `limited` says that what has the vectors
    is away: nothing was found by meaning.
    """

    def __init__(self) -> None:
        self.words: dict[str, float] = {}
        self.grams: dict[str, float] = {}
        self.meaning: dict[str, float] = {}
        self.terms: dict[str, float] = {}
        self.point: dict[str, float] = {}
        self.law: dict[str, float] = {}
        self.typical: dict[str, float] = {}
        self.typical_words: dict[str, float] = {}
        self.typical_grams: dict[str, float] = {}
        self.unasked: dict[str, float] = {}
        self.ms = {"lexical": 0.0, "vector": 0.0}
        self.limited = False

    @property
    def entries(self) -> list[str]:
        """All that was found."""
        return sorted(set().union(*self._parts().values()))

    def of(self, entry: str) -> dict[str, float]:
        """What is known of an entry, by name."""
        return {name: part[entry] for name, part in self._parts().items() if entry in part}

    def compare(self, keys: Sequence[tuple[str, str]], about: About, alike: Alike) -> None:
        """Add what is known of the laws of entries, and of typical questions to them; `keys` are (key, entry)."""
        for key, entry in keys:
            self.law[entry] = max(about.laws.get(key.rpartition("/")[0], 0.0), self.law.get(entry, 0.0))
            if key in alike.meaning:
                self.typical[entry] = max(alike.meaning[key], self.typical.get(entry, -1.0))
                self.typical_words[entry] = max(alike.words.get(key, 0.0), self.typical_words.get(entry, 0.0))
                self.typical_grams[entry] = max(alike.grams.get(key, 0.0), self.typical_grams.get(entry, 0.0))

    def _parts(self) -> dict[str, dict[str, float]]:
        return {name: part for name, part in vars(self).items() if isinstance(part, dict) and name != "ms"}
