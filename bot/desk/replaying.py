"""A case made anew from what happened to it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.desk.case import Case, Event, IllegalMove, NewCase
from bot.desk.moves import apply

REPLAYED = ("state", "officer", "answer", "asked", "merged_into", "not_ours")
"""What the events alone decide; the clock also depends on a team's hours, which may have changed since."""


def strays(case: Case, events: Sequence[Event]) -> bool:
    """Does the case stand otherwise than what happened to it, in order, has led to?"""
    opening, *rest = events
    if opening.text != case.question:
        return True
    made = Case(**{name: getattr(case, name) for name in (*NewCase.model_fields, "id", "number", "opened")})
    try:
        for event in rest:
            # Who stood in for whom is known only when it happens.
            made = apply(made, event.model_copy(update={"standing_in": True}))
    except IllegalMove:
        return True
    return any(getattr(made, name) != getattr(case, name) for name in REPLAYED)
