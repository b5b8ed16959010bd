"""What can be done with a reply: judge it, or send the question to a case officer."""

from __future__ import annotations

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import NewCase
from bot.desk.desk import Desk
from bot.handlers.web.channels import channel, has_outsiders
from bot.handlers.web.feedback import Feedback
from bot.handlers.web.identity import Identity, Visitor
from bot.handlers.web.messages import Kind, Message, Thread, place_of
from bot.handlers.web.pages.requests import wants_json
from bot.handlers.web.posts import Posts
from bot.handlers.web.threads import NoSuchMessage, Threads
from bot.people import audience_of

THUMBS = {"opp": 1, "ned": -1}


class ReplyActions:
    """Takes what people press under a reply."""

    def __init__(self, identity: Identity, threads: Threads, posts: Posts, desk: Desk, feedback: Feedback) -> None:
        self._identity = identity
        self._threads = threads
        self._posts = posts
        self._desk = desk
        self._feedback = feedback

    def routes(self) -> list[BaseRoute]:
        """Where these actions are."""
        return [
            Route("/m/{message}/tommel", self.judge, methods=["POST"]),
            Route("/m/{message}/saksbehandler", self.forward, methods=["POST"]),
        ]

    async def judge(self, request: Request) -> Response:
        """Press a thumb."""
        reply = await self._reply(request)
        form = await request.form(max_fields=5)
        thumb = THUMBS.get(str(form.get("verdi", "")))
        if thumb is None:
            raise HTTPException(HTTPStatus.BAD_REQUEST)
        await self._feedback.press(reply.id, self._identity.visitor(request).id, thumb)
        return await self._back(request, reply)

    async def forward(self, request: Request) -> Response:
        """Open the case of a reply; only who asked does, and doing it again changes nothing."""
        reply = await self._reply(request)
        if reply.person.id != self._identity.visitor(request).id:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        await self._desk.open(_case(reply, await self._threads.thread(reply.thread)))
        await self._threads.touch(reply)
        return await self._back(request, reply)

    async def _reply(self, request: Request) -> Message:
        try:
            message = await self._threads.message(request.path_params["message"])
        except NoSuchMessage as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        if message.kind is not Kind.REPLY or not channel(self._identity.visitor(request), message.channel):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return message

    async def _back(self, request: Request, reply: Message) -> Response:
        visitor: Visitor = self._identity.visitor(request)
        if wants_json(request):
            return JSONResponse({"messages": await self._posts.updates([reply], visitor)})
        return RedirectResponse(f"/t/{reply.thread}#m-{reply.id}", HTTPStatus.SEE_OTHER)


def _case(reply: Message, thread: Thread) -> NewCase:
    asked = thread.message(reply.question)
    if asked is None:
        raise NoSuchMessage(f"nobody has asked what message {reply.id} replies to")
    said = reply.said
    place = place_of(reply, outsiders=has_outsiders(reply.channel))
    return NewCase(
        reply_id=reply.id,
        question=asked.text,
        language=said.language if said else asked.language,
        asker=asked.person,
        place=place,
        audience=audience_of(asked.person, place),
        history=tuple(_line(message) for message in thread.before(asked) if not message.waiting),
        nearest=said.nearest or said.citations if said else (),
        draft=said.draft or said.claims if said else (),
    )


def _line(message: Message) -> str:
    name = "Møteplassen" if message.said else message.person.name
    return f"{name}: {message.said.answer if message.said else message.text}"
