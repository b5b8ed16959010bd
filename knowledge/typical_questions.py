"""Typical questions: what people ask that a paragraph of a law, or a section of a document, answers, in their words.

They say of it what it is good for to those who need it. It is found by the likeness of what is asked to one of them
(document expansion: Nogueira et al. 2019, arXiv:1904.08375; here they are written beforehand). Those to laws are ours
(`typical_questions/`); those to a document are brought in with it (`Section.typical`).
"""

from __future__ import annotations

import collections
import dataclasses
import threading
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from knowledge.embeddings import patient_of
from knowledge.lexical import LexicalIndex
from knowledge.model import Passage
from knowledge.references import document_of, law_key
from knowledge.reranking import standard

FOLDER = Path(__file__).with_name("typical_questions")

_AT_ONCE = 500
"""Vectors that are taken from the cache at once, for the memory's sake."""
_MATCHED = 200
"""Paragraphs whose likeness in words, or in n-grams, is looked at; that of the others counts as none."""
_SHARED = 0.25
"""How much likeness in words, and in n-grams, counts beside likeness in meaning where candidates are chosen."""

Array = npt.NDArray[np.float32]
Asking = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class TypicalQuestionsError(ValueError):
    """A file of typical questions can't be used. The message says which one and what is wrong in it."""


class _File(BaseModel):
    """What a file says: a law's name and, by the number of each paragraph and by language, what people ask."""

    model_config = ConfigDict(extra="forbid", strict=True)

    law: Asking
    paragraphs: dict[str, dict[str, list[Asking]]] = Field(min_length=1)


class TypicalQuestions:
    """What people ask that a paragraph of a law answers, by the paragraph's key, whatever law a library holds."""

    def __init__(self, by_key: Mapping[str, Sequence[str]] | None = None) -> None:
        self._by_key = dict(by_key or {})
        self.keys = frozenset(self._by_key)
        """The keys of the paragraphs that there are questions to."""

    @classmethod
    def load(cls, folder: Path = FOLDER) -> TypicalQuestions:
        """Read all files of a folder. Raises TypicalQuestionsError where one makes no sense."""
        by_key: dict[str, list[str]] = collections.defaultdict(list)
        for path in sorted(folder.glob("*.toml")):
            try:
                file = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
            except tomllib.TOMLDecodeError as error:
                raise TypicalQuestionsError(f"{path}: {error}") from error
            except ValidationError as error:
                fault = error.errors(include_input=False, include_url=False)[0]
                where = ".".join(str(part) for part in fault["loc"])
                raise TypicalQuestionsError(f"{path}: {where}: {fault['msg']}") from error
            for number, by_language in file.paragraphs.items():
                by_key[law_key(file.law, number)] += [text for texts in by_language.values() for text in texts]
        return cls(by_key)

    def of(self, keys: Iterable[str]) -> dict[str, Sequence[str]]:
        """The questions to those of the keys that have any, by key."""
        return {key: self._by_key[key] for key in sorted(set(keys)) if key in self._by_key}

    def to(self, passage: Passage) -> list[str]:
        """The questions that the passage's section or paragraph answers: what came in with it, and ours to a law."""
        return [*passage.typical, *(text for texts in self.of(passage.keys).values() for text in texts)]


@dataclasses.dataclass(frozen=True)
class Alike:
    """How like what is asked is to the typical questions of paragraphs, by key.

    In `meaning` (cosine of the nearest one, of all that have any), in `words` and character n-`grams` (BM25 of all of a
    paragraph's, of those that share some); `best` are the keys of those that are most alike. `asked` are the
    documents that questions came in with.
    """

    meaning: Mapping[str, float] = dataclasses.field(default_factory=dict)
    words: Mapping[str, float] = dataclasses.field(default_factory=dict)
    grams: Mapping[str, float] = dataclasses.field(default_factory=dict)
    best: Sequence[str] = ()
    asked: frozenset[str] = frozenset()


NONE_ALIKE = Alike()


