"""A case, from forwarded to closed. Pure: what may happen to a case is decided here and nowhere else."""

from __future__ import annotations

import enum
from collections.abc import Callable

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
    ANSWERED = "answered"
    CLOSED = "closed"


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
    """A case as it stands. `id` is opaque, `number` is for people; `version` counts the events that led here."""

    id: str
    number: int
    opened: AwareDatetime
    version: int = 1
    state: CaseState = CaseState.FORWARDED
    officer: Officer | None = None
    answer: str | None = None
    claimed: AwareDatetime | None = None
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
    ANSWERED = "answered"
    CLOSED = "closed"
    REOPENED = "reopened"
    UNDELIVERED = "undelivered"
    """The officer's answer did not reach the asker."""


class Event(_Value):
    """Something that happened to a case. `text` is the answer given, where one was; for one that did not arrive, its
    delivery's key."""

    move: Move
    actor: Actor
    moment: AwareDatetime
    text: str = ""


class Refusal(enum.StrEnum):
    """Why a move was not made. `desk.refused.<value>` in the texts says it to people."""

    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"
    OPEN = "open"
    EMPTY = "empty"
    LONG = "long"


_EXPLANATIONS = {
    Refusal.TAKEN: "{name} has claimed case {case}",
    Refusal.ANSWERED: "{name} has answered case {case} already",
    Refusal.CLOSED: "case {case} is closed; reopen it first",
    Refusal.OPEN: "case {case} is open already",
    Refusal.EMPTY: "the answer to case {case} is empty",
    Refusal.LONG: "the answer to case {case} has {length} characters, and {limit} is the most",
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


def apply(case: Case, event: Event) -> Case:
    """The case after the event.

    What has been done already is not done again: people press twice and platforms send twice, so a repeated move
    returns the very same case. Raises IllegalMove, with the reason, where the case does not allow the move.
    """
    return _MOVES[event.move](case, event)


def _open(case: Case, event: Event) -> Case:
    raise IllegalMove(Refusal.OPEN, case)


def _claim(case: Case, event: Event) -> Case:
    _refuse_if_done(case)
    _refuse_if_taken(case, event.actor)
    if case.officer:
        return case
    return _changed(case, state=CaseState.CLAIMED, officer=_officer(event), claimed=event.moment)


def _release(case: Case, event: Event) -> Case:
    _refuse_if_done(case)
    _refuse_if_taken(case, event.actor)
    if not case.officer:
        return case
    return _changed(case, state=CaseState.FORWARDED, officer=None, claimed=None)


def _answer(case: Case, event: Event) -> Case:
    if case.state is CaseState.ANSWERED and case.officer == _officer(event) and case.answer == event.text:
        return case
    _refuse_if_done(case)
    _refuse_if_taken(case, event.actor)
    if not event.text.strip():
        raise IllegalMove(Refusal.EMPTY, case)
    if len(event.text) > LONGEST_ANSWER:
        raise IllegalMove(Refusal.LONG, case, length=len(event.text), limit=LONGEST_ANSWER)
    return _changed(
        case,
        state=CaseState.ANSWERED,
        officer=_officer(event),
        claimed=case.claimed or event.moment,
        answer=event.text,
        answered=event.moment,
    )


def _close(case: Case, event: Event) -> Case:
    if case.state is CaseState.CLOSED:
        return case
    if case.state is CaseState.CLAIMED:
        _refuse_if_taken(case, event.actor)
    return _changed(case, state=CaseState.CLOSED, closed=event.moment)


def _reopen(case: Case, event: Event) -> Case:
    # Back to the queue for anybody: what was answered before stays in the events and in the asker's thread.
    if case.state in {CaseState.FORWARDED, CaseState.CLAIMED}:
        return case
    return _changed(
        case, state=CaseState.FORWARDED, officer=None, answer=None, claimed=None, answered=None, closed=None
    )


def _miss(case: Case, event: Event) -> Case:
    # However the case stands by then: the outbox tries for hours before it gives up.
    return _changed(case)


_MOVES: dict[Move, Callable[[Case, Event], Case]] = {
    Move.OPENED: _open,
    Move.CLAIMED: _claim,
    Move.RELEASED: _release,
    Move.ANSWERED: _answer,
    Move.CLOSED: _close,
    Move.REOPENED: _reopen,
    Move.UNDELIVERED: _miss,
}


def _refuse_if_done(case: Case) -> None:
    if case.state is CaseState.ANSWERED:
        raise IllegalMove(Refusal.ANSWERED, case)
    if case.state is CaseState.CLOSED:
        raise IllegalMove(Refusal.CLOSED, case)


def _refuse_if_taken(case: Case, actor: Actor) -> None:
    if case.officer and case.officer.id != actor.id:
        raise IllegalMove(Refusal.TAKEN, case)


def _officer(event: Event) -> Officer:
    return Officer(id=event.actor.id, name=event.actor.name)


def _changed(case: Case, **changes: object) -> Case:
    return case.model_copy(update={**changes, "version": case.version + 1})
