"""The officers' view: the queue, and a case with everything that belongs to it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import LONGEST_ANSWER, Case, CaseState, Event, IllegalMove, Move, Officer
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.live import Live, ticks
from bot.handlers.web.pages.requests import revision
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads

FILTERS = {
    "apne": (CaseState.FORWARDED, CaseState.CLAIMED, CaseState.ASKED),
    "ventende": (CaseState.FORWARDED,),
    "tatt": (CaseState.CLAIMED, CaseState.ASKED),
    "besvarte": (CaseState.ANSWERED,),
    "avsluttede": (CaseState.CLOSED,),
}
LONGEST_QUEUE = 200


class CasePages:
    """Shows cases to officers, and takes what they do."""

    def __init__(self, rendering: Rendering, identity: Identity, desk: Desk, threads: Threads, live: Live) -> None:
        self._rendering = rendering
        self._identity = identity
        self._desk = desk
        self._threads = threads
        self._live = live

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/saker", self.queue),
            Route("/saker/hendelser", self.events),
            Route("/saker/{case}", self.case),
            Route("/saker/{case}/{move}", self.move, methods=["POST"]),
        ]

    async def queue(self, request: Request) -> Response:
        """The cases in the chosen states."""
        self._officer(request)
        chosen = request.query_params.get("vis", "apne")
        if chosen not in FILTERS:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        after = await self._threads.revision(CASES)
        counts = await self._desk.counts()
        return self._rendering.page(
            request,
            "queue.html",
            cases=_in_turn(await self._desk.list(FILTERS[chosen], LONGEST_QUEUE)),
            chosen=chosen,
            counts={name: sum(counts[state] for state in states) for name, states in FILTERS.items()},
            longest=LONGEST_QUEUE,
            after=after,
        )

    async def case(self, request: Request) -> Response:
        """One case."""
        self._officer(request)
        case = await self._find(request)
        draft = _draft(case) if "utkast" in request.query_params else ""
        return await self._show(request, case, draft)

    async def move(self, request: Request) -> Response:
        """Do something to a case. Where it can't be done, the page says why and keeps what was typed."""
        officer = self._officer(request)
        case = await self._find(request)
        form = await request.form(max_fields=5)
        typed = str(form.get("svar", ""))
        try:
            await self._make(request.path_params["move"], case, officer, typed)
        except IllegalMove as refused:
            language = self._identity.visitor(request).language
            problem = self._rendering.texts(language, refused.key, **refused.values)
            return await self._show(request, await self._find(request), typed, problem)
        await self._threads.count(CASES)
        return RedirectResponse(f"/saker/{case.id}", HTTPStatus.SEE_OTHER)

    async def events(self, request: Request) -> Response:
        """The stream that says when something has happened to a case."""
        self._officer(request)
        return EventSourceResponse(self._changes(revision(request)), ping=15, send_timeout=30)

    async def _changes(self, after: int) -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(comment="ready", retry=1000)
        async with contextlib.aclosing(ticks(self._live, CASES)) as news:
            async for _ in news:
                if (now := await self._threads.revision(CASES)) > after:
                    after = now
                    yield ServerSentEvent("", event="cases", id=str(after))

    async def _make(self, move: str, case: Case, officer: Officer, typed: str) -> None:
        match move:
            case "ta":
                await self._desk.claim(case.id, officer)
            case "frigi":
                await self._desk.release(case.id, officer)
            case "ikke-var":
                await self._desk.send_back(case.id, officer)
            case "svar":
                await self._desk.answer(case.id, officer, typed)
            case "avslutt":
                await self._desk.close(case.id, officer)
            case "gjenapne":
                await self._desk.reopen(case.id, officer)
            case _:
                raise HTTPException(HTTPStatus.NOT_FOUND)

    async def _show(self, request: Request, case: Case, typed: str = "", problem: str = "") -> Response:
        after = await self._threads.revision(CASES)
        events = await self._desk.events(case.id)
        return self._rendering.page(
            request,
            "case.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            home=f"/saker/{case.id}",
            case=case,
            events=_readable(events),
            labels={each: (await self._desk.get(each)).label for each in {event.into for event in events} if each},
            team_name=self._team_name,
            typed=typed,
            problem=problem,
            limit=LONGEST_ANSWER,
            draft=_draft(case),
            after=after,
        )

    def _team_name(self, team_id: str) -> str:
        team = self._desk.teams.get(team_id)
        return team.name if team else team_id

    async def _find(self, request: Request) -> Case:
        try:
            return await self._desk.get(request.path_params["case"])
        except CaseNotFound as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error

    def _officer(self, request: Request) -> Officer:
        visitor = self._identity.visitor(request)
        if not visitor.is_officer:
            raise HTTPException(HTTPStatus.FORBIDDEN, "officers")
        return visitor.officer


def _in_turn(cases: Sequence[Case]) -> list[Case]:
    """What nobody has taken comes first, and of that what has waited longest; the rest stays in its order."""
    waiting = [case for case in cases if case.state is CaseState.FORWARDED]
    return waiting[::-1] + [case for case in cases if case.state is not CaseState.FORWARDED]


def _readable(events: Sequence[Event]) -> list[Event]:
    """The events as they may be read: what an asker took away is not, nor what people have read already."""
    withdrawn = {event.ref for event in events if event.move is Move.RETRACTED}
    shown = {Move.ASKED_BACK, Move.FOLLOWED_UP, Move.CORRECTED, Move.SUPPLEMENTED, Move.RETURNED}
    gone = {"text": ""}
    return [
        event if event.move in shown and event.ref not in withdrawn else event.model_copy(update=gone)
        for event in events
    ]


def _draft(case: Case) -> str:
    return "\n\n".join(f"{claim.text} ({claim.citation.title})" for claim in case.draft)
