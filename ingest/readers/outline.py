"""Headings and the text under them, gathered into sections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ingest.readers.reading import one_line
from knowledge.model import LegalReference, Section
from knowledge.references import slug


class Anchors:
    """Names for the parts of one document, each given once."""

    def __init__(self) -> None:
        self._given: set[str] = set()
        self._repeats: Counter[str] = Counter()

    def name(self, heading: str) -> str:
        """The heading as a name; "-2", "-3" ... is put to one that is taken."""
        plain = slug(heading) or "del"
        anchor = plain
        while anchor in self._given:
            self._repeats[plain] += 1
            anchor = f"{plain}-{self._repeats[plain] + 1}"
        self._given.add(anchor)
        return anchor


class Outline:
    """Takes headings and blocks of text in reading order and makes sections of them.

    Sections without text are left out. What comes before the first heading stands under the document's title.
    """

    def __init__(self, title: str) -> None:
        self._anchors = Anchors()
        self._sections: list[Section] = []
        self._above: list[tuple[int, str]] = []
        self._heading = title
        self._page: int | None = None
        self._blocks: list[str] = []
        self._references: dict[LegalReference, None] = {}

    @property
    def is_at_start(self) -> bool:
        """Whether no heading has come yet."""
        return not self._above

    def heading(self, level: int, text: str, page: int | None = None) -> None:
        """A section begins; `level` is 1 for the outermost."""
        if not one_line(text):
            return
        self._close()
        self._above = [(above, name) for above, name in self._above if above < level]
        self._above.append((level, one_line(text)))
        self._heading = one_line(text)
        self._page = page

    def block(self, text: str, references: Iterable[LegalReference] = (), page: int | None = None) -> None:
        """A paragraph, a list or a table, and the paragraphs of laws that it links to."""
        if not text.strip():
            return
        if not self._blocks and self._page is None:
            self._page = page
        self._blocks.append(text.strip())
        self._references.update(dict.fromkeys(references))

    def sections(self) -> tuple[Section, ...]:
        """All sections, in reading order."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._blocks:
            section = Section(
                anchor=self._anchors.name(self._heading),
                heading=self._heading,
                text="\n\n".join(self._blocks),
                path=tuple(name for _, name in self._above[:-1]),
                page=self._page,
                rests_on=tuple(self._references),
            )
            self._sections.append(section)
        self._blocks, self._references = [], {}
