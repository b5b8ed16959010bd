"""What has changed between two versions of a document, section by section."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from knowledge.model import Audience, Document, Section

_WORDS = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST_DIFF = 20_000
"""Characters: comparing longer texts word by word takes too long, so they are compared line by line."""


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
    """What happened to a document. Of one that was added or removed whole, no sections are listed."""

    model_config = ConfigDict(frozen=True)

    kind: Kind
    document: str
    source: str
    title: str
    audience: Audience
    url: str | None = None
    sections: tuple[SectionChange, ...] = ()

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
    """The words of both texts in reading order as (sign, text): " " is in both, "-" only before, "+" only after."""
    split = _WORDS.findall if len(before) + len(after) <= _LONGEST_DIFF else _lines
    old, new = split(before), split(after)
    found: list[tuple[str, str]] = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append((" ", "".join(old[i:j])))
        else:
            found += [(sign, "".join(part)) for sign, part in (("-", old[i:j]), ("+", new[k:m])) if part]
    return found


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _names(section: Section) -> Sequence[str]:
    return (*section.keys, f"#{section.anchor}", f"{' > '.join(section.path)} > {section.heading}")


def _change(kind: Kind, section: Section, *, before: str = "", after: str = "") -> SectionChange:
    return SectionChange(kind=kind, anchor=section.anchor, heading=section.heading, before=before, after=after)
