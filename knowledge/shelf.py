"""A shelf: all documents of one audience, in a catalogue, a lexical index and a vector index that are kept in step."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from filelock import FileLock

from knowledge import mending
from knowledge.catalogue import Split
from knowledge.concepts import NOTHING, About
from knowledge.lexical import IndexBroken
from knowledge.mending import Half
from knowledge.model import ANSWER, Audience, Document, Passage
from knowledge.references import Keys
from knowledge.scores import Scores
from knowledge.typical_questions import NONE_ALIKE, Alike, Askable
from knowledge.vectors import OpenVectors, VectorIndex, VectorsAway

_log = logging.getLogger(__name__)

_SETTLING, _TRIES = 0.2, 3
GRACE = 10.0
"""Seconds for which what has been replaced can still be read by a search that has found it."""

_WITHOUT = (
    "the %s index of the %s documents can't be searched (%s): questions are answered without it until it is made anew"
)

Embed = Callable[[Sequence[Passage]], Sequence[Sequence[float]]]
"""The vectors of passages, in order."""


class Shelf:
    """All documents of one audience. Blocking: call it from a thread."""

    def __init__(
        self,
        folder: Path,
        audience: Audience,
        clock: Callable[[], float] = time.time,
        open_vectors: OpenVectors = VectorIndex,
        *,
        grace: float = GRACE,
        frozen: bool = False,
    ) -> None:
        self.audience = audience
        self.folder = folder
        self._grace = grace
        folder.mkdir(parents=True, exist_ok=True)
        self._pen = FileLock(folder / "writing.lock")
        with contextlib.nullcontext() if frozen else mending.opening(folder, self._pen):
            self.catalogue, self.is_lost = mending.open_catalogue(folder, audience, clock, frozen=frozen)
            self.lexical = mending.open_lexical(folder / "lexical", frozen=frozen)
            self.vectors = mending.open_vectors_in(folder / "vectors", audience.value, open_vectors, frozen=frozen)
        self.broken: set[Half] = set()
        """Without these it is searched."""
        self._seen = self.catalogue.revision()
        self._known: tuple[int, Keys, Askable] | None = None
        self._answers: tuple[Passage, ...] = ()
        self._answers_seen = -1
        self._turn = threading.Lock()
        self._writing = threading.Lock()

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """For as long as the context lasts, nobody writes the indexes, in whichever process."""
        with self._writing, self._pen:
            yield

    def stamp(self) -> str:
        """Says which version of which catalogue the shelf holds."""
        return f"{self.catalogue.revision()} {self.catalogue.id()}"

    def put(self, documents: Sequence[Split], embed: Embed) -> None:
        """Add or replace documents; `embed` makes the vectors of those passages that are new.

        Both indexes have the new entries before the catalogue makes them live, all at once: whoever searches meanwhile
        finds the old version or the new one, and what a crash interrupts stays as it was.
        """
        # What is put in is loose until it is swapped in: nobody may sweep it away meanwhile.
        with self.still():
            self._drop(self.catalogue.loose(self._grace))
            self._index(self.catalogue.missing(documents), embed)
            self.catalogue.swap(documents)

    def mend(self, embed: Embed) -> bool:
        """Put into the indexes all that they should hold, where one of them was lost or is older than the catalogue;
        whether that was so."""
        with self.still():
            self._refresh()  # what another process has brought in is not lost
            self._drop_strangers(wanted := self.catalogue.count())
            if min(self.lexical.count(), self.vectors.count()) >= wanted:
                return False
            self._index(self.catalogue.indexed(), embed)
        self.catalogue.touch()  # what was found without it is not to be remembered
        return True

    def is_lacking(self) -> bool:
        """Was one of the indexes lost? Nobody knows of one that is away."""
        self._refresh()
        try:
            return min(self.lexical.count(), self.vectors.count()) < self.catalogue.count()
        except VectorsAway:
            return False

    def rarity(self, terms: Sequence[str]) -> dict[str, float]:
        """How telling each term is; all alike where that can't be told."""
        return self._told(lambda: self.lexical.rarity(terms)) or dict.fromkeys(terms, 1.0)

    def rarity_of_grams(self, text: str) -> dict[str, float]:
        """The n-grams of a text, and how telling each is; all alike where that can't be told."""
        return self._told(lambda: self.lexical.rarity_of_grams(text)) or dict.fromkeys(self.lexical.grams(text), 1.0)

    def _told(self, tell: Callable[[], dict[str, float]]) -> dict[str, float]:
        try:
            return tell()
        except IndexBroken as error:
            self._go_without(Half.LEXICAL, error)
            return {}

    def is_damaged(self, *, thorough: bool = False) -> bool:
        """Has a search met with damage, or do the files look damaged? `thorough` reads every file through."""
        is_suspect = bool(self.broken or self.catalogue.is_suspect)
        # While this process writes, to look at Chroma's database would end the locks that Chroma has on it.
        if is_suspect or not self._writing.acquire(blocking=thorough):
            return is_suspect
        try:
            return bool(mending.faults_of(self.folder, self.catalogue, self.vectors, thorough=thorough))
        finally:
            self._writing.release()

    def heal(self, embed: Embed, *, thorough: bool = False) -> bool:
        """Put right what is damaged, on the disk or in this process's hands; whether anything was.

        An index is filled from the catalogue. A catalogue begins anew, with nothing in it, and `is_lost` says so.
        `thorough` reads every file through.
        """
        if not self.is_damaged(thorough=thorough):
            return False
        broken = {*self.broken}
        with self.still():
            time.sleep(_SETTLING)  # what is being written looks damaged
            faults = mending.faults_of(self.folder, self.catalogue, self.vectors, thorough=thorough or bool(broken))
            self.broken |= (broken := broken | (faults.keys() - {Half.CATALOGUE}))  # until it is put right
            if mending.heal_catalogue(self.catalogue, faults):
                self.is_lost = True
                # What it names is nowhere any longer; of the vectors, `mend` takes out what nobody knows.
                faults = {Half.LEXICAL: faults[Half.CATALOGUE], **faults}
            self.lexical = mending.heal_lexical(self.folder / "lexical", self.lexical, faults, broken)
            mending.heal_vectors(self.vectors, faults, broken)
            self.broken -= broken
            self._seen = -1
        for half, fault in faults.items():
            _log.warning("the %s of the %s documents was damaged (%s) and is made anew", half, self.audience, fault)
        self.mend(embed)
        self.catalogue.touch()
        return bool(faults or broken)

    def remove(self, id_: str) -> None:
        """Take a document out; from the catalogue first, so that it is never found half gone."""
        with self.still():
            self._drop(self.catalogue.remove(id_))

    def sweep(self, age: float | None = None) -> None:
        """Take out of the indexes what has not been live for so many seconds, or else for the grace."""
        with self.still():
            self._drop(self.catalogue.loose(self._grace if age is None else age))

    def _index(self, entries: Mapping[str, Passage], embed: Embed) -> None:
        vectors = embed(list(entries.values()))
        self.lexical.add({entry: passage.searched for entry, passage in entries.items()})
        self.vectors.add(list(entries), vectors)

    def _drop_strangers(self, wanted: int) -> None:
        """Take out what a server still holds of a catalogue that was lost or outdated: it is only found in vain."""
        loose = self.catalogue.loose(0.0)
        if self.vectors.count() > wanted + len(loose):
            entries = self.vectors.entries()
            self.vectors.remove(sorted(entries - self.catalogue.live([*entries]).keys() - {*loose}))

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

    def search(
        self,
        text: str,
        vector: Sequence[float],
        count: int,
        into: Scores,
        about: About = NOTHING,
        alike: Alike = NONE_ALIKE,
    ) -> None:
        """Add the scores of the best passages of each half, of those that the question is known to be about, and of
        those that are known to answer questions like it."""
        for _ in range(_TRIES):
            revision = self._refresh()
            start = time.perf_counter()
            words, grams, terms = self._by_words(text, count, about.terms)
            middle = time.perf_counter()
            meaning = self._near(vector, count, into)
            into.ms["lexical"] += (middle - start) * 1000
            into.ms["vector"] += (time.perf_counter() - middle) * 1000
            pointed = self.catalogue.entries_of(list(about.points))
            named = [entry for _, entry in (*pointed, *self.catalogue.entries_of(alike.best))]
            live = self.catalogue.live([*{*words, *grams, *meaning, *terms, *named}])
            # What was swapped meanwhile may be in neither: its old entries are gone, its new ones were not found yet.
            if self.catalogue.revision() == revision:
                break
        halves = ((into.words, words), (into.grams, grams), (into.meaning, meaning), (into.terms, terms))
        for scores, more in halves:
            scores.update({entry: score for entry, score in more.items() if entry in live})
        for key, entry in pointed:
            into.point[entry] = max(about.points[key], into.point.get(entry, 0.0))
        into.compare(self.catalogue.keys_of([*live]), about, alike)
        if alike.meaning:
            asked = {"", *alike.asked}
            into.unasked |= {entry: 1.0 for entry, document in live.items() if document not in asked}

    def _near(self, vector: Sequence[float], count: int, into: Scores) -> dict[str, float]:
        try:
            return self.vectors.search(vector, count)
        except VectorsAway:
            into.limited = True
        except Exception as error:  # noqa: BLE001 - Chroma raises what it will over files that are damaged
            self._go_without(Half.VECTORS, error)
            into.limited = True
        return {}

    def _by_words(self, text: str, count: int, terms: Mapping[str, float]) -> tuple[dict[str, float], ...]:
        try:
            return self.lexical.search(text, count, terms)
        except IndexBroken as error:
            self._go_without(Half.LEXICAL, error)
            return {}, {}, {}

    def _go_without(self, half: Half, error: Exception) -> None:
        if half not in self.broken:
            self.broken.add(half)
            _log.error(_WITHOUT, half, self.audience, error)

    def keys_and_askable(self) -> tuple[Keys, Askable]:
        """The keys of all that is here or that something here rests on, and what there may be typical questions to."""
        seen, known = self._refresh(), self._known
        if known is None or known[0] != seen:
            # What is only rested on can't be shown, however well it answers.
            own = Askable(self.catalogue.keys(own=True), self.catalogue.typical())
            known = self._known = seen, Keys(self.catalogue.keys()), own
        return known[1:]

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
                self._see_what_is_new()
                self._seen = revision
            return revision

    def _see_what_is_new(self) -> None:
        try:
            self.lexical.refresh()
        except IndexBroken as error:
            self._go_without(Half.LEXICAL, error)
        try:
            self.vectors.refresh()
        except Exception as error:  # noqa: BLE001 - as in a search
            self._go_without(Half.VECTORS, error)
