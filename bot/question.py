"""What goes into a conversation and what comes out: the two values that handlers translate."""

from __future__ import annotations

import enum
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from bot.citing import Source, numbers, sources
from bot.people import Asker, Place
from bot.triage import Kind
from knowledge.calls import Call
from knowledge.model import Audience, Citation, Claim


class Question(BaseModel):
    """What somebody asked. `history` holds the earlier questions of the thread, oldest first."""

    model_config = ConfigDict(frozen=True)

    text: str
    audience: Audience = Audience.PUBLIC
    history: tuple[str, ...] = ()
    asker: Asker | None = None
    place: Place | None = None
    language: str | None = None


class Status(enum.StrEnum):
    """How a reply ended."""

    ANSWERED = "answered"
    ABSTAINED = "abstained"
    SAID = "said"
    """Nothing was asked (a greeting, thanks); `lead` answers in kind."""
    REFUSED = "refused"
    """There was no question that can be read (empty, too long); `lead` says what to do about it."""


class Reply(BaseModel):
    """What the bot says. Plain text throughout; a handler renders it for its platform.

    `lead` is the bot's own words before the claims (or the whole message where it abstains), `claims` the answer with
    its citations, `nearest` the closest sources where it abstained, `confidence` 0..1, `ms` the time it took and
    `timings` the parts of it. `id` is in the log of everything that happened on the way; `ranking` holds the
    sections that were found, best first, as (document, section), and `calls` what asking a chat model came to. `kind`
    is what the question was about where that is none for the documents.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    status: Status
    language: str
    kind: Kind | None = None
    lead: str = ""
    claims: tuple[Claim, ...] = ()
    note: str = ""
    nearest: tuple[Citation, ...] = ()
    draft: tuple[Claim, ...] = ()
    ranking: tuple[tuple[str, str], ...] = ()
    confidence: float = 0.0
    ms: float = 0.0
    timings: dict[str, float] = {}
    calls: tuple[Call, ...] = ()

    @property
    def can_be_forwarded(self) -> bool:
        """Was there a question that an officer can take?"""
        return self.status in {Status.ANSWERED, Status.ABSTAINED}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The citations of the claims, each once, in the order of the claims."""
        return tuple(dict.fromkeys(claim.citation for claim in self.claims))

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sections that the claims cite, each once, in the order they are numbered."""
        return sources(self.citations)

    @property
    def answer(self) -> str:
        """The reply as plain text with numbered claims, as the command line prints it."""
        marks = numbers(self.citations)
        body = [f"{claim.text} [{marks[claim.citation]}]" for claim in self.claims]
        return "\n\n".join(part for part in (self.lead, "\n".join(body), self.note) if part)


class Listener(Protocol):
    """Hears how a reply comes about, for typing states and streaming."""

    async def step(self, name: str) -> None:
        """A step begins: understand, retrieve, answer or write."""

    async def claim(self, claim: Claim) -> None:
        """A claim has been checked and will stand in the reply."""
