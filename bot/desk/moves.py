"""What may happen to a case, in one table. Pure: it is decided here and nowhere else, and docs/cases.md shows it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
from collections.abc import Callable, Mapping
from typing import Any

from bot.desk.case import (
    LONGEST_ANSWER,
    OPEN,
    SHARED,
    Actor,
    Case,
    CaseState,
    Event,
    IllegalMove,
    Move,
    Officer,
    Refusal,
)

FORWARDED, CLAIMED, ASKED = CaseState.FORWARDED, CaseState.CLAIMED, CaseState.ASKED
ANSWERED, CLOSED, MERGED, WITHDRAWN = CaseState.ANSWERED, CaseState.CLOSED, CaseState.MERGED, CaseState.WITHDRAWN

_REFUSALS = {
    FORWARDED: Refusal.OPEN,
    CLAIMED: Refusal.OPEN,
    ASKED: Refusal.OPEN,
    ANSWERED: Refusal.ANSWERED,
    CLOSED: Refusal.CLOSED,
    MERGED: Refusal.MERGED,
    WITHDRAWN: Refusal.WITHDRAWN,
}
"""Why a case in that state allows no move that the table has no state after."""


class By(enum.StrEnum):
    """Who makes a move. That an asker's move is the asker's is seen to here, the rest by who calls the desk."""

    ASKER = "asker"
    OFFICER = "officer"
    EITHER = "either"
    CLOCK = "clock"
    COURIER = "courier"
    INGEST = "ingest"


@dataclasses.dataclass(frozen=True)
class Rule:
    """A move: from which state it leads to which. `mine` are the states in which only the officer who has the case may
    make it, if somebody has it. `by` says who makes it, `written` that it has a text.

    `changes` are the fields that change; `done` says that the case stands that way already.
    """

    to: Mapping[CaseState, CaseState]
    mine: frozenset[CaseState] = frozenset()
    by: By = By.OFFICER
    written: bool = False
    changes: Callable[[Case, Event], dict[str, Any]] = lambda case, event: {}
    done: Callable[[Case, Event], bool] = lambda case, event: False


def apply(case: Case, event: Event) -> Case:
    """The case after the event.

    What has been done already is not done again: people press twice and platforms send twice, so a repeated move
    returns the very same case. Raises IllegalMove, with the reason, where the case does not allow the move.
    """
    rule = RULES[event.move]
    if rule.done(case, event):
        return case
    _refuse(case, event, rule)
    return case.model_copy(
        update={"state": rule.to[case.state], **rule.changes(case, event), "version": case.version + 1}
    )


def _refuse(case: Case, event: Event, rule: Rule) -> None:
    if case.state not in rule.to:
        raise IllegalMove(Refusal.UNANSWERED if _waits_for_answer(case, event) else _REFUSALS[case.state], case)
    if rule.by is By.ASKER and event.actor.id != case.asker.id:
        raise IllegalMove(Refusal.ASKER, case)
    # What two cases share is done by way of the one that the other was merged into.
    by_way = event.move in SHARED and case.merged_into is not None and event.into == case.merged_into
    if case.state is MERGED and event.move in SHARED and not by_way:
        raise IllegalMove(Refusal.MERGED, case)
    has_other = case.officer is not None and case.officer.id != event.actor.id
    if case.state in rule.mine and has_other and not event.standing_in and not by_way:
        raise IllegalMove(Refusal.TAKEN, case)
    if event.move is Move.REASSIGNED and event.to is None:
        raise IllegalMove(Refusal.NOBODY, case)
    if rule.written:
        _refuse_if_unsayable(case, event)


def _waits_for_answer(case: Case, event: Event) -> bool:
    return event.move in {Move.SUPPLEMENTED, Move.HELPED, Move.NUDGED} and case.state in OPEN


def _refuse_if_unsayable(case: Case, event: Event) -> None:
    if not event.text.strip():
        raise IllegalMove(Refusal.EMPTY, case)
    if len(event.text) > LONGEST_ANSWER:
        raise IllegalMove(Refusal.LONG, case, length=len(event.text), limit=LONGEST_ANSWER)


def officer_of(actor: Actor) -> Officer:
    """The actor as the officer who has a case."""
    return Officer(id=actor.id, name=actor.name)


def _laid_back(case: Case, event: Event) -> dict[str, Any]:
    return {"officer": None, "claimed": None, "asked": None}


def _taken(case: Case, event: Event) -> dict[str, Any]:
    # Whoever was away when the case was taken over hears what becomes of it.
    before = case.officer
    taken_over = before is not None and before.id not in {event.actor.id, *(each.id for each in case.watchers)}
    watchers = (*case.watchers, before) if taken_over else case.watchers
    return {"officer": officer_of(event.actor), "claimed": event.moment, "not_ours": False, "watchers": watchers}


def _given(case: Case, event: Event) -> dict[str, Any]:
    return {"officer": event.to, "claimed": event.moment, "not_ours": False}


def _said(case: Case, event: Event) -> dict[str, Any]:
    """After an officer has said something to the asker, and has thereby taken the case."""
    return {
        "officer": officer_of(event.actor),
        "claimed": case.claimed or event.moment,
        "not_ours": False,
        "replied": case.replied or event.moment,
    }


def _answered(case: Case, event: Event) -> dict[str, Any]:
    return {**_said(case, event), "answer": event.text, "asked": None, "answered": event.moment, "helped": None}


def _merged(case: Case, event: Event) -> dict[str, Any]:
    return {**_laid_back(case, event), "not_ours": False, "merged_into": event.into}


def _reopened(case: Case, event: Event) -> dict[str, Any]:
    # Back to the queue for anybody: what was answered before stays in the events and in the asker's thread.
    cleared = ("officer", "answer", "asked", "claimed", "replied", "answered", "closed", "merged_into", "nudged")
    # Of what nobody answered, no answer failed to help.
    unhelped = event.actor.id == case.asker.id and case.answer is not None
    return {**dict.fromkeys(cleared), "not_ours": False, "helped": False if unhelped else None}


def _watched(case: Case, event: Event) -> dict[str, Any]:
    return {"watchers": (*case.watchers, officer_of(event.actor))}


def _unwatched(case: Case, event: Event) -> dict[str, Any]:
    return {"watchers": tuple(each for each in case.watchers if each.id != event.actor.id)}


def _is_with(case: Case, actor: Actor) -> bool:
    return case.officer is not None and case.officer.id == actor.id


def _is_watched(case: Case, event: Event) -> bool:
    return event.actor.id in {each.id for each in case.watchers}


def _is_past(case: Case, event: Event, known: dt.datetime | None) -> bool:
    """Is it about a deadline that is known of, or comes before one that is, or isn't the case's any more?"""
    stands = {case.due_reply, case.due_answer} if case.replied is None else {case.due_answer}
    is_old = known is not None and event.due is not None and event.due <= known
    return case.paused is not None or event.due not in stands or is_old


def _same(states: frozenset[CaseState]) -> dict[CaseState, CaseState]:
    return {state: state for state in states}


_ALL = frozenset(CaseState)
_TAKEN = frozenset({CLAIMED, ASKED})
_LAID_BACK = dict.fromkeys(OPEN, FORWARDED)
# However the case stands by then: what people write changes when they change it, and the outbox tries for hours.
_NOTED = _same(_ALL)

RULES: Mapping[Move, Rule] = {
    Move.OPENED: Rule({}, by=By.ASKER),
    Move.CLAIMED: Rule(
        {FORWARDED: CLAIMED, CLAIMED: CLAIMED, ASKED: ASKED},
        mine=_TAKEN,
        changes=_taken,
        done=lambda case, event: case.state in _TAKEN and _is_with(case, event.actor),
    ),
    Move.RELEASED: Rule(_LAID_BACK, mine=_TAKEN, changes=_laid_back, done=lambda case, _: case.state is FORWARDED),
    Move.REASSIGNED: Rule(
        # What was asked back stays asked: the answer is then for the new officer.
        {FORWARDED: CLAIMED, CLAIMED: CLAIMED, ASKED: ASKED},
        mine=_TAKEN,
        changes=_given,
        done=lambda case, event: case.state in OPEN and event.to is not None and _is_with(case, event.to),
    ),
    Move.ROUTED: Rule(
        _LAID_BACK,
        mine=_TAKEN,
        changes=lambda case, event: {**_laid_back(case, event), "not_ours": False, "team": event.team},
        done=lambda case, event: case.state is FORWARDED and case.team == event.team and not case.not_ours,
    ),
    Move.RETURNED: Rule(
        _LAID_BACK,
        mine=_TAKEN,
        changes=lambda case, event: {**_laid_back(case, event), "not_ours": True},
        # A reason is never dropped: it may come after the move.
        done=lambda case, event: case.state is FORWARDED and case.not_ours and not event.text,
    ),
    Move.ASKED_BACK: Rule(
        dict.fromkeys(OPEN, ASKED),
        mine=_TAKEN,
        written=True,
        changes=lambda case, event: {**_said(case, event), "asked": event.text},
        done=lambda case, event: case.state is ASKED and _is_with(case, event.actor) and case.asked == event.text,
    ),
    Move.FOLLOWED_UP: Rule(
        # An answered case stays answered: whether that takes another answer is for the officer to see.
        {FORWARDED: FORWARDED, CLAIMED: CLAIMED, ASKED: CLAIMED, ANSWERED: ANSWERED, MERGED: MERGED},
        by=By.ASKER,
        written=True,
        changes=lambda case, event: {"asked": None},
    ),
    Move.CORRECTED: Rule(_NOTED, by=By.ASKER),
    Move.RETRACTED: Rule(_NOTED, by=By.ASKER),
    Move.ANSWERED: Rule(
        {FORWARDED: ANSWERED, CLAIMED: ANSWERED, ASKED: ANSWERED, MERGED: ANSWERED},
        mine=_TAKEN,
        written=True,
        changes=_answered,
        done=lambda case, event: case.state is ANSWERED and _is_with(case, event.actor) and case.answer == event.text,
    ),
    Move.SUPPLEMENTED: Rule({ANSWERED: ANSWERED}, mine=frozenset({ANSWERED}), written=True),
    Move.MERGED: Rule(
        dict.fromkeys(OPEN, MERGED),
        mine=_TAKEN,
        changes=_merged,
        done=lambda case, event: case.state is MERGED and case.merged_into == event.into,
    ),
    Move.WITHDRAWN: Rule(
        dict.fromkeys(OPEN | {MERGED}, WITHDRAWN),
        by=By.ASKER,
        changes=lambda case, event: {"asked": None, "merged_into": None, "closed": event.moment},
        done=lambda case, _: case.state is WITHDRAWN,
    ),
    Move.CLOSED: Rule(
        dict.fromkeys(OPEN | {ANSWERED, MERGED}, CLOSED),
        by=By.EITHER,
        mine=_TAKEN,
        changes=lambda case, event: {"asked": None, "closed": event.moment},
        done=lambda case, _: case.state is CLOSED,
    ),
    Move.REOPENED: Rule(
        dict.fromkeys(_ALL - OPEN, FORWARDED),
        by=By.EITHER,
        changes=_reopened,
        done=lambda case, _: case.state in OPEN,
    ),
    Move.HELPED: Rule(
        {ANSWERED: CLOSED, CLOSED: CLOSED},
        by=By.ASKER,
        changes=lambda case, event: {"helped": True, "closed": case.closed or event.moment},
        done=lambda case, _: case.helped is True,
    ),
    Move.WATCHED: Rule(_NOTED, changes=_watched, done=_is_watched),
    Move.UNWATCHED: Rule(_NOTED, changes=_unwatched, done=lambda case, event: not _is_watched(case, event)),
    Move.REMINDED: Rule(
        _same(OPEN),
        by=By.CLOCK,
        changes=lambda case, event: {"reminded": event.due},
        done=lambda case, event: _is_past(case, event, case.reminded),
    ),
    Move.ESCALATED: Rule(
        _same(OPEN),
        by=By.CLOCK,
        changes=lambda case, event: {"escalated": event.due},
        done=lambda case, event: _is_past(case, event, case.escalated),
    ),
    Move.NUDGED: Rule(
        _same(frozenset({ANSWERED})),
        by=By.CLOCK,
        changes=lambda case, event: {"nudged": event.moment},
        done=lambda case, _: case.nudged is not None or case.helped is not None,
    ),
    Move.UNDELIVERED: Rule(_NOTED, by=By.COURIER),
    Move.SOURCE_CHANGED: Rule(_same(_ALL - {CLOSED, WITHDRAWN}), by=By.INGEST),
}
"""Every move. A state that a rule doesn't lead from does not allow the move."""
