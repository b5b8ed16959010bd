"""Merging a case into another: which one, what will come of it, and doing it."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import Case, IllegalMove, Refusal
from bot.desk.desk import Desk
from bot.desk.similar import similar
from bot.desk.store import CaseNotFound
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.officers import case_of, numbered, officer_of
from bot.handlers.web.pages.requests import form_of
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads


class MergingPages:
    """Lets an officer choose the case that another is answered by way of, and shows beforehand what that means."""

    def __init__(self, rendering: Rendering, identity: Identity, desk: Desk, threads: Threads) -> None:
        self._rendering = rendering
        self._identity = identity
        self._desk = desk
        self._threads = threads

    def routes(self) -> list[BaseRoute]:
        """Where these pages are; before those of a case, whose addresses would take them too."""
        return [
            Route("/saker/{case}/sammen", self.choose),
            Route("/saker/{case}/sammen", self.merge, methods=["POST"]),
        ]

    async def choose(self, request: Request) -> Response:
        """The cases in which the same may be asked or, of one of them, what merging will do."""
        officer_of(self._identity, request)
        case = await case_of(self._desk, request)
        said = request.query_params.get("inn", "").strip()
        into = await numbered(self._desk, said)
        problem = self._text(request, "web.merge.unknown", number=said) if said and not into else ""
        return await self._show(request, case, into, problem)

    async def merge(self, request: Request) -> Response:
        """Merge. Where that can't be, the page says why."""
        officer = officer_of(self._identity, request)
        case = await case_of(self._desk, request)
        into = str((await form_of(request)).get("inn", ""))
        try:
            await self._desk.merge(case.id, officer, into)
        except CaseNotFound as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        except IllegalMove as refused:
            return await self._show(request, case, None, self._text(request, refused.key, **refused.values))
        await self._threads.count(CASES)
        return RedirectResponse(f"/saker/{case.id}", HTTPStatus.SEE_OTHER)

    async def _show(self, request: Request, case: Case, into: Case | None, problem: str) -> Response:
        if into and into.id == case.id:
            problem, into = self._text(request, f"desk.refused.{Refusal.UNFIT}", case=case.label, into=case.label), None
        return await self._rendering.page(
            request,
            "merge.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            home=f"/saker/{case.id}/sammen",
            case=case,
            into=into,
            askers=await self._askers(case) + await self._askers(into) if into else 0,
            suggestions=() if into else await similar(self._desk, case),
            problem=problem,
        )

    async def _askers(self, case: Case) -> int:
        return 1 + len(await self._desk.merged_into(case.id))

    def _text(self, request: Request, key: str, **values: object) -> str:
        return self._rendering.texts(self._identity.visitor(request).language, key, **values)
