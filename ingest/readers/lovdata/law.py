"""Reads a law: a section for each paragraph, with the headings above it, its words and their parts.

The format is called XML and looks like HTML. It is read as XML: a file that breaks off is then refused, where a reader
of HTML would mend it and take half a law for a whole one.
"""

from __future__ import annotations

import collections
import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.fetching import Fetched
from ingest.readers.legal import legal_reference
from ingest.readers.lovdata.head import Head, head_of, written_date
from ingest.readers.lovdata.text import LegalText, class_of, words_of
from ingest.readers.outline import Anchors
from ingest.readers.reading import ReadError, decode, document, one_line, title_of
from ingest.sources import Source
from knowledge.model import UNDECIDED, Document, LegalReference, Part, Section
from knowledge.references import law_key

_MARK = re.compile(rb"""class\s*=\s*["']data-document-key-info["']""")
_MARK_WITHIN = 8192
_DEEPEST = 60
"""Elements in one another: laws have 15."""

_PARAGRAPH = ".//*[@class='legalArticle']"
_LAW = re.compile(r"(?:lov|forskrift)/[\d-]+")
_LEDD = {"legalP", "numberedLegalP"}
_HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
_REPEALED = re.compile(r"\bopphev", re.I)
_TO_COME = re.compile(r"(?:vert |blir )?til(?:føyd|føyes|føyast|føydd)\b", re.I)
_FORCE = re.compile(r"\bi kraft\b|\bikr\b", re.I)
_NOT_IN_FORCE = re.compile(r"\b(?:ikke|ikkje)\b.{0,20}?(?:\bi kraft\b|\bikr\b)", re.I)
_ADDRESS = "https://lovdata.no/"


def is_lovdata(content: bytes) -> bool:
    """Is this in Lovdata's format?"""
    return bool(_MARK.search(content[:_MARK_WITHIN]))


def read_lovdata(fetched: Fetched, source: Source) -> Document:
    """The document of a law or a regulation as it reads today.

    Raises ReadError where it is broken, and for announcements of changes: their words are none of a law yet.
    """
    root = _parse(fetched)
    main, head = root.find(".//main"), head_of(root)
    if main is None or not head.title:
        raise ReadError(fetched, "is not in Lovdata's format", "fetch it from api.lovdata.no, or set another reader")
    if head.file.startswith("LTI/") and main.find(_PARAGRAPH) is None:
        changed = ", ".join(head.changes) or "the law that it changes"
        raise ReadError(fetched, "is an announcement of changes, no law", f"bring in {changed} as it reads today")
    sections = list(_Law(head).sections(main, ()))
    return document(
        fetched,
        source,
        title_of(fetched, source, source.title, head.title),
        sections,
        language=_language(root.get("lang"), sections) or source.language,
        url=source.public_url or (f"{_ADDRESS}dokument/{head.file}" if head.file else None),
        number=head.number,
        short_title=head.short_title,
        published=head.published,
        changed=head.changed,
        in_force=head.in_force,
        in_full=head.in_full,
        changed_by=head.changed_by,
        notes=tuple(_notes(head)),
    )


def _language(said: str | None, sections: Iterable[Section]) -> str:
    # Lovdata says "no" of laws in bokmål and in nynorsk.
    if said in {"nb", "nn", "en"}:
        return said
    words = [word for section in sections for word in section.text.split()]
    nynorsk, bokmaal = words.count("ikkje"), words.count("ikke")
    return "" if nynorsk == bokmaal else "nn" if nynorsk > bokmaal else "nb"


def _parse(fetched: Fetched) -> Element:
    try:
        root: Element = fromstring(decode(fetched))
    except DefusedXmlException as error:
        what = f"declares entities or other documents ({type(error).__name__})"
        raise ReadError(fetched, what, "take the declarations out") from error
    except ParseError as error:
        raise ReadError(fetched, f"is not well-formed XML ({error})", "it may be cut off: fetch it again") from error
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise ReadError(fetched, f"is nested more than {_DEEPEST} deep", "no law is: fetch it again")
        level = [child for element in level for child in element]
    return root


