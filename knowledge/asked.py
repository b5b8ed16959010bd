"""Questions that were asked before: which published answers are to one like this, and which to the very same.

Published answers stand in no index. Whoever asks something else about the same matter would be given them there: by
words and meaning together, .70 of 104 questions that differ in what matters (`tests/bench/asked_again.toml`) get the
answer to the question they are near to, with confidence. Only their questions are compared.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from knowledge.embeddings import vectors_of
from knowledge.model import Found, Passage
from knowledge.reader import Reader
from knowledge.references import Keys, references

SAME = 0.7
"""How near (cosine) a question must be to the one that was answered to be taken for it: the very same one is at .875 at
the least. By `tests/bench/asked_again.py` .33 of 124 questions that ask the same in other words then are, .02 of 131
that were made to mislead, and of 2,466 others one, which does ask the same; at .68 it would be .43 and .05."""

AKIN = 0.56
"""How near it must be for the answer to be worth a look where nothing answers for certain."""

_MOST = 10
"""Answers: more are not looked at."""

_NUMBER = re.compile(r"(?<!\w)[a-zæøå]?\d+", re.I)

_BEGINS = r"(?:^|[.!?:,]\s+)(?:og |men |and |but )?"
_HOW = r"(?:hvor|kor|how) "
_SOUGHT = {
    "whether": rf"{_BEGINS}(?:kan|må|får|er|har|skal|bør|gir|gjev|finst|fin(?:ne)?s|går|(?:gjeld|treng|krev|slipp)\w*"
    r"|is|are|do|does|can|may|must|should|have|has)\b",
    "when": rf"{_BEGINS}(?:når|kva tid|when)\b|\b(?:hva|kva|what) (?:er|is) (?:frist|the dead)",
    "how long": rf"{_BEGINS}{_HOW}(?:lang\w*|lenge|long)\b|\bbehandlingstid",
    "how many": rf"{_BEGINS}{_HOW}(?:mange|many)\b",
    "how often": rf"{_BEGINS}{_HOW}(?:ofte|often)\b",
    "how old": rf"{_BEGINS}{_HOW}(?:gam\w+|old)\b|\baldersgrense",
    "how big": rf"{_BEGINS}{_HOW}(?:stor\w*|små|lit\w+|big|small|large)\b",
    "price": rf"\b(?:kost(?:er|ar|e)?|{_HOW}(?:mye|mykje|much)|pris(?:en|er)?|costs?|betal\w* for|gratis|free)\b",
    "where": rf"{_BEGINS}(?:(?:hvor|kor)(?! (?:lang|le|my|mange|stor|små|lit|gam|ofte|høy|dyr|fort))|kvar|where)\b",
    "who": rf"{_BEGINS}(?:hvem|kven|who)\b",
    "how": rf"{_BEGINS}(?:hvordan|korleis|how(?! (?:much|many|long|often|big|small|large|old)))\b",
    "what": rf"{_BEGINS}(?:hva|kva|what) (?:er|is)(?! (?:pris|frist|the price|the dead))\b",
}
"""What a question may ask for. In a short one, it is a small part of what the vector says: "Når må jeg søke om
uteservering?" lies nearer to "Hvor søker jeg om uteservering?" than most of that in other words."""
_AMOUNTS = frozenset({"how long", "how many", "how often", "how old", "how big", "price"})
_COSTS = re.compile(r"\b(?:kost(?:er|ar|e)?|costs?)\b", re.I)
_PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in _SOUGHT.items()}

Array = npt.NDArray[np.float64]
_Known = tuple[tuple[tuple[Passage, ...], ...], tuple[Passage, ...], Array]


class Asked:
    """The questions that published answers are to, as their vectors."""

    def __init__(self, reader: Reader, embeddings: Embeddings) -> None:
        self._reader = reader
        self._embeddings = embeddings
        self._known: _Known = ((), (), np.zeros((0, 0)))

    def near(self, vector: Sequence[float], reader: Reader | None = None) -> tuple[Found, ...]:
        """The published answers to questions near to the one with that vector, the nearest first, a few; of `reader`,
        where it is not to be the one that this was made with. Blocking."""
        passages, vectors = self._questions(reader or self._reader)
        if not passages:
            return ()
        near = vectors @ np.asarray(vector)
        order = [int(index) for index in np.argsort(-near, kind="stable")[:_MOST] if near[index] >= AKIN]
        return tuple(Found(passage=passages[index], score=float(near[index])) for index in order)

    def _questions(self, reader: Reader) -> tuple[tuple[Passage, ...], Array]:
        # Read once by each question: other threads may put something newer in its place meanwhile.
        shelves, passages, vectors = self._known
        now = reader.answers()
        if len(now) != len(shelves) or any(ours is not theirs for ours, theirs in zip(shelves, now, strict=True)):
            passages = tuple(passage for shelf in now for passage in shelf)
            headings = [passage.heading for passage in passages]
            vectors = vectors_of(self._embeddings, headings) if headings else np.zeros((0, 0))
            self._known = (now, passages, vectors)
        return passages, vectors


def is_same(query: str, found: Found, keys: Keys) -> bool:
    """Is what is asked the question that was answered? It is near to it, asks for the same kind of thing, and has no
    number ("klokka 03"), strategy or paragraph that is not there; `keys` are those of the latter that there are."""
    asked = found.passage.heading
    return (
        found.score >= SAME
        and _numbers(query) <= _numbers(asked)
        and _seek_alike(_sought(query), _sought(asked))
        and _named(query, keys) <= _named(asked, keys)
    )


def seeks_amount(text: str) -> bool:
    """Does a question ask how many, how long or for what price, rather than whether?"""
    sought = _sought(text)
    return bool(sought & _AMOUNTS) and "whether" not in sought


def seeks_price(text: str) -> bool:
    """Does a question ask what something costs?"""
    return bool(_COSTS.search(text))


def _numbers(text: str) -> set[str]:
    return {number.lower() for number in _NUMBER.findall(text)}


def _seek_alike(one: set[str], other: set[str]) -> bool:
    # Of mere keywords nobody knows what they ask for.
    return not one or not other or bool(one & other)


def _sought(text: str) -> set[str]:
    return {name for name, pattern in _PATTERNS.items() if pattern.search(text)}


def _named(text: str, keys: Keys) -> set[tuple[str, str]]:
    return {(reference.pattern, reference.part) for reference in references(text, keys)}
