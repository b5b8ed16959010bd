"""What may happen to a case, move by move. Pure: it is decided here and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

from bot.desk.case import LONGEST_ANSWER, OPEN, Actor, Case, CaseState, Event, IllegalMove, Move, Officer, Refusal


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
    return _changed(case, state=CaseState.CLAIMED, officer=_officer(event), claimed=event.moment, not_ours=False)


def _release(case: Case, event: Event) -> Case:
    _refuse_if_done(case)
    _refuse_if_taken(case, event.actor)
    if not case.officer:
        return case
    return _changed(case, state=CaseState.FORWARDED, officer=None, claimed=None, asked=None)


def _reassign(case: Case, event: Event) -> Case:
    _refuse_if_done(case)
    if event.to is None:
        raise IllegalMove(Refusal.NOBODY, case)
    if case.officer and case.officer.id == event.to.id:
        return case
    _refuse_if_taken(case, event.actor)
    # What was asked back stays asked: the answer is then for the new officer.
    state = CaseState.ASKED if case.asked is not None else CaseState.CLAIMED
    return _changed(case, state=state, officer=event.to, claimed=event.moment, not_ours=False)


def _return(case: Case, event: Event) -> Case:
    _refuse_if_done(case)
    _refuse_if_taken(case, event.actor)
    if case.not_ours:
        return case
    return _changed(case, state=CaseState.FORWARDED, officer=None, claimed=None, asked=None, not_ours=True)


def _ask_back(case: Case, event: Event) -> Case:
    if case.state is CaseState.ASKED and case.officer == _officer(event) and case.asked == event.text:
        return case
    return _replied(case, event, state=CaseState.ASKED, asked=event.text)


def _follow_up(case: Case, event: Event) -> Case:
    if case.state is CaseState.CLOSED:
        raise IllegalMove(Refusal.CLOSED, case)
    _refuse_if_unsayable(case, event)
    if case.state is CaseState.ANSWERED:
        return _changed(case)  # it stays answered: whether that takes another answer is for the officer to see
    return _changed(case, state=CaseState.CLAIMED if case.officer else CaseState.FORWARDED, asked=None)


def _answer(case: Case, event: Event) -> Case:
    if case.state is CaseState.ANSWERED and case.officer == _officer(event) and case.answer == event.text:
        return case
    return _replied(case, event, state=CaseState.ANSWERED, answer=event.text, asked=None, answered=event.moment)


def _supplement(case: Case, event: Event) -> Case:
    if case.state is CaseState.CLOSED:
        raise IllegalMove(Refusal.CLOSED, case)
    if case.state is not CaseState.ANSWERED:
        raise IllegalMove(Refusal.UNANSWERED, case)
    _refuse_if_taken(case, event.actor)
    _refuse_if_unsayable(case, event)
    return _changed(case)


def _close(case: Case, event: Event) -> Case:
    if case.state is CaseState.CLOSED:
        return case
    if case.state in {CaseState.CLAIMED, CaseState.ASKED}:
        _refuse_if_taken(case, event.actor)
    return _changed(case, state=CaseState.CLOSED, asked=None, closed=event.moment)


def _reopen(case: Case, event: Event) -> Case:
    # Back to the queue for anybody: what was answered before stays in the events and in the asker's thread.
    if case.state in OPEN:
        return case
    cleared = dict.fromkeys(("officer", "answer", "asked", "claimed", "answered", "closed"))
    return _changed(case, state=CaseState.FORWARDED, not_ours=False, **cleared)


def _note(case: Case, event: Event) -> Case:
    # However the case stands by then: the outbox tries for hours before it gives up, and people change their minds.
    return _changed(case)


_MOVES: dict[Move, Callable[[Case, Event], Case]] = {
    Move.OPENED: _open,
    Move.CLAIMED: _claim,
    Move.RELEASED: _release,
    Move.REASSIGNED: _reassign,
    Move.RETURNED: _return,
    Move.ASKED_BACK: _ask_back,
    Move.FOLLOWED_UP: _follow_up,
    Move.CORRECTED: _note,
    Move.WITHDRAWN: _note,
    Move.ANSWERED: _answer,
    Move.SUPPLEMENTED: _supplement,
    Move.CLOSED: _close,
    Move.REOPENED: _reopen,
    Move.UNDELIVERED: _note,
}


def _replied(case: Case, event: Event, **changes: object) -> Case:
    """The case after an officer has said something to the asker, and has thereby taken it."""
    _refuse_if_done(case)
    _refuse_if_taken(case, event.actor)
    _refuse_if_unsayable(case, event)
    return _changed(
        case,
        officer=_officer(event),
        claimed=case.claimed or event.moment,
        not_ours=False,
        replied=case.replied or event.moment,
        **changes,
    )


def _refuse_if_done(case: Case) -> None:
    if case.state is CaseState.ANSWERED:
        raise IllegalMove(Refusal.ANSWERED, case)
    if case.state is CaseState.CLOSED:
        raise IllegalMove(Refusal.CLOSED, case)


def _refuse_if_taken(case: Case, actor: Actor) -> None:
    if case.officer and case.officer.id != actor.id:
        raise IllegalMove(Refusal.TAKEN, case)


def _refuse_if_unsayable(case: Case, event: Event) -> None:
    if not event.text.strip():
        raise IllegalMove(Refusal.EMPTY, case)
    if len(event.text) > LONGEST_ANSWER:
        raise IllegalMove(Refusal.LONG, case, length=len(event.text), limit=LONGEST_ANSWER)


def _officer(event: Event) -> Officer:
    return Officer(id=event.actor.id, name=event.actor.name)


def _changed(case: Case, **changes: object) -> Case:
    return case.model_copy(update={**changes, "version": case.version + 1})
