"""Who pressed something about which case."""

from __future__ import annotations

from bot.desk.case import Case, Officer
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound
from bot.handlers.teams.cases.card import CASE
from bot.handlers.teams.cases.officers import Officers
from bot.handlers.teams.pressing import Pressed


class Unfit(Exception):
    """What was pressed or chosen can't be done; `key` is why, for whoever did."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


async def about(press: Pressed, officers: Officers, desk: Desk) -> tuple[Case, Officer]:
    """The case, and the officer who pressed. Raises Unfit: they are none, or there is no such case."""
    officer = await officers.officer(press.place, press.user, press.name)
    if officer is None:
        raise Unfit("desk.casework.officers_only")
    try:
        return await desk.get(press.text(CASE)), officer
    except CaseNotFound as error:
        raise Unfit("desk.case.card.gone") from error
