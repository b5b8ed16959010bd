"""Goes through the content of a web page, or of what was made into one, and puts it into an outline."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from selectolax.lexbor import LexborNode

from ingest.readers.dates import Dates
from ingest.readers.html.surroundings import (
    HEADINGS,
    Surroundings,
    anchor_of,
    beside,
    is_box,
    is_list_of_links,
    label,
    names_nothing,
    visible,
)
from ingest.readers.html.tables import Table
from ingest.readers.legal import legal_reference
from ingest.readers.outline import Outline, Place
from ingest.readers.reading import one_line
from knowledge.model import LegalReference

_BREAKING = frozenset(
    "address article aside blockquote body br caption center dd details div dl dt fieldset figcaption figure header"
    " hgroup hr li main ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_GROUPS = frozenset(("ul", "ol", "dl", "table"))
_LONGEST_HEADING = 200
_LOWEST_LEVEL = 12
_WRAPPERS = 5
_TERM = ": "


@dataclass(frozen=True)
class _Around:
    """What to go back to after a part that folds out, or a box."""

    place: Place
    level: int
    lowest: int


class Walk:
    """Goes through nodes in reading order, without recursion: pages can be nested very deeply.

    Paragraphs become blocks; a list or a table becomes one block, with a line for each item or row. What a button or a
    summary folds out stands under its text as a heading, and what comes after it under the heading from before.
    """

    def __init__(self, outline: Outline, around: Surroundings, dates: Dates, title: LexborNode | None = None) -> None:
        self._outline = outline
        self._around = around
        self._dates = dates
        self._title = title
        self._level, self._lowest = 1, 1
        self._headed = 0, self._here()
        self._returns: dict[int, _Around] = {}
        self._muted: tuple[int, int] | None = None
        self._open: Counter[str] = Counter()
        self._grouped = 0
        self._figure = 0, False
        self._words: list[str] = []
        self._numbers: list[int | None] = []
        self._bullet = ""
        self._table = Table()
        self._lines: list[str] = []
        self._references: list[LegalReference] = []

    def through(self, root: LexborNode) -> None:
        """Put everything under the root into the outline."""
        stack: list[tuple[LexborNode, bool]] = [(root, True)]
        while stack:
            node, entering = stack.pop()
            if not entering:
                self._leave(node, node.tag or "")
            elif self._enter(node, node.tag or ""):
                stack.append((node, False))
                stack += [(child, True) for child in reversed(list(node.iter(include_text=True)))]
        self._end_block()

    def _enter(self, node: LexborNode, tag: str) -> bool:
        if tag == "-text":
            self._words.append(node.text(deep=False))
            return False
        if tag.startswith("-") or self._around.hold(node):
            return False
        if tag in HEADINGS and len(text := label(node)) <= _LONGEST_HEADING:
            if node != self._title:
                self._heading(node, int(tag[1]), text)
            return False
        if tag == "button" or (node.attributes.get("role") in {"button", "tab"} and tag != "a"):
            return False
        if tag == "summary" and not (self._open["summary"] or node.css_first("h1, h2, h3, h4, h5, h6")):
            self._heading(node, self._level + 1, label(node), implied=True)
            return False
        return self._begin(node, tag)

    def _begin(self, node: LexborNode, tag: str) -> bool:
        if tag == "aside" and not self._open["aside"] and (is_list_of_links(node) or is_box(one_line(node.text()))):
            return False
        if tag == "figcaption" and not self._open["table"] and self._is_under_a_picture(node):
            return False
        if tag == "a":
            reference = legal_reference(node.text(), node.attributes.get("href") or "")
            self._references += [reference] if reference else []
        elif tag in _BREAKING:
            self._break(tag)
        if tag == "br":
            return False
        opener = self._around.opener(node)
        if tag in {"details", "aside"} or opener:
            self._end_block()
            is_headed = opener and opener.parent and opener.parent.mem_id == self._headed[0]
            self._returns[node.mem_id] = self._headed[1] if is_headed else self._here()
        if opener:
            self._unfold(node, opener)
        if tag in {"ul", "ol"}:
            self._numbers.append(0 if tag == "ol" else None)
        elif tag == "li" and not self._open["tr"]:
            self._bullet = self._next_bullet()
        self._open[tag] += 1
        self._grouped += tag in _GROUPS
        return True

    def _is_under_a_picture(self, caption: LexborNode) -> bool:
        figure = caption.parent
        if figure is not None and figure.mem_id != self._figure[0]:
            self._figure = figure.mem_id, figure.css_first("img, picture") is not None
        return figure is not None and self._figure[1]

    def _unfold(self, panel: LexborNode, opener: LexborNode) -> None:
        text = label(opener)
        if opener.parent and opener.parent.tag in HEADINGS:
            self._lowest = max(self._lowest, self._level + 1)
        elif not names_nothing(text):
            self._heading(opener, self._level + 1, text, implied=True, anchor=anchor_of(opener) or panel.id or "")

    def _heading(self, node: LexborNode, level: int, text: str, *, implied: bool = False, anchor: str = "") -> None:
        self._end_block()
        level = min(max(level, self._lowest), _LOWEST_LEVEL)
        if self._muted and level > self._muted[0]:
            return
        self._muted = (level, _container(node).mem_id) if is_box(text) else None
        if self._muted:
            return
        self._headed = node.mem_id, self._here()
        self._outline.heading(level, text, anchor=anchor or anchor_of(node))
        self._level = level
        if implied or self._open["summary"]:
            self._lowest = level + 1

    def _here(self) -> _Around:
        return _Around(self._outline.place, self._level, self._lowest)

    def _next_bullet(self) -> str:
        indent = "  " * (len(self._numbers) - 1)
        number = self._numbers[-1] if self._numbers else None
        if number is None:
            return f"{indent}- "
        self._numbers[-1] = number + 1
        return f"{indent}{number + 1}. "

    def _leave(self, node: LexborNode, tag: str) -> None:
        self._open[tag] -= 1
        self._grouped -= tag in _GROUPS
        if tag in {"td", "th"}:
            self._end_cell(node)
        elif tag == "dt" and not self._open["tr"]:
            term = "".join(self._words).rstrip(": \n")
            self._words = [term, _TERM] if term else []
        elif tag == "tr" and not self._open["tr"]:
            self._words.append(self._table.row())
        elif tag in _BREAKING:
            self._break(tag)
        if tag == "li":
            self._bullet = ""
        elif tag in {"ul", "ol"}:
            self._numbers.pop()
        if self._muted and self._muted[1] == node.mem_id:
            self._end_block()
            self._muted = None
        if around := self._returns.pop(node.mem_id, None):
            self._end_block()
            self._outline.back_to(around.place)
            self._level, self._lowest = around.level, around.lowest

    def _break(self, tag: str) -> None:
        if self._open["tr"] or (tag == "dd" and self._words[-1:] == [_TERM]):
            self._words.append(" ")
        elif self._grouped or (tag == "br" and "".join(self._words).strip()):
            self._end_line()
        else:
            self._end_block()

    def _end_cell(self, cell: LexborNode) -> None:
        if self._open["tr"] == 1:
            self._table.cell(self._taken(), _span(cell, "rowspan"), _span(cell, "colspan"))
        else:
            self._words.append(" ")

    def _end_line(self) -> None:
        text = self._taken()
        if not text:
            return
        bullet = self._bullet or "  " * (len(self._numbers) if self._open["li"] else 0)
        self._bullet = ""
        if not self._dates.take(text):
            self._lines.append(bullet + text)

    def _taken(self) -> str:
        if not self._words:
            return ""
        if self._words[-1] == _TERM:
            self._words.pop()
        text = visible("".join(self._words))
        self._words = []
        return text

    def _end_block(self) -> None:
        if self._open["tr"]:
            # What is in this row so far comes before the heading or the panel in it.
            self._table.cell(self._taken())
            self._words = [self._table.row()]
        self._end_line()
        if self._lines and self._muted is None:
            self._outline.block("\n".join(self._lines), self._references)
        self._lines, self._references = [], []


def _container(heading: LexborNode) -> LexborNode:
    """What a heading is the heading of: the nearest element around it that holds more."""
    at = heading
    for _ in range(_WRAPPERS):
        if at.parent is None or beside(at, "next") or beside(at, "prev"):
            break
        at = at.parent
    return at.parent or at


def _span(cell: LexborNode, name: str) -> int:
    digits = (cell.attributes.get(name) or "").strip()
    return int(digits) if re.fullmatch(r"\d{1,4}", digits, re.A) else 1
