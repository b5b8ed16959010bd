"""A case, from forwarded to closed, and what can happen to it. Pure values; `moves` says what is allowed when."""

from __future__ import annotations

import enum

from pydantic import AwareDatetime, BaseModel, ConfigDict

from bot.desk.source_change import SourceChange
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
    MERGED = "merged"
    """The same is asked in another case, whose answer is also this one's."""
    WITHDRAWN = "withdrawn"
    """The asker no longer wants an answer."""


OPEN = frozenset({CaseState.FORWARDED, CaseState.CLAIMED, CaseState.ASKED})
"""The states in which an answer is still to come."""
MERGEABLE = OPEN | {CaseState.ANSWERED}
"""The states of a case that others, in which the same is asked, can be merged into."""


class Actor(_Value):
    """Somebody who does something to a case: an officer, or the asker."""

    id: str
    name: str


class Officer(Actor):
    """A case officer."""


class NewCase(_Value):
    """What is handed to the officers. One reply opens at most one case: `reply_id` is its identity to the asker.

    `question` is what the asker wants the officers to read, `original` what the bot was asked where that differs.
    `history` is the thread before the question, oldest first; `nearest` and `draft` are what the bot had found.
    `abstained`: the bot had no answer that it was sure of. `contact` is where the asker can be reached outside the
    thread, if they said so.
    """

    reply_id: str
    question: str
    language: str
    asker: Asker
    place: Place
    original: str = ""
    contact: str = ""
    abstained: bool = False
    audience: Audience = Audience.PUBLIC
    history: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()
    draft: tuple[Claim, ...] = ()

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What the bot had found, the nearest to an answer first."""
        return (*(claim.citation for claim in self.draft), *self.nearest)


class Case(NewCase):
    """A case as it stands. `id` is opaque, `number` is for people; `version` counts the events that led here.

    `team` is whose queue it is in, `topic` and `strategy` what it is about as far as that is known. `asked` is what the
    officer has asked back while the asker hasn't said more, `replied` when an officer first wrote to the asker.
    `not_ours`: an officer has said that it belongs elsewhere, and nobody has taken it since. `merged_into` is the id of
    the case that is answered for this one too. `watchers` want to hear what becomes of it. `helped` is what the asker
    said of the answer, `nudged` when they were asked.

    The clock: an officer's first word is due at `due_reply`, the answer at `due_answer`; since `paused` it waits for
    the asker. `reminded` and `escalated` are the latest deadline that the officers were reminded of, and that passed
    with the team's leader and the asker told of it.
    """

    id: str
    number: int
    opened: AwareDatetime
    version: int = 1
    state: CaseState = CaseState.FORWARDED
    team: str = ""
    topic: str = ""
    strategy: str = ""
    officer: Officer | None = None
    answer: str | None = None
    asked: str | None = None
    not_ours: bool = False
    merged_into: str | None = None
    watchers: tuple[Officer, ...] = ()
    helped: bool | None = None
    claimed: AwareDatetime | None = None
    replied: AwareDatetime | None = None
    answered: AwareDatetime | None = None
    closed: AwareDatetime | None = None
    nudged: AwareDatetime | None = None
    due_reply: AwareDatetime | None = None
    due_answer: AwareDatetime | None = None
    paused: AwareDatetime | None = None
    reminded: AwareDatetime | None = None
    escalated: AwareDatetime | None = None

    @property
    def due(self) -> AwareDatetime | None:
        """By when an officer is to write next; None where it is not for the officers to write."""
        if self.state not in OPEN or self.paused:
            return None
        return self.due_reply if self.replied is None else self.due_answer

    def is_late(self, moment: AwareDatetime) -> bool:
        """Has an officer not written by when they were to?"""
        return self.due is not None and self.due < moment

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
    ROUTED = "routed"
    """The case was given to another team."""
    RETURNED = "returned"
    """An officer said that the case belongs elsewhere, and laid it back."""
    ASKED_BACK = "asked_back"
    """An officer asked the asker for more."""
    FOLLOWED_UP = "followed_up"
    """The asker wrote more."""
    CORRECTED = "corrected"
    """The asker changed the question or what was written more."""
    RETRACTED = "retracted"
    """The asker took the question or what was written more away."""
    ANSWERED = "answered"
    SUPPLEMENTED = "supplemented"
    """The officer who answered wrote more to the asker."""
    MERGED = "merged"
    """The same is asked in another case, which is to be answered for both."""
    WITHDRAWN = "withdrawn"
    """The asker no longer wants an answer."""
    CLOSED = "closed"
    REOPENED = "reopened"
    HELPED = "helped"
    """The asker said that the answer helped."""
    WATCHED = "watched"
    """An officer wants to hear what becomes of the case."""
    UNWATCHED = "unwatched"
    REMINDED = "reminded"
    """A deadline is near."""
    ESCALATED = "escalated"
    """A deadline has passed."""
    NUDGED = "nudged"
    """The asker was asked whether the answer helped."""
    UNDELIVERED = "undelivered"
    """What the officer wrote did not reach the asker."""
    SOURCE_CHANGED = "source_changed"
    """What the case rests on reads otherwise now, or is gone."""


TO_ASKER = frozenset({Move.ANSWERED, Move.SUPPLEMENTED, Move.ASKED_BACK})
"""The moves whose text is an officer's to the asker."""
SHARED = frozenset({Move.ANSWERED, Move.SUPPLEMENTED, Move.CLOSED})
"""The moves that are also made of the cases that were merged into the one they are made of."""

SYSTEM = Actor(id="desk", name="Møteplassen")
"""Who it is that watches the clock, and what the case rests on."""


class Event(_Value):
    """Something that happened to a case. `text` is what was written, where something was; of what did not arrive, the
    delivery's key. `to` is the officer and `team` the team whom the case was given to, `into` the id of the case that
    it was merged into, or by way of which it was answered. `due` is the deadline that is near or has passed. `ref` is
    the message that was the occasion, as its platform names it. `standing_in`: the actor does the work of the officer
    who has the case, and who is away. `source` is what happened to a document that the case cites.
    """

    move: Move
    actor: Actor
    moment: AwareDatetime
    text: str = ""
    to: Officer | None = None
    team: str = ""
    into: str = ""
    due: AwareDatetime | None = None
    ref: str = ""
    standing_in: bool = False
    source: SourceChange | None = None


class Refusal(enum.StrEnum):
    """Why a move was not made. `desk.refused.<value>` in the texts says it to people."""

    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"
    OPEN = "open"
    UNANSWERED = "unanswered"
    NOBODY = "nobody"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"
    UNFIT = "unfit"
    TEAM = "team"
    ASKER = "asker"
    EMPTY = "empty"
    LONG = "long"


_EXPLANATIONS = {
    Refusal.TAKEN: "{name} has claimed case {case}",
    Refusal.ANSWERED: "{name} has answered case {case} already",
    Refusal.CLOSED: "case {case} is closed; reopen it first",
    Refusal.OPEN: "case {case} is open already",
    Refusal.UNANSWERED: "case {case} has not been answered yet",
    Refusal.NOBODY: "it is not said who is to have case {case}",
    Refusal.MERGED: "case {case} was merged into another; work on that one, or reopen this one to part them",
    Refusal.WITHDRAWN: "case {case} was withdrawn by whoever asked",
    Refusal.UNFIT: "case {case} can't be merged into {into}: that is the same case, not open, or read by others",
    Refusal.TEAM: "there is no team {team!r} to give case {case} to",
    Refusal.ASKER: "only whoever asked can do that to case {case}",
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
