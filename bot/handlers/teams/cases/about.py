"""Who pressed something about which case."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.case import Case, Move, Officer
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound
from bot.desk.trying import refusal
from bot.handlers.teams.cases.card import CASE
from bot.handlers.teams.cases.officers import Officers
from bot.handlers.teams.pressing import Pressed


class Unfit(Exception):
    """What was pressed or chosen can't be done; `key` is why, for whoever did."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


async def about(press: Pressed, officers: Officers, desk: Desk, moves: Iterable[Move] = ()) -> tuple[Case, Officer]:
    """The case, and the officer who pressed. Raises Unfit: they are none, there is no such case, or they could make
    none of the moves that it is about, where there are any."""
    officer = await officers.officer(press.place, press.user, press.name)
    if officer is None:
        raise Unfit("desk.casework.officers_only")
    try:
        case = await desk.get(press.text(CASE))
    except CaseNotFound as error:
        raise Unfit("desk.case.card.gone") from error
    if refused := refusal(case, officer, moves):
        raise Unfit(refused.key, **refused.values) from refused
    return case, officer
