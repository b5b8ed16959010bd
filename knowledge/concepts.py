"""Everyday words for what the law calls otherwise: reads `concepts.toml` and says what a question is about."""

from __future__ import annotations

import collections
import dataclasses
import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.law_names import ALIASES
from knowledge.references import PARAGRAPH_NUMBER, law_key

CONCEPTS = Path(__file__).with_name("concepts.toml")

_WORD = re.compile(r"\w+(?:-\w+)*")
_POINT = re.compile(rf"(?P<law>\w+)(?:\s*§\s*(?P<number>{PARAGRAPH_NUMBER}))?", re.I)
_LONG = 6
"""Letters: a shorter word has too many neighbours for its typing mistakes to be read."""

_LATER = 0.9
"""How much each paragraph of an entry counts of the one before: the first is the likeliest."""


class ConceptsError(ValueError):
    """The file of concepts can't be used. The message says which entry is wrong and how."""


@dataclasses.dataclass(frozen=True)
class Hint:
    """What an entry says about a question: legal `terms`, keys of paragraphs and laws (`points`) that are about it, and
    the `words` of the question that it is about."""

    terms: tuple[str, ...]
    points: tuple[str, ...]
    words: frozenset[str]


@dataclasses.dataclass(frozen=True)
class About:
    """What a question is about, and how much of it (0..1): legal `terms`, keys of paragraphs (`points`), of `laws`."""

    terms: Mapping[str, float]
    points: Mapping[str, float]
    laws: Mapping[str, float]


NOTHING = About({}, {}, {})


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    laws: dict[str, str] = {}
    words: dict[str, str] = {}
    index: dict[str, dict[str, list[str]]] = {}


@dataclasses.dataclass(frozen=True)
class _Entry:
    ways: tuple[frozenset[str], ...]
    terms: tuple[str, ...]
    points: tuple[str, ...]


