"""A shelf: all documents of one audience, in a catalogue, a lexical index and a vector index that are kept in step."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from knowledge.catalogue import Catalogue, Split, is_outdated
from knowledge.concepts import NOTHING, About
from knowledge.lexical import LexicalIndex
from knowledge.model import ANSWER, Audience, Document, Passage
from knowledge.vectors import VectorIndex

GRACE = 10.0
"""Seconds for which what has been replaced can still be read by a search that has found it."""

_TRIES = 3

Embed = Callable[[Sequence[Passage]], Sequence[Sequence[float]]]
"""The vectors of passages, in order."""


class Scores:
    """What the halves of a library say about the passages, by entry, and how long each took (ms).

    `terms` are the scores for the legal terms of what is asked, `point` and `law` say how much of the question is known
    to be about the very paragraph or its law (0..1).
    """

    def __init__(self) -> None:
        self.words: dict[str, float] = {}
        self.grams: dict[str, float] = {}
        self.meaning: dict[str, float] = {}
        self.terms: dict[str, float] = {}
        self.point: dict[str, float] = {}
        self.law: dict[str, float] = {}
        self.ms = {"lexical": 0.0, "vector": 0.0}


class Shelf:
    """All documents of one audience. Blocking: call it from a thread."""

    def __init__(self, folder: Path, audience: Audience, clock: Callable[[], float] = time.time) -> None:
        if is_outdated(folder / "catalogue.db"):
            shutil.rmtree(folder)  # all of it is made from documents that are still there
        self.audience = audience
        self.catalogue = Catalogue(folder / "catalogue.db", audience, clock)
        self.lexical = LexicalIndex(folder / "lexical")
        self.vectors = VectorIndex(folder / "vectors", audience.value)
        self._seen = self.catalogue.revision()
        self._keys: frozenset[str] | None = None
        self._answers: tuple[Passage, ...] = ()
        self._answers_seen = -1
        self._turn = threading.Lock()
        self._writing = threading.Lock()

    def put(self, documents: Sequence[Split], embed: Embed) -> None:
        """Add or replace documents; `embed` makes the vectors of those passages that are new.

        Both indexes have the new entries before the catalogue makes them live, all at once: whoever searches meanwhile
        finds the old version or the new one, and what a crash interrupts stays as it was.
        """
        # What is put in is loose until it is swapped in: nobody may sweep it away meanwhile.
        with self._writing:
            self._drop(self.catalogue.loose(GRACE))
            new = self.catalogue.missing(documents)
            vectors = embed(list(new.values()))
            self.lexical.add(new)
            self.vectors.add(list(new), vectors)
            self.catalogue.swap(documents)

    def mend(self, embed: Embed) -> bool:
        """Put into the indexes all that they should hold, where one of them was lost or is older than the catalogue;
        whether that was so."""
        wanted = self.catalogue.count()
        with self._writing:
            if min(self.lexical.count(), self.vectors.count()) >= wanted:
                return False
            entries = self.catalogue.indexed()
            self.lexical.add(entries)
            self.vectors.add(list(entries), embed(list(entries.values())))
        return True

    def remove(self, id_: str) -> None:
        """Take a document out; from the catalogue first, so that it is never found half gone."""
        with self._writing:
            self._drop(self.catalogue.remove(id_))

    def sweep(self, age: float) -> None:
        """Take out of the indexes what has not been live for so many seconds."""
        with self._writing:
            self._drop(self.catalogue.loose(age))

    def _drop(self, entries: Sequence[str]) -> None:
        if not entries:
            return
        self.lexical.remove(entries)
        self.vectors.remove(entries)
        self.catalogue.forget(entries)

    def publish(self, document: Document, passage: Passage) -> None:
        """Add or replace a published answer. It stands in no index: what finds it is its question."""
        self.catalogue.swap([(document, [passage])])

    def retract(self, id_: str) -> None:
        """Take a published answer out."""
        self.catalogue.remove(id_)

    def search(self, text: str, vector: Sequence[float], count: int, into: Scores, about: About = NOTHING) -> None:
        """Add the scores of the best passages of each half, and of those that the question is known to be about."""
        for _ in range(_TRIES):
            revision = self._refresh()
            start = time.perf_counter()
            words, grams, terms = self.lexical.search(text, count, about.terms)
            middle = time.perf_counter()
            meaning = self.vectors.search(vector, count)
            into.ms["lexical"] += (middle - start) * 1000
            into.ms["vector"] += (time.perf_counter() - middle) * 1000
            pointed = self.catalogue.entries_of(list(about.points))
            live = self.catalogue.live([*{**words, **grams, **meaning, **terms}])
            # What was swapped meanwhile may be in neither: its old entries are gone, its new ones were not found yet.
            if self.catalogue.revision() == revision:
                break
        halves = ((into.words, words), (into.grams, grams), (into.meaning, meaning), (into.terms, terms))
        for scores, more in halves:
            scores.update({entry: score for entry, score in more.items() if entry in live})
        for key, entry in pointed:
            into.point[entry] = max(about.points[key], into.point.get(entry, 0.0))
        for key, entry in self.catalogue.keys_of([*live, *into.point]) if about.laws else ():
            into.law[entry] = max(about.laws.get(key.rpartition("/")[0], 0.0), into.law.get(entry, 0.0))

    def keys(self) -> frozenset[str]:
        """The keys of everything on the shelf; read anew only when the shelf has changed."""
        self._refresh()
        if self._keys is None:
            self._keys = self.catalogue.keys()
        return self._keys

    def answers(self) -> tuple[Passage, ...]:
        """The published answers on the shelf; the very same tuple until they change."""
        self._refresh()
        seen, answers = self._seen, self._answers
        if self._answers_seen != seen:
            fresh = tuple(self.catalogue.passages_of_kind(ANSWER))
            # What is worked out from them is kept as long as the tuple is: other documents change far more often.
            answers = answers if fresh == answers else fresh
            self._answers, self._answers_seen = answers, seen
        return answers

    def close(self) -> None:
        """Give the files back."""
        self.vectors.close()
        self.catalogue.close()

    def _refresh(self) -> int:
        with self._turn:
            revision = self.catalogue.revision()
            if revision != self._seen:
                self.lexical.refresh()
                self.vectors.refresh()
                self._keys = None
                self._seen = revision
            return revision
