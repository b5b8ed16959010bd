"""Reads web pages: their main content, without what surrounds it on every page."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator

from selectolax.lexbor import LexborHTMLParser, LexborNode

from ingest.fetching import Fetched
from ingest.readers.legal import legal_reference
from ingest.readers.outline import Outline
from ingest.readers.reading import ReadError, decode, document, one_line, title_of
from ingest.sources import Source
from knowledge.model import Document, LegalReference

_AROUND = (
    "script, style, noscript, template, iframe, svg, form, button, nav, footer, aside, dialog, [hidden],"
    " [aria-hidden=true], [role=navigation], [role=banner], [role=contentinfo], [role=search], [role=dialog]"
)
_MAIN = ("main", "[role=main]", "article", "#content", "#main", "body")
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_BREAKING = re.compile(
    "address|article|blockquote|body|br|caption|center|d[dlt]|details|div|fieldset|figcaption|figure|header|hgroup|hr|li"
    "|main|ol|p|pre|section|summary|table|tbody|t[dhr]|tfoot|thead|ul"
)
_GROUPS = ("ul", "ol", "dl", "table")
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_PUBLISHED = ("article:published_time", "dc.date", "dcterms.created", "dcterms.issued", "datepublished", "date")
_CHANGED = ("article:modified_time", "og:updated_time", "dcterms.modified", "dc.date.modified", "datemodified")


def read_html(fetched: Fetched, source: Source) -> Document:
    """The document of a web page: a section for every heading in its main content."""
    charset = _CHARSET.search(fetched.content[:2048])
    text = decode(fetched, charset[1].decode("ascii") if charset else None)
    if not re.search(r"<[a-z!]", text, re.I):
        raise ReadError(fetched, "has no HTML in it", "bring in the page itself, or set another reader")
    tree = LexborHTMLParser(text)
    meta = dict(_meta(tree))
    main = _main(tree)
    first = main.css_first("h1") or tree.css_first("h1") if main else None
    named = tree.css_first("head title")
    titles = (first.text() if first else "", meta.get("og:title", ""), named.text() if named else "")
    title = title_of(fetched, source, source.title, *map(one_line, titles))
    outline = Outline(title)
    if main:
        _Walk(outline, first).through(main)
    return document(
        fetched,
        source,
        title,
        outline.sections(),
        published=_first_date(meta, _PUBLISHED),
        changed=_first_date(meta, _CHANGED),
    )


def _main(tree: LexborHTMLParser) -> LexborNode | None:
    for node in tree.css(_AROUND):
        node.decompose()
    found = (tree.css_first(selector) for selector in _MAIN)
    return next((node for node in found if node and node.text(strip=True)), None)


def _meta(tree: LexborHTMLParser) -> Iterator[tuple[str, str]]:
    for node in tree.css("meta[content]"):
        name = node.attributes.get("property") or node.attributes.get("name") or node.attributes.get("itemprop")
        if name:
            yield name.lower(), node.attributes.get("content") or ""
    for node in tree.css("time[itemprop][datetime]"):
        yield (node.attributes.get("itemprop") or "").lower(), node.attributes.get("datetime") or ""


def _first_date(meta: dict[str, str], names: tuple[str, ...]) -> dt.date | None:
    for name in names:
        try:
            return dt.datetime.fromisoformat(meta.get(name, "").strip()).date()
        except ValueError:
            continue
    return None


class _Walk:
    """Goes through the nodes of a page in reading order, without recursion: pages can be nested very deeply.

    Paragraphs become blocks; a list or a table becomes one block, with a line for each item or row.
    """

    def __init__(self, outline: Outline, title: LexborNode | None) -> None:
        self._outline = outline
        self._title = title
        self._open: Counter[str] = Counter()
        self._words: list[str] = []
        self._bullet = ""
        self._lines: list[str] = []
        self._references: list[LegalReference] = []

    def through(self, root: LexborNode) -> None:
        """Put everything under the root into the outline."""
        stack: list[tuple[LexborNode, bool]] = [(root, True)]
        while stack:
            node, entering = stack.pop()
            if not entering:
                self._leave(node.tag or "")
            elif self._enter(node, node.tag or ""):
                stack.append((node, False))
                stack += [(child, True) for child in reversed(list(node.iter(include_text=True)))]
        self._end_block()

    def _enter(self, node: LexborNode, tag: str) -> bool:
        if tag == "-text":
            self._words.append(node.text(deep=False))
        elif tag in _HEADINGS:
            self._end_block()
            if node != self._title:
                self._outline.heading(int(tag[1]), node.text())
        elif not tag.startswith("-"):
            self._begin(node, tag)
            return True
        return False

    def _begin(self, node: LexborNode, tag: str) -> None:
        if tag == "a":
            reference = legal_reference(node.text(), node.attributes.get("href") or "")
            self._references += [reference] if reference else []
        elif _BREAKING.fullmatch(tag):
            self._break(tag)
        if tag == "li":
            self._bullet = "- "
        self._open[tag] += 1

    def _leave(self, tag: str) -> None:
        self._open[tag] -= 1
        if _BREAKING.fullmatch(tag):
            self._break(tag)

    def _break(self, tag: str) -> None:
        if self._open["tr"] and tag != "tr":
            self._words.append(" | " if tag in {"td", "th"} else " ")
        elif tag == "br" or any(self._open[group] for group in _GROUPS):
            self._end_line()
        else:
            self._end_block()

    def _end_line(self) -> None:
        cells = [cell for cell in map(one_line, "".join(self._words).split(" | ")) if cell]
        if cells:
            self._lines.append(self._bullet + " | ".join(cells))
            self._bullet = ""
        self._words = []

    def _end_block(self) -> None:
        self._end_line()
        self._outline.block("\n".join(self._lines), self._references)
        self._lines, self._references = [], []
