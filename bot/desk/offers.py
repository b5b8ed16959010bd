"""What can be done to a case as it stands, as officers are offered it: the usual at once, the rarer in a menu. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.desk.case import OPEN, Case, CaseState, Move

CLAIM = "claim"
RELEASE = "release"
ANSWER = "answer"
ASK_BACK = "ask_back"
REASSIGN = "reassign"
CLOSE = "close"
REOPEN = "reopen"
PUBLISH = "publish"
SEND_BACK = "send_back"
MERGE = "merge"
TAKE_OVER = "take_over"
WATCH = "watch"
UNWATCH = "unwatch"
SUPPLEMENT = "supplement"
"""The names of what can be done; `desk.case.do.<name>` in the texts is what it is called."""

FORMS: Mapping[str, tuple[Move, ...]] = {
    ANSWER: (Move.ANSWERED,),
    ASK_BACK: (Move.ASKED_BACK,),
    REASSIGN: (Move.REASSIGNED,),
    SEND_BACK: (Move.ROUTED, Move.RETURNED),
    MERGE: (Move.MERGED,),
}
"""What begins with a form to be filled in, and the moves that this may come to."""

_WRITES_BACK = frozenset({"slack", "teams"})
"""The platforms on which what an asker writes in their thread comes to the case."""


def can_be_asked(case: Case) -> bool:
    """Does what the asker writes in the thread come to the case?"""
    return case.place.platform in _WRITES_BACK


def usual(case: Case) -> Sequence[str]:
    """What officers usually do."""
    if case.state not in OPEN:
        close = [CLOSE] if case.state is CaseState.ANSWERED else []
        return [REOPEN, *close, *([PUBLISH] if case.answer is not None else [])]
    first = [RELEASE] if case.officer else [CLAIM]
    ask_back = [ASK_BACK] if can_be_asked(case) else []
    return [*first, ANSWER, *ask_back, REASSIGN, CLOSE]


def rarer(case: Case) -> Sequence[str]:
    """What else there is to do."""
    passing_on = [SEND_BACK, MERGE] if case.state in OPEN else []
    # Everybody sees the same message, whenever they look: so what isn't for them, or not now, is offered too.
    taking_over = [TAKE_OVER] if case.state in OPEN and case.officer else []
    return [*taking_over, *passing_on, WATCH, UNWATCH]


def written_more(case: Case) -> Sequence[str]:
    """What an officer can write to the asker who has been answered, where that is offered without a note to send."""
    return [SUPPLEMENT] if case.state is CaseState.ANSWERED else []
