"""A case's clock: by when officers are to write, and that it stands still while the asker is waited for. Pure."""

from __future__ import annotations

import datetime as dt

from bot.desk.case import OPEN, SYSTEM, Case, CaseState, Event, Move
from bot.desk.deadlines import Terms

_NUDGE = 1.0
"""Working days after an answer until its asker is asked whether it helped."""


def deadlines(moment: dt.datetime, terms: Terms) -> dict[str, dt.datetime]:
    """The deadlines of what begins at that moment, by the fields of a case."""
    return {"due_reply": terms.reply_due(moment), "due_answer": terms.answer_due(moment)}


def kept(before: Case, after: Case, moment: dt.datetime, terms: Terms) -> Case:
    """The case after a move, with its clock as that move leaves it: what is reopened begins anew, but what is parted
    from another case was waiting all the time; what waits for the asker has as much working time left afterwards as it
    had before."""
    if before.state not in OPEN | {CaseState.MERGED} and after.state in OPEN:
        anew = {"paused": None, "reminded": None, "escalated": None}
        return after.model_copy(update={**deadlines(moment, terms), **anew})
    if after.state is CaseState.ASKED:
        return after.model_copy(update={"paused": before.paused or moment})
    if before.paused is None:
        return after
    due = before.due_answer and terms.resumed(before.due_answer, before.paused, moment)
    return after.model_copy(update={"paused": None, "due_answer": due})


def told(before: Case, after: Case, event: Event) -> Event:
    """The event with the deadline that it has moved, where the asker has said what was waited for."""
    resumed = event.move is Move.FOLLOWED_UP and before.paused and not after.paused
    return event.model_copy(update={"due": after.due}) if resumed else event


def horizon(moment: dt.datetime, terms: Terms) -> dt.datetime:
    """Deadlines after this need not be looked at yet."""
    return terms.calendar.after(moment, terms.reminder)


def rings(case: Case, moment: dt.datetime, terms: Terms) -> Event | None:
    """What the clock has to say at that moment: that a deadline has passed, or is near, and nobody has heard of it."""
    if case.state not in OPEN or case.paused:
        return None
    dues = sorted(filter(None, (None if case.replied else case.due_reply, case.due_answer)))
    passed = [due for due in dues if due <= moment and (case.escalated is None or due > case.escalated)]
    if passed:
        return Event(move=Move.ESCALATED, actor=SYSTEM, moment=moment, due=passed[-1])
    for due in dues:
        is_new = case.reminded is None or due > case.reminded
        if is_new and terms.remind_at(due) <= moment < due:
            return Event(move=Move.REMINDED, actor=SYSTEM, moment=moment, due=due)
    return None


def asks(case: Case, moment: dt.datetime, terms: Terms) -> Event | None:
    """Whether the answer helped: asked once, a working day after it came, and within working hours."""
    if case.state is not CaseState.ANSWERED or case.answered is None or case.nudged or case.helped is not None:
        return None
    if not terms.calendar.is_open(moment) or terms.calendar.after(case.answered, _NUDGE) > moment:
        return None
    return Event(move=Move.NUDGED, actor=SYSTEM, moment=moment)
