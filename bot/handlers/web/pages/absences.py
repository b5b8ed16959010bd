"""Officers who are away: saying so, and being back."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.absences import Absences
from bot.desk.case import Officer
from bot.desk.roster import Roster
from bot.desk.teams import Teams
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.officers import officer_of
from bot.handlers.web.pages.requests import form_of
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads


class AbsencePages:
    """Shows who is away, and takes what officers say of themselves."""

    def __init__(
        self,
        rendering: Rendering,
        identity: Identity,
        absences: Absences,
        roster: Roster,
        teams: Teams,
        threads: Threads,
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._absences = absences
        self._roster = roster
        self._teams = teams
        self._threads = threads

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/fravaer", self.show),
            Route("/fravaer", self.tell, methods=["POST"]),
            Route("/fravaer/{absence}/slutt", self.end, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """Who is away now and later."""
        officer_of(self._identity, request)
        return await self._show(request)

    async def tell(self, request: Request) -> Response:
        """Note that the visitor is away. What makes no sense comes back with the reason."""
        officer = officer_of(self._identity, request)
        form = await form_of(request)
        chosen = str(form.get("vikar", ""))
        substitute = await self._roster.officer(chosen) if chosen else None
        try:
            first, last = (dt.date.fromisoformat(str(form.get(name, ""))) for name in ("fra", "til"))
            await self._absences.tell(officer, first, last, substitute)
        except ValueError:
            problem = self._rendering.texts(self._identity.visitor(request).language, "web.absence.problem")
            return await self._show(request, form, problem)
        return await self._done()

    async def end(self, request: Request) -> Response:
        """Note that the visitor is back."""
        officer = officer_of(self._identity, request)
        await self._absences.end(request.path_params["absence"], officer)
        return await self._done()

    async def _done(self) -> Response:
        await self._threads.count(CASES)  # who is away stands in the queue
        return RedirectResponse("/fravaer", HTTPStatus.SEE_OTHER)

    async def _show(self, request: Request, form: FormData | None = None, problem: str = "") -> Response:
        officer = officer_of(self._identity, request)
        known = {each.id: each for each in await self._roster.officers()}

        def usually(officer: Officer) -> Officer | None:
            return known.get(self._teams.substitutes.get(officer.id, ""))

        return await self._rendering.page(
            request,
            "absences.html",
            HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
            home="/fravaer",
            absences=await self._absences.coming(),
            today=self._absences.today,
            officers=[each for each in known.values() if each.id != officer.id],
            usual=usually(officer),
            usually=usually,
            typed={name: str(form.get(name, "")) if form else "" for name in ("fra", "til", "vikar")},
            problem=problem,
        )