class Concepts:
    """What people ask, and what the law says about it."""

    def __init__(self, entries: Sequence[_Entry], words: Mapping[str, Sequence[str]]) -> None:
        self._entries = entries
        self._patterns = _Patterns({atom for entry in entries for way in entry.ways for atom in way}, words)

    @classmethod
    def load(cls, path: Path = CONCEPTS) -> Concepts:
        """Read a file of concepts. Raises ConceptsError, with the line, where it makes no sense."""
        text = path.read_text(encoding="utf-8")
        try:
            content = _Content.model_validate(tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise ConceptsError(f"{path}: {error}") from error
        except ValidationError as error:
            fault = error.errors(include_input=False, include_url=False)[0]
            where = next(part for part in reversed(fault["loc"]) if isinstance(part, str))
            raise ConceptsError(f"{path}, line {_line(text, where)}: {where!r}: {fault['msg']}") from error
        words = {name: _split(pattern) for name, pattern in content.words.items()}
        entries = []
        for ways, means in (entry for domain in content.index.values() for entry in domain.items()):
            try:
                entries.append(_entry(ways, means, content.laws, words))
            except ConceptsError as error:
                raise ConceptsError(f"{path}, line {_line(text, ways)}: {ways!r}: {error}") from error
        return cls(entries, words)

    @property
    def points(self) -> frozenset[str]:
        """The keys of all paragraphs and laws that are pointed to."""
        return frozenset(point for entry in self._entries for point in entry.points)

    def knows_subject(self, text: str) -> bool:
        """Does the text say which law it is about, in whatever words?"""
        return any(hint.points for hint in self.read(text))

    def read(self, text: str) -> list[Hint]:
        """What the entries say that the text is about."""
        found = self._patterns.read(text)
        said = found.keys()
        hints = []
        for entry in self._entries:
            ways = [frozenset().union(*(found[atom] for atom in way)) for way in entry.ways if way <= said]
            if ways:
                hints.append(Hint(entry.terms, entry.points, max(ways, key=len)))
        return hints


def weighed(hints: Sequence[Hint], share: Callable[[Collection[str]], float]) -> About:
    """What the hints come to; `share` says how much of the question (0..1) some of its words are.

    Terms count by the square of that: an entry about all of a question says far more than two about half of it.
    """
    terms: dict[str, float] = {}
    points: dict[str, float] = {}
    laws: dict[str, float] = {}
    for hint in hints:
        much = share(hint.words)
        paragraphs = [point for point in hint.points if "/" in point]
        terms |= {term: max(much**2, terms.get(term, 0.0)) for term in hint.terms}
        for rank, point in enumerate(paragraphs):
            points[point] = max(much * _LATER**rank, points.get(point, 0.0))
        for point in hint.points:
            law = point.partition("/")[0]
            laws[law] = max(much, laws.get(law, 0.0))
    return About(terms, points, laws)


class _Patterns:
    """Finds which words and groups of words a text holds, by one look at each of its words."""

    def __init__(self, atoms: Iterable[str], groups: Mapping[str, Sequence[str]]) -> None:
        self._whole: dict[str, set[str]] = collections.defaultdict(set)
        self._begins: dict[str, set[str]] = collections.defaultdict(set)
        self._others: list[tuple[re.Pattern[str], str]] = []
        for atom in atoms:
            for pattern in groups[atom[1:]] if atom.startswith("@") else [atom]:
                self._add(pattern, atom)

    def read(self, text: str) -> dict[str, frozenset[str]]:
        """The words of the text that each pattern was found in."""
        text = text.lower()
        found: dict[str, set[str]] = collections.defaultdict(set)
        for word in _WORD.findall(text):
            # "vaffel-kafé" is also about a café.
            for part in {word, *word.split("-")}:
                atoms = self._of(part) or set().union(*(self._of(other, 5) for other in _mistyped(part)))
                for atom in atoms:
                    found[atom].add(part)
        for pattern, atom in self._others:
            found_words = [word for match in pattern.findall(text) for word in _WORD.findall(match)]
            if found_words:
                found[atom].update(found_words)
        return {atom: frozenset(words) for atom, words in found.items()}

    def _add(self, pattern: str, atom: str) -> None:
        if " " not in pattern and "*" not in pattern:
            self._whole[pattern].add(atom)
        elif " " not in pattern and pattern.find("*") == len(pattern) - 1:
            self._begins[pattern[:-1]].add(atom)
        else:
            spelled = re.escape(pattern).replace(r"\*", r"\w*").replace(r"\ ", r"\s+")
            self._others.append((re.compile(rf"\b{spelled}\b"), atom))

    def _of(self, word: str, least: int = 1) -> set[str]:
        whole = self._whole.get(word, set()) if len(word) >= least else set()
        return whole.union(*(self._begins.get(word[:end], set()) for end in range(least, len(word) + 1)))


def _mistyped(word: str) -> Iterator[str]:
    """What may have been meant: a letter too many, a single one for a double one, two that changed places."""
    for place in range(len(word)) if len(word) >= _LONG else ():
        yield word[:place] + word[place + 1 :]
        yield word[: place + 1] + word[place:]
        yield word[:place] + word[place + 1 : place + 2] + word[place : place + 1] + word[place + 2 :]


def _entry(ways: str, means: Sequence[str], laws: Mapping[str, str], words: Mapping[str, Sequence[str]]) -> _Entry:
    split = tuple(frozenset(way.split()) for way in _split(ways))
    if not split:
        raise ConceptsError("says no way to ask")
    if unknown := {atom for way in split for atom in way if atom[0] == "@" and atom[1:] not in words}:
        raise ConceptsError(f"{', '.join(sorted(unknown))} is no group under [words]")
    points = {item: _point(item, laws) for item in means}
    terms = tuple(item for item, point in points.items() if not point)
    return _Entry(split, terms, tuple(point for point in points.values() if point))


def _point(item: str, laws: Mapping[str, str]) -> str:
    """The key of the paragraph or law that an item points to; empty where it is a legal term."""
    match = _POINT.fullmatch(item)
    if match and (match["law"] in laws or match["law"] in ALIASES):
        return law_key(laws.get(match["law"], match["law"]), match["number"] or "").rstrip("/")
    if "§" in item:
        raise ConceptsError(f"{item!r} should be a law under [laws] and a paragraph, as 'alk § 3-7'")
    return ""


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _line(text: str, entry: str) -> int:
    """The line, from 1, where an entry begins; 1 where it isn't written as it is read."""
    begins = (f'"{entry}"', f"'{entry}'", f"{entry} =")
    return next((number for number, line in enumerate(text.split("\n"), 1) if line.lstrip().startswith(begins)), 1)
