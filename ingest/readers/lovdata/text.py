"""The words of a paragraph of a law, and where in them its parts stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from ingest.readers.reading import one_line
from knowledge.model import Part

APART = {"footnotereference", "footnotes", "footnote", "changesToParent"}
"""The classes of what stands in a law but is not its text."""

_BLOCKS = {
    *(
        "address",
        "article",
        "blockquote",
        "caption",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "header",
    ),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "p", "pre", "section"),
}
_LISTS = {"ol", "ul"}
_BREAKS = _BLOCKS | _LISTS | {"br", "li", "table", "tr", "td", "th"}


def class_of(element: Element) -> str:
    """The class of an element: Lovdata gives each one at most."""
    return element.get("class", "")


def words_of(element: Element) -> str:
    """The words of an element in one line, without what stands apart."""
    return one_line("".join(_strings(element)))


def _strings(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        apart = " " if child.tag in _BREAKS else ""
        yield apart
        if class_of(child) not in APART:
            yield from _strings(child)
        yield apart
        yield child.tail or ""


@dataclass
class _Open:
    """A part that is being written; `start` is -1 until its first words come."""

    anchor: str
    start: int = -1


@dataclass
class LegalText:
    """Takes the blocks of a section in reading order.

    Blocks are separated by a blank line. In one, each item of a list, each row of a table and what follows on these is
    a line; an item begins with its letter or number as the law gives it ("a."). What can be referred to (ledd, bokstav,
    nr) is noted as a part: its own words, without the letter.
    """

    parts: list[Part] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    """The label and the address of each link, as they stand."""
    _written: list[str] = field(default_factory=list)
    _length: int = 0
    _gap: str = ""
    _words: list[str] = field(default_factory=list)
    _waiting: list[str | _Open] = field(default_factory=list)
    """What comes before the next words: the letters to write there, and the parts that begin there."""
    _path: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "".join(self._written)

    def block(self, element: Element, anchor: str = "") -> None:
        """Add a block; with an anchor ("ledd-2"), it is a part."""
        self._gap = "\n\n" if self._written else ""
        if anchor:
            self._part(element, anchor)
        else:
            self._child(element)
            self._end_line()

    def loose(self, text: str | None) -> None:
        """Add words that stand between blocks, as a block."""
        if text and text.strip():
            self._gap = "\n\n" if self._written else ""
            self._words.append(text)
            self._end_line()

    def _part(self, element: Element, name: str) -> None:
        self._path.append(name)
        part = _Open("-".join(self._path))
        before, place = len(self._waiting), len(self.parts)
        self._waiting.append(part)
        self._content(element)
        self._end_line()
        self._path.pop()
        del self._waiting[before:]
        if part.start >= 0:
            self.parts.insert(place, Part(anchor=part.anchor, start=part.start, end=self._length))

    def _content(self, element: Element) -> None:
        self._words.append(element.text or "")
        for child in element:
            if class_of(child) not in APART:
                self._child(child)
            self._words.append(child.tail or "")

    def _child(self, element: Element) -> None:
        if element.tag in _LISTS:
            self._list(element)
        elif element.tag == "table":
            self._table(element)
        elif element.tag in _BLOCKS or element.tag == "br":
            self._end_line()
            self._content(element)
            self._end_line()
        else:
            if element.tag == "a":
                self.links.append((words_of(element), element.get("href", "")))
            self._content(element)

    def _list(self, element: Element) -> None:
        self._end_line()
        self._words.append(element.text or "")
        for item in element:
            if item.tag == "li":
                self._item(item)
            else:
                self._child(item)
            self._words.append(item.tail or "")
        self._end_line()

    def _item(self, item: Element) -> None:
        self._end_line()
        mark = one_line(item.get("data-name") or item.get("data-li-identifier") or "-")
        before = len(self._waiting)
        self._waiting.append(f"{mark} ")
        if name := _called(mark):
            self._part(item, name)
        else:
            self._content(item)
            self._end_line()
        del self._waiting[before:]

    def _table(self, element: Element) -> None:
        self._end_line()
        for child in element:
            if child.tag in {"thead", "tbody", "tfoot"}:
                self._table(child)
            elif child.tag == "tr":
                self._words.append(" | ".join(filter(None, map(words_of, child))))
                self._end_line()
            else:
                self._child(child)

    def _end_line(self) -> None:
        line = one_line("".join(self._words))
        self._words = []
        if not line:
            return
        self._write(self._gap)
        for waiting in self._waiting:
            if isinstance(waiting, str):
                self._write(waiting)
            else:
                waiting.start = self._length
        self._waiting = []
        self._write(line)
        self._gap = "\n"

    def _write(self, text: str) -> None:
        self._written.append(text)
        self._length += len(text)


def _called(mark: str) -> str:
    """What an item is called by its letter or number: "bokstav-a" for "a.", "nr-1" for "1)"; nothing for a dash."""
    name = re.sub(r"[\W_]", "", mark.lower())
    if not name:
        return ""
    return f"nr-{name}" if name[0].isdigit() else f"bokstav-{name}"
