"""What has changed between two versions of a document, section by section."""

from __future__ import annotations

import difflib
import enum
import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from knowledge.model import Audience, Document, Section

_SENTENCES = re.compile(r"[^.!?\n]*[.!?\n]+\s*|[^.!?\n]+")
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST_WORDING = 4_000
"""Characters: comparing longer passages word by word takes too long."""
_EFFORT = 1_000_000
"""What one comparison of two texts may take in all, in pairs of parts: less than half a second."""
_READING = 4
"""Characters that are split into parts in the time that a pair takes."""


class Kind(enum.StrEnum):
    """What happened to a document or a section of it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    MISSING = "missing"
    """It is not found any longer, and is kept for a while."""
    FOUND = "found"
    """It is there again."""


class SectionChange(BaseModel):
    """What happened to a section: `before` and `after` are its texts, empty where there was or is none."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    anchor: str
    heading: str
    before: str = ""
    after: str = ""


class Change(BaseModel):
    """What happened to a document. Of one that was added or removed whole, no sections are listed.

    `was` is who could read it before, where it was changed.
    """

    model_config = ConfigDict(frozen=True)

    kind: Kind
    document: str
    source: str
    title: str
    audience: Audience
    url: str | None = None
    sections: tuple[SectionChange, ...] = ()
    was: Audience | None = None

    @property
    def anchors(self) -> frozenset[str]:
        """The sections that read otherwise now, or are gone."""
        return frozenset(section.anchor for section in self.sections if section.kind is not Kind.ADDED)


def change_of(kind: Kind, document: Document, before: Document | None = None) -> Change:
    """What happened to a document; `before` is its version until now, where it was changed."""
    return Change(
        kind=kind,
        document=document.id,
        source=document.source,
        title=document.title,
        audience=document.audience,
        url=document.url,
        sections=tuple(compare(before, document)) if before else (),
        was=before.audience if before else None,
    )


def compare(before: Document, after: Document) -> Iterator[SectionChange]:
    """The sections that were changed, added, removed, in the order of the new version and then of the old one.

    A section is the same as one before by its exact reference, else its anchor, else its heading.
    """
    old = {name: section for section in reversed(before.sections) for name in reversed(_names(section))}
    left = {id(section): section for section in before.sections}
    for section in after.sections:
        same = next((old[name] for name in _names(section) if name in old and id(old[name]) in left), None)
        if same is None:
            yield _change(Kind.ADDED, section, after=section.text)
            continue
        del left[id(same)]
        if (same.text, same.heading) != (section.text, section.heading):
            # Whoever cited the old text knows it by its old name.
            yield SectionChange(
                kind=Kind.CHANGED, anchor=same.anchor, heading=section.heading, before=same.text, after=section.text
            )
    for section in left.values():
        yield _change(Kind.REMOVED, section, before=section.text)


def diff(before: str, after: str) -> list[tuple[str, str]]:
    """The words of both texts in reading order as (sign, text): " " is in both, "-" only before, "+" only after.

    Sentences are compared first, and then the words of those that differ. Of texts that differ so much, or repeat
    themselves so much, that this takes long, some stretches are only set one after the other, whole.
    """
    aligning = _Aligning()
    pieces = (
        piece
        for old, new in aligning.stretches(before, after, _SENTENCES)
        for piece in ([(old, new)] if _is_long(old, new) else aligning.stretches(old, new, _WORDS))
    )
    same = itertools.groupby(pieces, key=lambda piece: piece[0] == piece[1])
    return [found for alike, group in same for found in _signed(alike, list(group))]


def _signed(alike: bool, pieces: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for old, new in [("".join(old for old, _ in pieces), "")] if alike else pieces:
        yield from ((sign, text) for sign, text in ((" " if alike else "-", old), ("+", new)) if text)


def _is_long(old: str, new: str) -> bool:
    return max(len(old), len(new)) > _LONGEST_WORDING


class _Aligning:
    """Finds what two texts have in common, as long as its effort lasts."""

    def __init__(self) -> None:
        self._left = _EFFORT

    def stretches(self, before: str, after: str, part: re.Pattern[str]) -> Iterator[tuple[str, str]]:
        """Stretches of both texts that belong together; the very same where they are alike."""
        if before == after or not self._affords((len(before) + len(after)) // _READING):
            yield before, after
            return
        todo = [(part.findall(before), part.findall(after))]
        while todo:
            old, new = todo.pop()
            i, k, size = self._longest_in_common(old, new)
            if size:
                todo += (old[i + size :], new[k + size :]), (old[i : i + size], new[k : k + size]), (old[:i], new[:k])
            elif old or new:
                yield "".join(old), "".join(new)

    def _longest_in_common(self, old: list[str], new: list[str]) -> tuple[int, int, int]:
        """Where it is in both, and how long; of length 0 where there is none, or looking for it takes too much."""
        if not old or not new or old == new or not self._affords(len(old) + len(new)):
            return 0, 0, 0
        times = Counter(new)
        if not self._affords(sum(times[each] for each in old)):
            return 0, 0, 0
        return difflib.SequenceMatcher(None, old, new, autojunk=False).find_longest_match()

    def _affords(self, pairs: int) -> bool:
        """Is so much left? Then it is spent."""
        is_enough = pairs <= self._left
        self._left -= pairs if is_enough else 0
        return is_enough


def _names(section: Section) -> Sequence[str]:
    return (*section.keys, f"#{section.anchor}", f"{' > '.join(section.path)} > {section.heading}")


def _change(kind: Kind, section: Section, *, before: str = "", after: str = "") -> SectionChange:
    return SectionChange(kind=kind, anchor=section.anchor, heading=section.heading, before=before, after=after)
