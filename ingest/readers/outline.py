"""Headings and the text under them, gathered into sections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.readers.reading import one_line
from knowledge.model import LegalReference, Section
from knowledge.slugs import slug

_BETWEEN = "\n\n"
_FRAGMENT = re.compile(r"[A-Za-z][\w.:-]{0,99}", re.A)


class Anchors:
    """Names for the parts of one document, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._repeats: Counter[str] = Counter()

    def name(self, heading: str, wanted: str = "") -> str:
        """The name that is wanted, where it can stand in an address and is free; else the heading as a name.

        "-2", "-3" ... is put to one that is taken.
        """
        if wanted not in self._given and _FRAGMENT.fullmatch(wanted):
            self._given.add(wanted)
            return wanted
        plain = slug(heading) or "del"
        anchor = plain
        while anchor in self._given:
            self._repeats[plain] += 1
            anchor = f"{plain}-{self._repeats[plain] + 1}"
        self._given.add(anchor)
        return anchor


@dataclass(frozen=True)
class Place:
    """Where in an outline the next text would stand."""

    above: tuple[tuple[int, str], ...]
    heading: str
    anchor: str
    page: int | None


class Outline:
    """Takes headings and blocks of text in reading order and makes sections of them.

    Sections without text are left out. What comes before the first heading stands under the document's title.
    """

    def __init__(self, title: str) -> None:
        self._anchors = Anchors()
        self._sections: list[Section] = []
        self._above: list[tuple[int, str]] = []
        self._heading = title
        self._anchor = ""
        self._page: int | None = None
        self._pages: list[tuple[int, int]] = []
        self._blocks: list[str] = []
        self._length = 0
        self._references: dict[LegalReference, None] = {}

    @property
    def is_at_start(self) -> bool:
        """Whether no heading has come yet."""
        return not self._above

    @property
    def place(self) -> Place:
        """Where the next text will stand: keep it to come back after a box or a part that folds out."""
        return Place(tuple(self._above), self._heading, self._anchor, self._page)

    def back_to(self, place: Place) -> None:
        """Go on under the heading that was there; text that comes now is a section of its own."""
        self._close()
        self._above = list(place.above)
        self._heading, self._anchor, self._page = place.heading, place.anchor, place.page

    def heading(self, level: int, text: str, page: int | None = None, anchor: str = "") -> None:
        """A section begins; `level` is 1 for the outermost, `anchor` its name in the original where it has one."""
        if not one_line(text):
            return
        self._close()
        self._above = [(above, name) for above, name in self._above if above < level]
        self._above.append((level, one_line(text)))
        self._heading = one_line(text)
        self._anchor = anchor
        self._page = page

    def block(
        self, text: str, references: Iterable[LegalReference] = (), pages: Iterable[tuple[int, int]] = ()
    ) -> None:
        """A paragraph, a list or a table, the paragraphs of laws that it links to, and where in it pages begin
        (offset, page).
        """
        if not text.strip():
            return
        for offset, page in pages:
            if not self._pages or self._pages[-1][1] != page:
                self._pages.append((self._length + offset, page))
        self._blocks.append(text.strip())
        self._length += len(text.strip()) + len(_BETWEEN)
        self._references.update(dict.fromkeys(references))

    def sections(self) -> tuple[Section, ...]:
        """All sections, in reading order."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._blocks:
            section = Section(
                anchor=self._anchors.name(self._heading, self._anchor),
                heading=self._heading,
                text=_BETWEEN.join(self._blocks),
                path=tuple(name for _, name in self._above[:-1]),
                page=self._pages[0][1] if self._pages else self._page,
                pages=tuple(self._pages[1:]),
                rests_on=tuple(self._references),
            )
            self._sections.append(section)
        self._blocks, self._pages, self._references = [], [], {}
        self._length = 0
