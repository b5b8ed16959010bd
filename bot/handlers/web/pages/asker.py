"""What askers see and do of their own cases: where they stand, and taking back, closing or opening them again."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import Case, IllegalMove, Refusal
from bot.desk.desk import Desk, clean
from bot.desk.finding import CaseFilter
from bot.desk.store import asker_key
from bot.guard import mask
from bot.handlers.web import PLATFORM
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity, Visitor
from bot.handlers.web.pages.officers import team_name
from bot.handlers.web.pages.requests import form_of, local, number, wants_json
from bot.handlers.web.posts import Posts
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads

PAGE = 30
LONGEST_REASON = 2_000


class AskerPages:
    """Shows people their questions to officers, and takes what they do with them."""

    def __init__(self, rendering: Rendering, identity: Identity, threads: Threads, posts: Posts, desk: Desk) -> None:
        self._rendering = rendering
        self._identity = identity
        self._threads = threads
        self._posts = posts
        self._desk = desk

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/mine", self.mine),
            Route("/m/{message}/sak/{move}", self.move, methods=["POST"]),
        ]

    async def mine(self, request: Request) -> Response:
        """The visitor's cases, latest first."""
        return await self._show(request)

    async def move(self, request: Request) -> Response:
        """Do something to one's own case. Where it can't be done, it is said why and what was typed stays."""
        visitor = self._identity.visitor(request)
        case = await self._case(request, visitor)
        form = await form_of(request)
        typed, back = str(form.get("mangler", "")), local(str(form.get("tilbake", "")))
        try:
            await self._make(request.path_params["move"], case, visitor, typed)
        except IllegalMove as refused:
            problem = self._rendering.texts(visitor.language, refused.key, **refused.values)
            if wants_json(request):
                return JSONResponse({"problem": problem}, HTTPStatus.CONFLICT)
            return await self._show(request, problem, {case.id: typed})
        await self._threads.count(CASES)
        reply = await self._threads.message(case.reply_id)
        await self._threads.touch(reply)
        if wants_json(request):
            fresh = await self._threads.message(case.reply_id)
            return JSONResponse({"messages": await self._posts.updates([fresh], visitor)})
        return RedirectResponse(back if back == "/mine" else f"/t/{reply.thread}#m-{reply.id}", HTTPStatus.SEE_OTHER)

    async def _make(self, move: str, case: Case, visitor: Visitor, typed: str) -> None:
        desk, asker = self._desk, visitor.asker
        match move:
            case "trekk":
                await desk.withdraw(case.id, asker)
            case "hjalp":
                await desk.helped(case.id, asker)
            case "gjenapne":
                missing = mask(clean(typed))
                if not missing:
                    raise IllegalMove(Refusal.EMPTY, case)
                await desk.reopen(case.id, asker, missing[:LONGEST_REASON])
            case _:
                raise HTTPException(HTTPStatus.NOT_FOUND)

    async def _case(self, request: Request, visitor: Visitor) -> Case:
        """The visitor's own case of the reply that the address names: to others it doesn't exist."""
        case = await self._desk.of_reply(request.path_params["message"])
        if case is None or case.place.platform != PLATFORM:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if case.asker.id != visitor.id:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return case

    async def _show(self, request: Request, problem: str = "", typed: dict[str, str] | None = None) -> Response:
        visitor = self._identity.visitor(request)
        before = number(request.query_params.get("for", ""))
        theirs = CaseFilter(asker=asker_key(PLATFORM, visitor.id))
        found = await self._desk.find(theirs, PAGE + 1, before)
        return await self._rendering.page(
            request,
            "mine.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            home="/mine",
            cases=found[:PAGE],
            older=found[PAGE - 1].number if len(found) > PAGE else None,
            before=before,
            team_name=lambda id_: team_name(self._desk.teams, id_),
            problem=problem,
            typed=typed or {},
        )
