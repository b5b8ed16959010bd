"""What an officer could do to a case, before they have written anything. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from bot.database import now
from bot.desk.case import Case, Event, IllegalMove, Move, Officer
from bot.desk.moves import apply


def refusal(case: Case, officer: Officer, moves: Iterable[Move]) -> IllegalMove | None:
    """Why the officer could make none of the moves, whatever is going to be written; None where one of them could be
    made."""
    found = None
    for move in moves:
        tried = Event(move=move, actor=officer, moment=now(), text="?", to=officer)
        try:
            apply(case, tried)
        except IllegalMove as error:
            found = found or error
        else:
            return None
    return found
