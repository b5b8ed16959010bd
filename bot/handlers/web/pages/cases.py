"""A case with everything that belongs to it, and what officers do to it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.absences import Absences
from bot.desk.case import LONGEST_ANSWER, Case, IllegalMove, Officer, Refusal
from bot.desk.desk import Desk
from bot.desk.escalations import Escalations
from bot.desk.roster import Roster
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.case_view import Views
from bot.handlers.web.pages.officers import case_of, officer_of, team_name
from bot.handlers.web.pages.requests import form_of, local
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads

LONGEST_REASON = 1_000


class CasePages:
    """Shows a case to officers, and takes what they do."""

    def __init__(
        self,
        rendering: Rendering,
        identity: Identity,
        desk: Desk,
        threads: Threads,
        absences: Absences,
        roster: Roster,
        escalations: Escalations,
        views: Views,
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._desk = desk
        self._threads = threads
        self._absences = absences
        self._roster = roster
        self._escalations = escalations
        self._views = views

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/saker/{case}", self.case),
            Route("/saker/{case}/{move}", self.move, methods=["POST"]),
        ]

    async def case(self, request: Request) -> Response:
        """One case."""
        officer_of(self._identity, request)
        return await self._show(request, await case_of(self._desk, request))

    async def move(self, request: Request) -> Response:
        """Do something to a case. Where it can't be done, the page says why and keeps what was typed."""
        officer = officer_of(self._identity, request)
        case = await case_of(self._desk, request)
        form = await form_of(request)
        try:
            await self._make(request.path_params["move"], case, officer, form)
        except IllegalMove as refused:
            language = self._identity.visitor(request).language
            problem = self._rendering.texts(language, refused.key, **refused.values)
            return await self._show(request, await case_of(self._desk, request), form, problem)
        await self._threads.count(CASES)
        back = local(_typed(form, "tilbake")) if "tilbake" in form else f"/saker/{case.id}"
        return RedirectResponse(back, HTTPStatus.SEE_OTHER)

    async def _make(self, move: str, case: Case, officer: Officer, form: FormData) -> None:
        desk = self._desk
        plain = {
            "frigi": desk.release,
            "folg": desk.watch,
            "slutt-a-folge": desk.unwatch,
            "avslutt": desk.close,
            "gjenapne": desk.reopen,
        }
        if move in plain:
            await plain[move](case.id, officer)
            return
        match move:
            case "ta":
                standing_in = (await self._absences.away()).may_stand_in(case, officer)
                await desk.claim(case.id, officer, standing_in=standing_in)
            case "gi":
                await self._give(case, officer, _typed(form, "til"))
            case "ikke-var":
                await self._send_on(case, officer, _typed(form, "team"), _typed(form, "grunn")[:LONGEST_REASON])
            case "svar":
                await desk.answer(case.id, officer, _typed(form, "svar"))
            case "spor":
                await desk.ask_back(case.id, officer, _typed(form, "svar"))
            case "sett":
                await self._escalations.see(case, officer)
            case _:
                raise HTTPException(HTTPStatus.NOT_FOUND)

    async def _give(self, case: Case, officer: Officer, to: str) -> None:
        other = await self._roster.officer(to)
        if other is None:
            raise IllegalMove(Refusal.NOBODY, case)
        await self._desk.reassign(case.id, officer, other)

    async def _send_on(self, case: Case, officer: Officer, team: str, reason: str) -> None:
        if team:
            await self._desk.route(case.id, officer, team, reason)
        else:
            await self._desk.send_back(case.id, officer, reason)

    async def _show(self, request: Request, case: Case, form: FormData | None = None, problem: str = "") -> Response:
        after = await self._threads.revision(CASES)
        officer = officer_of(self._identity, request)
        view = await self._views.of(case)
        typed = _typed(form, "svar") or (view.draft if "utkast" in request.query_params else "")
        more: dict[str, Any] = {"typed": typed, "reason": _typed(form, "grunn"), "problem": problem, "after": after}
        return await self._rendering.page(
            request,
            "case.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            home=f"/saker/{case.id}",
            case=case,
            view=view,
            published=view.published,
            away=view.away,
            for_leader=await self._escalations.is_for(case, officer),
            stands_in=view.away.may_stand_in(case, officer),
            teams=list(self._desk.teams),
            team_name=lambda id_: team_name(self._desk.teams, id_),
            limit=LONGEST_ANSWER,
            **more,
        )


def _typed(form: FormData | None, name: str) -> str:
    return str(form.get(name, "")) if form else ""