@dataclasses.dataclass(frozen=True)
class Askable:
    """What a reader holds that there may be typical questions to: the `keys` of all of it, without what it only cites,
    and, by key, the questions that came in with `sections` of documents."""

    keys: frozenset[str] = frozenset()
    sections: Mapping[str, Sequence[str]] = dataclasses.field(default_factory=dict)


class _Held:
    """The questions to what a library holds: a row of `vectors` each, those of a paragraph or section in a row."""

    def __init__(self, askable: Askable, questions: Mapping[str, Sequence[str]], vectors: Array) -> None:
        self.askable = askable
        self.named = list(questions)
        self.at = {key: place for place, key in enumerate(self.named)}
        self.asked = frozenset(map(document_of, askable.sections))
        self.starts = np.cumsum([0, *(len(texts) for texts in questions.values())])[:-1]
        self.vectors = vectors
        self.words = LexicalIndex(None)
        if questions:
            self.words.add({key: "\n".join(texts) for key, texts in questions.items()})


class QuestionIndex:
    """Searches the typical questions to those paragraphs and sections that are in a library, whatever else is."""

    def __init__(self, questions: TypicalQuestions, embeddings: Embeddings, patience: float = 5.0) -> None:
        """`patience` is how many seconds a search waits at most for the first ones to be at hand: without any of them,
        what is asked in everyday words is often not found."""
        self._questions = questions
        self._embeddings = embeddings
        self._patience = patience
        self._held = _Held(Askable(), {}, np.zeros((0, 0), np.float32))
        self._narrowed = Askable(), self._held.askable
        self._turn = threading.Lock()

    def search(self, text: str, vector: Sequence[float], askable: Askable, count: int) -> Alike:
        """How like the text, with its vector, is to the questions to what is askable; `count` are the best.

        Blocking: whoever comes first waits for vectors that were not there before. Others do with what there was,
        and where that was nothing, they wait for a while.
        """
        held = self.hold(askable, wait=False)
        if not held.named:
            return NONE_ALIKE
        meaning = np.maximum.reduceat(held.vectors @ np.asarray(vector, np.float32), held.starts)
        words, grams, _ = held.words.search(text, _MATCHED)
        likeness = standard(meaning)
        for shared in (words, grams):
            row = np.zeros(len(held.named))
            row[[held.at[key] for key in shared]] = [*shared.values()]
            likeness += _SHARED * standard(row)
        best = [held.named[index] for index in np.argsort(-likeness, kind="stable")[:count]]
        return Alike(dict(zip(held.named, meaning.tolist(), strict=True)), words, grams, best, held.asked)

    def holds(self, askable: Askable) -> bool:
        """Are the questions to it at hand?"""
        return self._held.askable == self._wanted(askable)

    def hold(self, askable: Askable, *, wait: bool = True) -> _Held:
        """Have the questions to what is askable at hand. Blocking; where somebody else is at it and nobody is to
        `wait`, what there was before does meanwhile. Who waits is patient: it is made ready before it is needed."""
        wanted = self._wanted(askable)
        patience = -1.0 if wait else 0.0 if self._held.named else self._patience
        if self._held.askable == wanted or not self._turn.acquire(timeout=patience):
            return self._held
        try:
            if self._held.askable != wanted:
                self._held = self._made(wanted, patient_of(self._embeddings) if wait else self._embeddings)
        finally:
            self._turn.release()
        return self._held

    def _wanted(self, askable: Askable) -> Askable:
        """Of all that there is, what has questions; of the very same, it is the very same."""
        of, wanted = self._narrowed
        if of is not askable:
            wanted = dataclasses.replace(askable, keys=self._questions.keys & askable.keys)
            self._narrowed = askable, wanted
        return wanted

    def _made(self, wanted: Askable, embeddings: Embeddings) -> _Held:
        questions = {**self._questions.of(wanted.keys), **wanted.sections}
        texts = [text for each in questions.values() for text in each]
        parts = [
            np.asarray(embeddings.embed_documents(texts[start : start + _AT_ONCE]), np.float32)
            for start in range(0, len(texts), _AT_ONCE)
        ]
        return _Held(wanted, questions, np.concatenate(parts) if parts else np.zeros((0, 0), np.float32))
