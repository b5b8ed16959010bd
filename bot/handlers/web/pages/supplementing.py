"""Adding to an answer that was given: the officer sees what will be sent, and to whom, before it is."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import LONGEST_ANSWER, Case, CaseState, IllegalMove, Officer, Refusal
from bot.desk.desk import Desk, clean
from bot.handlers.web import PLATFORM
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.messages import new_key
from bot.handlers.web.pages.officers import case_of, officer_of
from bot.handlers.web.pages.requests import form_of
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads

_KEY = re.compile(r"[0-9a-f]{16}")


class SupplementingPages:
    """Lets the officer who has answered a case write more to whoever asked. What is sent is what the page has shown."""

    def __init__(self, rendering: Rendering, identity: Identity, desk: Desk, threads: Threads) -> None:
        self._rendering = rendering
        self._identity = identity
        self._desk = desk
        self._threads = threads

    def routes(self) -> list[BaseRoute]:
        """Where these pages are; before those of a case, whose addresses would take them too."""
        return [
            Route("/saker/{case}/tillegg", self.begin),
            Route("/saker/{case}/tillegg", self.add, methods=["POST"]),
        ]

    async def begin(self, request: Request) -> Response:
        """Where to write. Where nothing can be added, the case tells why."""
        officer = officer_of(self._identity, request)
        case = await case_of(self._desk, request)
        if not _is_theirs(case, officer):
            return _back(case)
        return await self._show(request, case, new_key())

    async def add(self, request: Request) -> Response:
        """Show what would be sent or, where that is what the officer has seen, send it, once."""
        officer = officer_of(self._identity, request)
        case = await case_of(self._desk, request)
        form = await form_of(request)
        typed, key = str(form.get("svar", "")), str(form.get("nokkel", ""))
        if not _KEY.fullmatch(key):
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        text = clean(typed)
        try:
            if not text:
                raise IllegalMove(Refusal.EMPTY, case)
            if form.get("gjor") != "send" or clean(str(form.get("sett", ""))) != text:
                return await self._show(request, case, key, typed, preview=text)
            await self._desk.supplement(case.id, officer, text, f"{PLATFORM}:{key}")
        except IllegalMove as refused:
            language = self._identity.visitor(request).language
            problem = self._rendering.texts(language, refused.key, **refused.values)
            return await self._show(request, await case_of(self._desk, request), key, typed, problem=problem)
        await self._threads.count(CASES)
        return _back(case)

    async def _show(
        self, request: Request, case: Case, key: str, typed: str = "", *, preview: str = "", problem: str = ""
    ) -> Response:
        return await self._rendering.page(
            request,
            "supplement.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            home=f"/saker/{case.id}/tillegg",
            case=case,
            key=key,
            typed=typed,
            preview=preview,
            problem=problem,
            where="private" if case.place.private else "outsiders" if case.place.outsiders else "staff",
            others=len(await self._desk.merged_into(case.id)),
            limit=LONGEST_ANSWER,
        )


def _is_theirs(case: Case, officer: Officer) -> bool:
    return case.state is CaseState.ANSWERED and case.officer is not None and case.officer.id == officer.id


def _back(case: Case) -> Response:
    return RedirectResponse(f"/saker/{case.id}", HTTPStatus.SEE_OTHER)
