"""What can be said of a reply, and the officers' page of what was."""

from __future__ import annotations

import datetime as dt
from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.desk import clean
from bot.feedback import Fault, Importance
from bot.guard import mask
from bot.handlers.web.channels import channel, is_private
from bot.handlers.web.feedback import DOWN, UP, Feedback, Opinion
from bot.handlers.web.identity import Identity
from bot.handlers.web.messages import Kind, Message, NoSuchMessage
from bot.handlers.web.pages.officers import officer_of
from bot.handlers.web.pages.requests import form_of, wants_json
from bot.handlers.web.posts import Posts
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads

THUMBS = {"opp": UP, "ned": DOWN}
LONGEST = 2_000
PAGE = 30


class ReplyActions:
    """Takes what people press and write under a reply, and shows officers what was found wrong."""

    def __init__(
        self, rendering: Rendering, identity: Identity, threads: Threads, posts: Posts, feedback: Feedback
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._threads = threads
        self._posts = posts
        self._feedback = feedback

    def routes(self) -> list[BaseRoute]:
        """Where these actions are."""
        return [
            Route("/m/{message}/tommel", self.judge, methods=["POST"]),
            Route("/m/{message}/tilbakemelding", self.explain, methods=["POST"]),
            Route("/tilbakemeldinger", self.judged),
        ]

    async def judge(self, request: Request) -> Response:
        """Press a thumb."""
        reply = await self._reply(request)
        form = await form_of(request)
        thumb = THUMBS.get(str(form.get("verdi", "")))
        if thumb is None:
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        visitor = self._identity.visitor(request)
        await self._feedback.press(reply.id, visitor.id, visitor.role, thumb)
        return await self._back(request, reply)

    async def explain(self, request: Request) -> Response:
        """Say what is wrong with a reply; how much it matters is for officers to say."""
        reply = await self._reply(request)
        form = await form_of(request)
        visitor = self._identity.visitor(request)
        try:
            fault = Fault(str(form.get("feil", "")))
            matters = str(form.get("viktig", "")) if visitor.is_officer else ""
            importance = Importance(matters) if matters else None
        except ValueError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST) from error
        text = mask(clean(str(form.get("tekst", ""))))[:LONGEST]
        await self._feedback.explain(reply.id, visitor.id, visitor.role, fault, text, importance)
        return await self._back(request, reply)

    async def judged(self, request: Request) -> Response:
        """What people found wrong, newest first, with the reply and its sources."""
        officer_of(self._identity, request)
        before = _moment(request.query_params.get("for", ""))
        found = await self._feedback.latest(PAGE + 1, before)
        return await self._rendering.page(
            request,
            "judged.html",
            judged=[await self._shown(opinion) for opinion in found[:PAGE]],
            older=found[PAGE - 1].changed.isoformat() if len(found) > PAGE else "",
            before=before,
        )

    async def _shown(self, opinion: Opinion) -> dict[str, Any]:
        reply = await self._threads.message(opinion.message)
        # What somebody asked where nobody reads along is not for officers until it is sent to them.
        asked = None if is_private(reply.channel) or not reply.question else await self._threads.message(reply.question)
        return {"opinion": opinion, "reply": reply, "asked": asked}

    async def _reply(self, request: Request) -> Message:
        try:
            message = await self._threads.message(request.path_params["message"])
        except NoSuchMessage as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        if message.kind is not Kind.REPLY or not channel(self._identity.visitor(request), message.channel):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return message

    async def _back(self, request: Request, reply: Message) -> Response:
        if wants_json(request):
            visitor = self._identity.visitor(request)
            return JSONResponse({"messages": await self._posts.updates([reply], visitor)})
        return RedirectResponse(f"/t/{reply.thread}#m-{reply.id}", HTTPStatus.SEE_OTHER)


def _moment(text: str) -> dt.datetime | None:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
