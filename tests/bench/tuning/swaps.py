"""Questions with another subject: "How high must the railing be on a balcony?", "… on a sailing boat?"."""

from __future__ import annotations

import itertools
import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from knowledge.engine import Engine

_WORD = re.compile(r"[^\W\d_]+")
_GRAM = 4
_BEFORE_NOUNS = frozenset(
    "en et ei ein eit den det av til for på i med om ved fra frå min mi mitt vår vårt mine våre egen eigen ny nytt nye"
    " gammel gamle annen anna andre små store a an the of in on from with my our".split()
)
_BEFORE_OTHERS = frozenset(
    "å kan må skal vil hvor kor er så veldig mer meir to jeg eg vi man de dei du har ble blir vart hva kva få får som"
    " ikke ikkje can must may do does how is we you i they not what".split()
)
_OTHERS = frozenset(
    "hvem hvordan hvorfor hvilke hvilken hvilket kven korleis kvifor eller og men hvis når alle ingen noen noe noko"
    " which when where who why or and but if any all there that this it".split()
)
_NEVER = _BEFORE_NOUNS | _BEFORE_OTHERS | _OTHERS
_ENGLISH = frozenset("the is my we can do does how what a our must may are of to have".split())
_NORWEGIAN = frozenset("er og jeg eg vi kan må det har skal hva kva til på ikke ikkje som hvor kor når".split())
_TWICE = 2
"""A noun stands so much more often after the ones than after the others."""
_ENDINGS = ("ene", "ane", "en", "et", "er", "ar", "a", "e")
_COMMON = 40
"""Words that occur more often are hardly a subject."""
_SHORTEST = 5
_DRAWN, _NEAREST = 60, 4
"""Nouns that are drawn for a place, and those of them that are likest to the one that stands there: of these is the new
one."""
_SAID, _UNSAID = 0.6, 0.4
"""The share of a word's 4-grams that a text has which speaks of it, and which doesn't."""


def grams(text: str) -> set[str]:
    """The 4-grams of a text, in lower case."""
    text = text.lower()
    return {text[start : start + _GRAM] for start in range(max(1, len(text) - _GRAM + 1))}


class Swaps:
    """Puts one noun in another's place. `asked` are questions in Norwegian and English, `laws` and `news` texts in
    Norwegian, of which the latter lend nouns, too."""

    def __init__(self, engine: Engine, asked: Sequence[str], laws: Sequence[str], news: Sequence[str]) -> None:
        self._engine = engine
        self._nouns: Counter[str] = Counter()
        self._not: Counter[str] = Counter()
        self._vectors: dict[str, npt.NDArray[np.float32]] = {}
        for text in (*asked, *laws, *news):
            self._learn(text)
        english = [text for text in asked if _is_english(text)]
        norwegian = [text for text in asked if not _is_english(text)]
        self._of = {True: self._pool(english), False: self._pool([*norwegian, *news])}

    def swapped(self, asked: str, said: str) -> str:
        """The question with another noun for one that is spoken of in what is said, which does not speak of that other
        one; empty where there is none."""
        there = grams(said)
        words = [each for each in _WORD.findall(asked) if self._is_noun(each) and _share(each, there) >= _SAID]
        if not words:
            return ""
        word = random.choice(words)
        pool = self._of[_is_english(asked)][_ending(word)]
        for other in self._like(word, random.sample(pool, min(len(pool), _DRAWN))):
            if _share(other, there) < _UNSAID:
                put = other.capitalize() if word[0].isupper() else other
                return re.sub(rf"\b{re.escape(word)}\b", put, asked, count=1)
        return ""

    def _like(self, word: str, drawn: Sequence[str]) -> list[str]:
        vector = self._vector(word)
        nearest = sorted(drawn, key=lambda each: -float(self._vector(each) @ vector))[:_NEAREST]
        return random.sample(nearest, len(nearest))

    def _vector(self, word: str) -> npt.NDArray[np.float32]:
        if word not in self._vectors:
            mean = self._engine.together(self._engine.tokens("query", word)).mean(axis=(0, 1))
            self._vectors[word] = mean / np.linalg.norm(mean)
        return self._vectors[word]

    def _learn(self, text: str) -> None:
        words = [each.lower() for each in _WORD.findall(text)]
        for before, word in itertools.pairwise(words):
            if before in _BEFORE_NOUNS:
                self._nouns[word] += 1
            elif before in _BEFORE_OTHERS:
                self._not[word] += 1

    def _is_noun(self, word: str) -> bool:
        word = word.lower()
        return word not in _NEVER and self._nouns[word] > 0 and self._nouns[word] >= _TWICE * self._not[word]

    def _pool(self, texts: Sequence[str]) -> dict[str, list[str]]:
        counted = Counter(word for text in texts for word in _WORD.findall(text) if word[0].islower())
        by_ending: dict[str, list[str]] = defaultdict(list)
        for word, count in counted.items():
            if len(word) >= _SHORTEST and count <= _COMMON and self._is_noun(word):
                by_ending[_ending(word)].append(word)
        return by_ending


def _share(word: str, there: set[str]) -> float:
    parts = grams(word)
    return len(parts & there) / len(parts)


def _ending(word: str) -> str:
    return next((each for each in _ENDINGS if word.lower().endswith(each)), "")


def _is_english(text: str) -> bool:
    words = set(_WORD.findall(text.lower()))
    return len(words & _ENGLISH) > len(words & _NORWEGIAN)
