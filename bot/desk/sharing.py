"""What is done to a case is done to those that were merged into it, and nothing that their askers wrote is lost."""

from __future__ import annotations

import contextlib

from bot.desk.case import SHARED, SYSTEM, TO_ASKER, Case, CaseState, Event, IllegalMove, Move
from bot.desk.store import Cases

_SAID = frozenset({Move.FOLLOWED_UP, Move.MERGED, *TO_ASKER})


async def share(cases: Cases, event: Event) -> None:
    """Make the move of the cases that were merged into the one it was made of, where it changed that.

    Where that one is closed, a case whose asker has written since is not: it goes back to the queue.
    """
    if event.move not in SHARED or not cases.changes:
        return
    main = cases.changes[0][0]
    for other in reversed(await cases.merged_into(main.id)):
        shared = event.model_copy(update={"into": main.id, "ref": ""})
        if event.move is Move.CLOSED and await _waits(cases, other):
            shared = Event(move=Move.REOPENED, actor=SYSTEM, moment=event.moment)
        with contextlib.suppress(IllegalMove):  # one that was closed by itself hears no more
            await cases.change(other.id, shared)


async def _waits(cases: Cases, case: Case) -> bool:
    """Has the asker written after an officer last did, or merged the case?"""
    if case.state not in {CaseState.MERGED, CaseState.ANSWERED}:
        return False
    said = [event.move for event in await cases.events(case.id) if event.move in _SAID]
    return said[-1:] == [Move.FOLLOWED_UP]
