"""What officers do to a case at once, without writing or choosing anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.desk import offers
from bot.desk.absences import Absences
from bot.desk.case import Case, Officer
from bot.desk.desk import Desk

TOLD = {offers.WATCH: "desk.watch.done", offers.UNWATCH: "desk.unwatch.done"}
"""What is told to whoever made a move that nobody else hears of."""


class QuickMoves:
    """Makes the moves that a button alone makes, by what `offers` calls them."""

    def __init__(self, desk: Desk, absences: Absences) -> None:
        self._desk = desk
        self._absences = absences
        self._moves: Mapping[str, Callable[[str, Officer], Awaitable[Case]]] = {
            offers.CLAIM: desk.claim,
            offers.TAKE_OVER: self._take_over,
            offers.RELEASE: desk.release,
            offers.CLOSE: desk.close,
            offers.REOPEN: desk.reopen,
            offers.WATCH: desk.watch,
            offers.UNWATCH: desk.unwatch,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """What can be done so."""
        return tuple(self._moves)

    async def make(self, action: str, case_id: str, officer: Officer) -> Case:
        """Make the move. Raises CaseNotFound, or IllegalMove where it can't be made."""
        return await self._moves[action](case_id, officer)

    async def _take_over(self, case_id: str, officer: Officer) -> Case:
        away = await self._absences.away()
        may = away.may_stand_in(await self._desk.get(case_id), officer)
        return await self._desk.claim(case_id, officer, standing_in=may)
