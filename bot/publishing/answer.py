"""A published answer, from proposed to withdrawn, and what can happen to it. Pure values; `rules` says what may."""

from __future__ import annotations

import datetime as dt
import enum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from bot.desk.case import Actor, Officer
from knowledge.model import ANSWERS, Audience

LONGEST_QUESTION = 300
"""Characters: what is asked again is compared with it, and longer texts tell a story rather than ask."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class AnswerState(enum.StrEnum):
    """How far an answer has come."""

    PROPOSED = "proposed"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    """Another answer was published in its place."""

    @property
    def key(self) -> str:
        """Names the message that says it to people."""
        return f"desk.publishing.state.{self}"


class Source(_Value):
    """What an answer rests on, and its digest when somebody last saw that the two agree: a section of a document or,
    without `section`, the whole document. `title` and `heading` are for people."""

    document: str
    title: str
    digest: str
    section: str = ""
    heading: str = ""

    @property
    def id(self) -> str:
        """Names it among all sources: "guides/uteservering#stoy"."""
        return f"{self.document}#{self.section}" if self.section else self.document

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.title} – {self.heading}" if self.heading else self.title


class Why(enum.StrEnum):
    """Why an answer needs review."""

    CHANGED = "changed"
    GONE = "gone"
    MISSING = "missing"
    """It is not found where it comes from any longer, and is kept for a while."""
    DUE = "due"


class Concern(_Value):
    """A reason to look at an answer again; `document`, `section` and `title` are the source's, where it is about one,
    and `since` is the day from which on it is missing."""

    why: Why
    document: str = ""
    section: str = ""
    title: str = ""
    since: dt.date | None = None

    @property
    def key(self) -> str:
        """Names the message that says it to people; it is filled in with `title` and `since`."""
        return f"desk.publishing.concern.{self.why}"


class Wording(_Value):
    """What is to be published."""

    question: str
    answer: str


class NewAnswer(Wording):
    """What an officer proposes to publish, made from answered cases.

    `team` is the team's name, as it stands in "Svar fra Næringsavdelingen", `sources` are ids of what the answer rests
    on: documents, or sections of them ("guides/uteservering#stoy"). `review_on` is the day to look at it again. `keep`
    are phone numbers, addresses and names that stay: an office's, not a person's. `language` and `audience` are the
    first case's where they are not given; what was asked internally stays internal. `replaces` is the id of the answer
    that it is to be published in place of.
    """

    cases: tuple[str, ...]
    team: str
    review_on: dt.date
    sources: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    language: str | None = None
    audience: Audience | None = None
    replaces: str | None = None


class PublishedAnswer(_Value):
    """An answer as it stands, whether it is published yet or still. `version` counts the events that led here.

    `edited`: the approver has changed what was proposed. `concerns` say why it needs review; they are about what was
    seen since `seen`, when an officer last vouched for it.
    """

    id: str
    cases: tuple[str, ...]
    question: str
    answer: str
    language: str
    audience: Audience
    team: str
    sources: tuple[Source, ...]
    review_on: dt.date
    proposer: Officer
    proposed: AwareDatetime
    keep: tuple[str, ...] = ()
    replaces: str | None = None
    state: AnswerState = AnswerState.PROPOSED
    version: int = 1
    edited: bool = False
    approver: Officer | None = None
    published: AwareDatetime | None = None
    seen: AwareDatetime | None = None
    ended: AwareDatetime | None = None
    concerns: tuple[Concern, ...] = ()

    @property
    def needs_review(self) -> bool:
        """Is there a reason to look at it again?"""
        return bool(self.concerns)

    @property
    def document(self) -> str:
        """The id of the document that it is in the library."""
        return f"{ANSWERS}{self.id}"

    @property
    def wording(self) -> Wording:
        """Its question and answer."""
        return Wording(question=self.question, answer=self.answer)


class Act(enum.StrEnum):
    """What can happen to an answer."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"
    RENEWED = "renewed"
    FLAGGED = "flagged"

    @property
    def key(self) -> str:
        """Names the message that tells people who did it; it is filled in with `name`."""
        return f"desk.publishing.act.{self}"


class Event(_Value):
    """Something that happened to an answer. `reason` is what somebody wrote about it; `wording`, `sources`, `review_on`
    and `concerns` are what it has from then on, where that is what the act is about."""

    act: Act
    actor: Actor
    moment: AwareDatetime
    reason: str = ""
    wording: Wording | None = None
    sources: tuple[Source, ...] = ()
    review_on: dt.date | None = None
    concerns: tuple[Concern, ...] = ()


class Refusal(enum.StrEnum):
    """Why an act was not done. `desk.publishing.refused.<value>` in the texts says it to people."""

    OWN = "own"
    PUBLISHED = "published"
    NOT_PUBLISHED = "not_published"
    ENDED = "ended"
    EMPTY = "empty"
    LONG = "long"
    DATE = "date"
    SOURCE = "source"
    UNANSWERED = "unanswered"
    REPLACED = "replaced"


_EXPLANATIONS = {
    Refusal.OWN: "{name} has proposed it: somebody else is to approve it",
    Refusal.PUBLISHED: "{name} has published it already",
    Refusal.NOT_PUBLISHED: "it is not published",
    Refusal.ENDED: "it was rejected, withdrawn or replaced",
    Refusal.EMPTY: "question or answer is empty",
    Refusal.LONG: "the text has {length} characters, and {limit} is the most",
    Refusal.DATE: "the review date {date} has passed",
    Refusal.SOURCE: "its readers have no source {document!r}",
    Refusal.UNANSWERED: "case {case} is not answered",
    Refusal.REPLACED: "what it is to replace is not published",
}


class IllegalAct(Exception):
    """An act that the answer does not allow; nothing has changed.

    `key` and `values` are for `Texts`: `texts(language, error.key, **error.values)` tells a person why.
    """

    def __init__(self, refusal: Refusal, **values: object) -> None:
        self.refusal = refusal
        self.key = f"desk.publishing.refused.{refusal}"
        self.values = values
        super().__init__(_EXPLANATIONS[refusal].format(**values))
