"""An asker says what is missing: the case is looked at again."""

from __future__ import annotations

from bot.desk.case import OPEN, Case, IllegalMove, Refusal
from bot.desk.desk import Desk
from bot.people import Asker


async def ask_again(desk: Desk, case: Case, asker: Asker, missing: str, ref: str) -> Case:
    """Open the case again, with what is missing. Where somebody was quicker, so that it is open, that is added to it,
    once for `ref`: it is not to be lost. Raises CaseNotFound, or IllegalMove where nothing is said to be missing."""
    if not missing.strip():  # platforms take blanks for a text
        raise IllegalMove(Refusal.EMPTY, case)
    if case.state in OPEN:
        return await desk.follow_up(case.id, asker, missing, ref)
    return await desk.reopen(case.id, asker, missing)
