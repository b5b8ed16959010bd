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
ANSWERS = f"{ANSWER}/"
"""What the ids of those documents begin with."""


UNDECIDED = dt.date.max
"""When something comes into force where nobody has decided that yet ("frå den tid Kongen bestemmer")."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class _Force(_Value):
    """Whether something holds: from the day it is `in_force` (None: nothing else is said) until it is repealed.

    Where it comes into force in parts, `in_force` is when the first ones do and `in_full` when the last.
    """

    in_force: dt.date | None = None
    in_full: dt.date | None = None
    repealed: bool = False

    def is_in_force(self, day: dt.date) -> bool:
        """Does it hold on that day?"""
        return not self.repealed and (self.in_force is None or self.in_force <= day)

    def is_partly_in_force(self, day: dt.date) -> bool:
        """Does some of it hold on that day, but not all?"""
        return self.is_in_force(day) and self.in_full is not None and day < self.in_full


class LegalReference(_Value):
    """A paragraph of a law that a text rests on, with the address where it can be read."""

    label: str
    url: str
    key: str


class Part(_Value):
    """A part of a text that can be referred to: "ledd-2-bokstav-a" are its characters from `start` to `end`."""

    anchor: str
    start: int
    end: int


class Section(_Force):
    """One part of a document: a heading and the text under it, up to the next heading.

    `anchor` is unique in the document and is the fragment of its address. `path` holds the headings above, outermost
    first. `page` is where it begins, `pages` are those that it goes on to: (offset in the text, page). `keys` are the
    exact references this section *is* ("strategy:omstillingsdyktig-naeringsliv/B3", "law:serveringsloven/15");
    `rests_on` are the paragraphs that its text cites. `typical` is what people ask that it answers. Of a paragraph of a
    law, `parts` are its own, in reading order, and `history` says what added, changed or repealed it.
    """

    anchor: str
    heading: str
    text: str
    path: tuple[str, ...] = ()
    page: int | None = None
    pages: tuple[tuple[int, int], ...] = ()
    keys: tuple[str, ...] = ()
    rests_on: tuple[LegalReference, ...] = ()
    typical: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    history: str = ""


class Document(_Force):
    """A document as its reader understood it. `kind` is one of plan, guidance, law, routine, page, answer.

    `number` is the official one of a law ("LOV-1997-06-13-44"), `short_title` what people call it, `changed_by` are the
    numbers of what changed it last. `notes` tell operators what its reader left out or is unsure of. `team` is the id
    of the team of officers that questions about it belong to. `missing` is since when its source does not have it.
    """

    id: str
    title: str
    kind: str
    audience: Audience
    language: str
    sections: tuple[Section, ...]
    source: str = ""
    area: str = ""
    topic: str = ""
    team: str = ""
    url: str | None = None
    published: dt.date | None = None
    changed: dt.date | None = None
    checked: dt.date | None = None
    number: str = ""
    short_title: str = ""
    changed_by: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    missing: dt.date | None = None

    @property
    def digest(self) -> str:
        """Hash of everything a reader of the document could notice."""
        noticed = self.model_dump_json(exclude={"sections": {"__all__": {"typical"}}})
        return hashlib.sha256(noticed.encode()).hexdigest()

    def section(self, anchor: str) -> Section | None:
        """The section of that anchor, or None."""
        return next((section for section in self.sections if section.anchor == anchor), None)


class Passage(_Force):
    """A piece of a section that is found, quoted and cited. `text` is verbatim; nothing is put in front of it.

    `parts` are what stands in it of the section's parts; one that goes on in the next passage is in both. `typical` is
    what people ask that the section answers.
    """

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
    team: str = ""
    url: str | None = None
    page: int | None = None
    date: dt.date | None = None
    keys: tuple[str, ...] = ()
    rests_on: tuple[LegalReference, ...] = ()
    typical: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    missing: dt.date | None = None

    @property
    def context(self) -> str:
        """Title and headings: searched together with the text, never quoted."""
        parts = [self.title, *self.path, self.heading]
        return " › ".join(dict.fromkeys(part for part in parts if part))

    @property
    def searched(self) -> str:
        """What is searched for words and for meaning."""
        return f"{self.context}\n{self.text}"


class Found(_Value):
    """A passage that a search found. `score` orders the list; `parts` are the scores it was made from; `quote` is what
    of it was asked for, where only a part was."""

    passage: Passage
    score: float
    parts: dict[str, float] = {}
    quote: str = ""


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

    `language` is the question's, empty where it isn't known; `subject` is the topic or the paragraph that the question
    names, or the question that was answered before, as people write it, and `keys` the exact keys of the paragraph;
    `part_missing` says that a paragraph has no such part as the question names, or several, and is there whole;
    `absent` is the paragraph or strategy that the question names and that there is not; `akin` are answers published to
    questions that are like this one, but may not be the same; `beside` is what stands around the best passage, for who
    reads it; `vector` is the question's own, for comparing sentences with it; `limited` says that it was searched by
    words alone; `ms` how long each part of the search took; `made` is what was made of it, where it is remembered.
    """

    query: str
    found: tuple[Found, ...] = ()
    language: str = ""
    match: Match = Match.SIMILAR
    subject: str = ""
    keys: frozenset[str] = frozenset()
    part_missing: bool = False
    absent: str = ""
    akin: tuple[Passage, ...] = ()
    beside: tuple[Passage, ...] = ()
    vector: tuple[float, ...] = ()
    limited: bool = False
    ms: Mapping[str, float] = dataclasses.field(default_factory=dict)
    made: Made | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def exact(self) -> bool:
        """Is it certain that they are what is asked for?"""
        return self.match is not Match.SIMILAR

    @property
    def remembered(self) -> Made | None:
        """What was made of it; None where it isn't remembered, or has been put into another order since."""
        return self.made if self.made and self.made.found is self.found else None


@dataclasses.dataclass(eq=False)
class Made:
    """What was made of evidence that is remembered, and is kept for as long: of what was `found`, in the version of the
    library that has those stamps."""

    found: tuple[Found, ...]
    stamps: tuple[str, ...]
    draft: Draft | None = None
    nearest: tuple[Citation, ...] | None = None


class Citation(_Value):
    """Where a claim comes from: the passage's address and the words quoted from it.

    `document` and `section` are ids, `title` is for people, `url` can be opened, `quote` is verbatim in the passage.
    `team` is the id of the team that questions about the document belong to, where its source names one. `missing` is
    since when its source does not have it.
    """

    document: str
    section: str
    title: str
    url: str
    quote: str
    date: dt.date | None = None
    kind: str = ""
    audience: Audience = Audience.PUBLIC
    team: str = ""
    rests_on: tuple[LegalReference, ...] = ()
    missing: dt.date | None = None


class Claim(_Value):
    """One statement of an answer and the citation that carries it. For extractive answers `text` is the quote."""

    text: str
    citation: Citation


class Draft(_Value):
    """An answer before it is judged: claims as they are shown, and what speaks for and against it, by name."""

    claims: tuple[Claim, ...] = ()
    signs: dict[str, float] = {}