class _Law:
    def __init__(self, head: Head) -> None:
        self._head = head
        self._anchors = Anchors()

    def sections(self, element: Element, path: tuple[str, ...]) -> Iterator[Section]:
        """The sections in a part or chapter, or the whole: the paragraphs, and what stands between them."""
        heading = next((words_of(child) for child in element if child.tag in _HEADINGS), "")
        inside = path if element.tag == "main" else (*path, heading) if heading else path
        between = LegalText()
        between.loose(element.text)
        for child in element:
            is_paragraph = class_of(child) == "legalArticle"
            if is_paragraph or child.tag == "section" or child.find(_PARAGRAPH) is not None:
                yield from self._between(between, heading, path)
                between = LegalText()
                yield from self._paragraph(child, inside) if is_paragraph else self.sections(child, inside)
            elif child.tag not in _HEADINGS and class_of(child) not in {"footnotes", "changesToParent"}:
                between.block(child)
            between.loose(child.tail)
        yield from self._between(between, heading, path)

    def _between(self, text: LegalText, heading: str, path: tuple[str, ...]) -> Iterator[Section]:
        if str(text):
            heading = heading or (path[-1] if path else self._head.title)
            anchor = self._anchors.name(heading)
            rests_on = self._rests_on(text.links)
            yield Section(anchor=anchor, heading=heading, text=str(text), path=path, rests_on=rests_on)

    def _paragraph(self, article: Element, path: tuple[str, ...]) -> Iterator[Section]:
        header = next((child for child in article if class_of(child) == "legalArticleHeader"), None)
        heading = words_of(header).rstrip(".") if header is not None else ""
        value = header.find(".//*[@class='legalArticleValue']") if header is not None else None
        number = (words_of(value) if value is not None else "") or article.get("data-name", "")
        text = _text(article)
        history = " ".join(words_of(child) for child in article if class_of(child) == "changesToParent")
        yield Section(
            anchor=self._anchors.name(number or heading),
            heading=heading or number,
            # Of a paragraph that is repealed, or has not come yet, only the note says something.
            text=str(text) or history or heading or number,
            path=path,
            keys=self._keys(number, path),
            rests_on=self._rests_on(text.links),
            parts=tuple(_told_apart(text.parts)),
            history=history,
            **_force(str(text), heading, history, _notes_on(header, article)),
        )

    def _keys(self, number: str, path: Iterable[str]) -> tuple[str, ...]:
        if not number:
            return ()
        names, article = self._head.names, re.match(r"art(?:ikkel|icle|\.)\s*", number, re.I)
        if article:
            # The treaty or the EU's regulation that the law has taken in, by the names in its heading.
            names = tuple(
                name for heading in path for found in re.findall(r"\[([^\]]+)\]", heading) for name in found.split(",")
            )
            number = number[article.end() :]
        return tuple(dict.fromkeys(law_key(name, number) for name in names))

    def _rests_on(self, links: Iterable[tuple[str, str]]) -> tuple[LegalReference, ...]:
        """The paragraphs of other laws that a text links to."""
        laws = [(label, address, law) for label, address in links if (law := _LAW.match(address))]
        found = (legal_reference(label, _ADDRESS + address) for label, address, law in laws if law[0] != self._head.id)
        return tuple(dict.fromkeys(filter(None, found)))


def _text(article: Element) -> LegalText:
    """The words of a paragraph."""
    text, names = LegalText(), iter(_names_of_ledd(article))
    text.loose(article.text)
    for child in article:
        kind = class_of(child)
        if kind in _LEDD:
            text.block(child, next(names))
        elif kind not in {"legalArticleHeader", "changesToParent", "footnotes"}:
            text.block(child)
        text.loose(child.tail)
    return text


def _names_of_ledd(article: Element) -> list[str]:
    """What each ledd is called: by the number that it bears, or by its place. Nothing where these contradict each
    other: of an introduction and "(1)", either may be meant by "første ledd"."""
    numbers = [child.get("data-numerator", "") for child in article if class_of(child) in _LEDD]
    places = [str(place) for place, _ in enumerate(numbers, start=1)]
    names = [number or place for number, place in zip(numbers, places, strict=True)]
    certain = (all(numbers) or names == places) and len({*names}) == len(names)
    return [f"ledd-{name}" if certain else "" for name in names]


def _told_apart(parts: Iterable[Part]) -> Iterator[Part]:
    """The parts; of several with one anchor (two lists that both have an "a."), each gets its own: nobody means it by
    name alone."""
    parts = list(parts)
    total, count = collections.Counter(part.anchor for part in parts), collections.Counter[str]()
    for part in parts:
        count[part.anchor] += 1
        several = total[part.anchor] > 1
        yield part.model_copy(update={"anchor": f"{part.anchor}~{count[part.anchor]}"}) if several else part


def _notes(head: Head) -> Iterator[str]:
    first, full = head.in_force, head.in_full
    if first and full and first <= dt.date.today() < full:
        last = "a day that nobody has set" if full == UNDECIDED else full
        yield f"comes into force in parts, from {first} to {last}; which ones wait is not said: all are taken to hold"


def _notes_on(header: Element | None, article: Element) -> str:
    """The footnotes that the heading of a paragraph refers to."""
    if header is None:
        return ""
    marks = {mark.get("data-unique-footnote-counter", "") for mark in header.iter("sup")}
    notes = (note for note in article.iter("article") if class_of(note) == "footnote")
    return one_line(
        " ".join("".join(note.itertext()) for note in notes if note.get("data-unique-footnote-counter") in marks)
    )


def _force(text: str, heading: str, history: str, notes: str) -> dict[str, Any]:
    """Whether a paragraph holds, where it says something else than its law."""
    if _NOT_IN_FORCE.search(notes):
        return {"in_force": UNDECIDED}
    if text:
        return {}
    if _TO_COME.match(history):
        after = _FORCE.split(history, maxsplit=1)
        return {"in_force": (written_date(after[1]) if after[1:] else None) or UNDECIDED}
    return {"repealed": bool(_REPEALED.search(heading) or _REPEALED.search(history))}
