"""What the library holds (documents, sections, passages) and what comes out of it (evidence, claims, citations)."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import hashlib
from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict


class Audience(enum.StrEnum):
    """Who may read a document. Outsiders read `public`; staff read both."""

    PUBLIC = "public"
    INTERNAL = "internal"


ANSWER = "answer"
"""The kind of what an officer has answered and published: a document of one question and its answer."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class LegalReference(_Value):
    """A paragraph of a law that a text rests on, with the address where it can be read."""

    label: str
    url: str
    key: str


class Section(_Value):
    """One part of a document: a heading and the text under it, up to the next heading.

    `anchor` is unique in the document and is the fragment of its address. `path` holds the headings above, outermost
    first. `keys` are the exact references this section *is* ("strategy:omstillingsdyktig-naeringsliv/B3",
    "law:serveringsloven/15"); `rests_on` are the paragraphs that its text cites.
    """

    anchor: str
    heading: str
    text: str
    path: tuple[str, ...] = ()
    page: int | None = None
    keys: tuple[str, ...] = ()
    rests_on: tuple[LegalReference, ...] = ()


class Document(_Value):
    """A document as its reader understood it. `kind` is one of plan, guidance, law, routine, page, answer."""

    id: str
    title: str
    kind: str
    audience: Audience
    language: str
    sections: tuple[Section, ...]
    source: str = ""
    area: str = ""
    topic: str = ""
    url: str | None = None
    published: dt.date | None = None
    changed: dt.date | None = None
    checked: dt.date | None = None

    @property
    def digest(self) -> str:
        """Hash of everything a reader of the document could notice."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()

    def section(self, anchor: str) -> Section | None:
        """The section of that anchor, or None."""
        return next((section for section in self.sections if section.anchor == anchor), None)


class Passage(_Value):
    """A piece of a section that is found, quoted and cited. `text` is verbatim; nothing is put in front of it."""

    id: str
    document: str
    section: str
    title: str
    heading: str
    text: str
    kind: str
    audience: Audience
    language: str
    path: tuple[str, ...] = ()
    area: str = ""
    topic: str = ""
    url: str | None = None
    page: int | None = None
    date: dt.date | None = None
    keys: tuple[str, ...] = ()
    rests_on: tuple[LegalReference, ...] = ()

    @property
    def context(self) -> str:
        """Title and headings: searched together with the text, never quoted."""
        parts = [self.title, *self.path, self.heading]
        return " › ".join(dict.fromkeys(part for part in parts if part))


class Found(_Value):
    """A passage that a search found. `score` orders the list; `parts` are the scores it was made from."""

    passage: Passage
    score: float
    parts: dict[str, float] = {}


class Match(enum.StrEnum):
    """Why passages were found: they were published as the answer to this question, they are what it names, those of a
    group that are nearest to its topic, they cite what it names, or they are like it in words and meaning."""

    ASKED = "asked"

    NAMED = "named"
    TOPIC = "topic"
    CITING = "citing"
    SIMILAR = "similar"


@dataclasses.dataclass(frozen=True)
class Evidence:
    """The ranked passages for one question, best first, and why they were found.

    `language` is the question's, empty where it isn't known; `subject` is the topic or the paragraph that the
    question names, or the question that was answered before, as people write it, and `keys` the exact keys of the
    paragraph; `akin` are answers published to questions that are like this one, but may not be the same; `vector` is
    the question's own, for comparing sentences with it; `ms` how long each part of the search took.
    """

    query: str
    found: tuple[Found, ...] = ()
    language: str = ""
    match: Match = Match.SIMILAR
    subject: str = ""
    keys: frozenset[str] = frozenset()
    akin: tuple[Passage, ...] = ()
    vector: tuple[float, ...] = ()
    ms: Mapping[str, float] = dataclasses.field(default_factory=dict)

    @property
    def exact(self) -> bool:
        """Is it certain that they are what is asked for?"""
        return self.match is not Match.SIMILAR


class Citation(_Value):
    """Where a claim comes from: the passage's address and the words quoted from it.

    `document` and `section` are ids, `title` is for people, `url` can be opened, `quote` is verbatim in the passage.
    """

    document: str
    section: str
    title: str
    url: str
    quote: str
    date: dt.date | None = None
    kind: str = ""
    audience: Audience = Audience.PUBLIC
    rests_on: tuple[LegalReference, ...] = ()


class Claim(_Value):
    """One statement of an answer and the citation that carries it. For extractive answers `text` is the quote."""

    text: str
    citation: Citation


class Draft(_Value):
    """An answer before it is judged: claims in reading order, and what speaks for and against it, by name."""

    claims: tuple[Claim, ...] = ()
    signs: dict[str, float] = {}
