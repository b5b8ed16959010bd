"""A case, from forwarded to closed, and what can happen to it. Pure values; `moves` says what is allowed when."""

from __future__ import annotations

import enum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from bot.people import Asker, Place
from knowledge.model import Audience, Citation, Claim

LONGEST_ANSWER = 10_000


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class CaseState(enum.StrEnum):
    """How far a case has come. `desk.state.<value>` in the texts names it to people."""

    FORWARDED = "forwarded"
    CLAIMED = "claimed"
    ASKED = "asked"
    """The officer has asked back: it is for the asker to say more."""
    ANSWERED = "answered"
    CLOSED = "closed"


OPEN = frozenset({CaseState.FORWARDED, CaseState.CLAIMED, CaseState.ASKED})
"""The states in which an answer is still to come."""


class Actor(_Value):
    """Somebody who does something to a case: an officer, or the asker."""

    id: str
    name: str


class Officer(Actor):
    """A case officer."""


class NewCase(_Value):
    """What is handed to the officers. One reply opens at most one case: `reply_id` is its identity to the asker.

    `history` is the thread before the question, oldest first; `nearest` and `draft` are what the bot had found.
    """

    reply_id: str
    question: str
    language: str
    asker: Asker
    place: Place
    audience: Audience = Audience.PUBLIC
    history: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()
    draft: tuple[Claim, ...] = ()


class Case(NewCase):
    """A case as it stands. `id` is opaque, `number` is for people; `version` counts the events that led here.

    `asked` is what the officer has asked back while the asker hasn't said more, `replied` when an officer first wrote
    to the asker. `not_ours`: an officer has said that it belongs elsewhere, and nobody has taken it since.
    """

    id: str
    number: int
    opened: AwareDatetime
    version: int = 1
    state: CaseState = CaseState.FORWARDED
    officer: Officer | None = None
    answer: str | None = None
    asked: str | None = None
    not_ours: bool = False
    claimed: AwareDatetime | None = None
    replied: AwareDatetime | None = None
    answered: AwareDatetime | None = None
    closed: AwareDatetime | None = None

    @property
    def label(self) -> str:
        """The number as people say it: "M-17"."""
        return f"M-{self.number}"

    @property
    def confidential(self) -> bool:
        """Was it asked where not everybody reads along? Then the question is shown to officers in the case only."""
        return self.place.private or not self.place.outsiders or self.audience is Audience.INTERNAL


class Move(enum.StrEnum):
    """What can happen to a case. `desk.move.<value>` in the texts tells people who did it."""

    OPENED = "opened"
    CLAIMED = "claimed"
    RELEASED = "released"
    REASSIGNED = "reassigned"
    """The case was given to another officer."""
    RETURNED = "returned"
    """An officer said that the case belongs elsewhere, and laid it back."""
    ASKED_BACK = "asked_back"
    """An officer asked the asker for more."""
    FOLLOWED_UP = "followed_up"
    """The asker wrote more."""
    CORRECTED = "corrected"
    """The asker changed the question or what was written more."""
    WITHDRAWN = "withdrawn"
    """The asker took the question or what was written more away."""
    ANSWERED = "answered"
    SUPPLEMENTED = "supplemented"
    """The officer who answered wrote more to the asker."""
    CLOSED = "closed"
    REOPENED = "reopened"
    UNDELIVERED = "undelivered"
    """What the officer wrote did not reach the asker."""


TO_ASKER = frozenset({Move.ANSWERED, Move.SUPPLEMENTED, Move.ASKED_BACK})
"""The moves whose text is an officer's to the asker."""


class Event(_Value):
    """Something that happened to a case. `text` is what was written, where something was; of what did not arrive, the
    delivery's key. `to` is the officer whom the case was given to, `ref` the message that was the occasion, as its
    platform names it.
    """

    move: Move
    actor: Actor
    moment: AwareDatetime
    text: str = ""
    to: Officer | None = None
    ref: str = ""


class Refusal(enum.StrEnum):
    """Why a move was not made. `desk.refused.<value>` in the texts says it to people."""

    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"
    OPEN = "open"
    UNANSWERED = "unanswered"
    NOBODY = "nobody"
    EMPTY = "empty"
    LONG = "long"


_EXPLANATIONS = {
    Refusal.TAKEN: "{name} has claimed case {case}",
    Refusal.ANSWERED: "{name} has answered case {case} already",
    Refusal.CLOSED: "case {case} is closed; reopen it first",
    Refusal.OPEN: "case {case} is open already",
    Refusal.UNANSWERED: "case {case} has not been answered yet",
    Refusal.NOBODY: "it is not said who is to have case {case}",
    Refusal.EMPTY: "the text for case {case} is empty",
    Refusal.LONG: "the text for case {case} has {length} characters, and {limit} is the most",
}


class IllegalMove(Exception):
    """A move that the case does not allow; nothing has changed.

    `key` and `values` are for `Texts`: `texts(language, error.key, **error.values)` tells a person why.
    """

    def __init__(self, refusal: Refusal, case: Case, **values: object) -> None:
        self.refusal = refusal
        self.key = f"desk.refused.{refusal}"
        self.values: dict[str, object] = {
            "case": case.label,
            "name": case.officer.name if case.officer else "",
            **values,
        }
        super().__init__(_EXPLANATIONS[refusal].format(**self.values))
