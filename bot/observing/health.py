"""Whether the process lives, and whether it is ready for questions: for who balances load or restarts processes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.database import Database

log = structlog.get_logger(__name__)

PATIENCE = 2.0
"""Seconds that a part has to show that it is there; who asks for the health waits little longer."""
IDLE = 15.0
"""Seconds after which a dispatcher that does not look for what is owed is taken for dead."""
_SAYS_SO = "not well"
"""What is wrong with a part that answers that it is not there yet, or no longer."""


@dataclass
class Check:
    """A part, by name. `well` says whether it is there, or raises; what is not `vital`, the process does without.

    However often somebody looks, the log says when it goes, when it is away for another reason, and when it is back.
    """

    name: str
    well: Callable[[], Awaitable[bool]]
    vital: bool = True
    _fault: str = field(default="", init=False)

    async def passes(self) -> bool:
        """Is it there? No answer in time is one, too."""
        try:
            async with asyncio.timeout(PATIENCE):
                fault = "" if await self.well() else _SAYS_SO
        except Exception as error:  # noqa: BLE001 - whatever it is, the part is away, and the log says why
            fault = type(error).__name__
        if fault != self._fault:
            self._fault = fault
            self._tell()
        return not fault

    def _tell(self) -> None:
        if not self._fault:
            log.warning("health.back", part=self.name)
        elif self._fault == _SAYS_SO:
            log.warning("health.away", part=self.name)
        else:
            log.error("health.away", part=self.name, error=self._fault)


class Health:
    """`GET /health/live` and `/health/ready`, and `/health`, which asks for the `database` and for what is not vital.

    `live` are the parts that only another start brings back, `ready` what questions need beside these and the database.
    """

    def __init__(self, database: Check, live: Sequence[Check], ready: Sequence[Check]) -> None:
        self._database = database
        self._live = live
        self._ready = ready

    def routes(self) -> list[Route]:
        """Where it answers."""
        return [
            Route("/health", self._show_database),
            Route("/health/live", self._show_live),
            Route("/health/ready", self._show_ready),
        ]

    async def _show_database(self, _: Request) -> JSONResponse:
        return await told([self._database, *(each for each in self._ready if not each.vital)])

    async def _show_live(self, _: Request) -> JSONResponse:
        return await told(self._live)

    async def _show_ready(self, _: Request) -> JSONResponse:
        return await told([self._database, *self._ready, *self._live])


async def told(checks: Sequence[Check]) -> JSONResponse:
    """The answer to who asks for these: 200, or 503 where one that is vital does not pass."""
    passed = await asyncio.gather(*(check.passes() for check in checks))
    return answer([check for check, well in zip(checks, passed, strict=True) if not well])


def answer(away: Sequence[Check]) -> JSONResponse:
    """What is answered where these are away."""
    names = [check.name for check in away]
    if any(check.vital for check in away):
        return JSONResponse({"status": "unavailable", "away": names}, HTTPStatus.SERVICE_UNAVAILABLE)
    # With 200: whoever shares the load out must not turn away from all processes at once.
    return JSONResponse({"status": "limited", "away": names} if away else {"status": "ok"})


def database_check(database: Database) -> Check:
    """Does the database answer?"""

    async def well() -> bool:
        await database.answer()
        return True

    return Check("database", well)


def library_check(is_complete: Callable[[], Awaitable[bool]]) -> Check:
    """Have the documents been brought in?"""
    return Check("library", is_complete)


def dispatcher_check(idle_seconds: Callable[[], float | None]) -> Check:
    """Does somebody look for what is owed?"""

    async def well() -> bool:
        idle = idle_seconds()
        return idle is not None and idle < IDLE

    return Check("dispatcher", well)


def chroma_check(try_it: Callable[[], object]) -> Check:
    """Does the Chroma server answer? `try_it` blocks, and raises where it does not; searches do without."""

    async def well() -> bool:
        await asyncio.to_thread(try_it)
        return True

    return Check("chroma", well, vital=False)
