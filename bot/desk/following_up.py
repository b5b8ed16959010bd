"""What an asker writes in a thread after their question has become a case. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.case import OPEN, Case, CaseState


def meant(theirs: Sequence[Case], *, says_nothing: bool) -> Case | None:
    """The case of theirs, latest first, that it goes to: one that waits for an answer or, after that, the answered one,
    unless it `says_nothing` (thanks, and the like)."""
    if waiting := next((case for case in theirs if case.state in OPEN | {CaseState.MERGED}), None):
        return waiting
    if says_nothing:
        return None
    return next((case for case in theirs if case.state is CaseState.ANSWERED), None)
