"""What is late at the desk, and whether somebody has been told."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict

from bot.desk.case import Move
from bot.desk.clock import rings
from bot.desk.deadlines import Terms
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter

_GRACE = dt.timedelta(minutes=5)
"""So long a timekeeper may take to notice."""


class Lateness(BaseModel):
    """How many cases are late; `untold` of how many a deadline has passed and neither leader nor asker was told: no
    timekeeper is at work."""

    model_config = ConfigDict(frozen=True)

    late: int
    untold: int


async def lateness(desk: Desk, moment: dt.datetime) -> Lateness:
    """How it stands at the moment."""
    before, terms = moment - _GRACE, Terms()  # what is only near, which depends on terms, is not looked at
    rung = [rings(case, before, terms) for case in await desk.pressing(before)]
    untold = sum(event is not None and event.move is Move.ESCALATED for event in rung)
    return Lateness(late=await desk.count(CaseFilter(late=moment)), untold=untold)
