"""Sending a question to the officers: the asker sees what will be sent, may edit it, and confirms."""

from __future__ import annotations

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.database import now
from bot.desk.case import NewCase
from bot.desk.desk import Desk
from bot.desk.routing import Router
from bot.guard import LONGEST_QUESTION, Guard, Refused
from bot.handlers.web.channels import channel, has_outsiders
from bot.handlers.web.gate import Gate, TooMuch
from bot.handlers.web.identity import Identity, Visitor
from bot.handlers.web.messages import Kind, Message, NoSuchMessage, Thread, place_of
from bot.handlers.web.pages.requests import form_of
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads
from bot.limits import worded
from bot.people import audience_of
from bot.question import Status

LONGEST_CONTACT = 120
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?:\+|00)[1-9]\d{7,13}|[2-9]\d{7}")


class ForwardingPages:
    """Shows what officers will get, and opens the case once the asker has said yes."""

    def __init__(
        self, rendering: Rendering, identity: Identity, threads: Threads, desk: Desk, guard: Guard, gate: Gate
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._threads = threads
        self._desk = desk
        self._guard = guard
        self._gate = gate
        self._router = Router(desk.teams)

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/m/{message}/saksbehandler", self.show),
            Route("/m/{message}/saksbehandler", self.send, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        """What will be sent, to whom. Where it has been sent already, the thread tells."""
        reply = await self._own(request)
        if await self._desk.of_reply(reply.id):
            return _back(reply)
        new = await self._new(reply)
        return await self._page(request, reply, new, new.question)

    async def send(self, request: Request) -> Response:
        """Open the case; doing it again changes nothing. What can't be sent comes back with the reason."""
        reply = await self._own(request)
        visitor = self._identity.visitor(request)
        form = await form_of(request)
        question, contact = str(form.get("sporsmal", "")), " ".join(str(form.get("kontakt", "")).split())
        new = await self._new(reply)
        if await self._desk.of_reply(reply.id):
            return _back(reply)
        t = self._rendering.texts
        if contact and (not visitor.guest or not is_contact(contact)):
            problem = t(visitor.language, "web.forward.contact.unreadable")
            return await self._page(request, reply, new, question, contact, problem, about="kontakt")
        try:
            guarded = self._guard.check(question)
        except Refused as refused:
            problem = t(visitor.language, refused.key, **refused.values)
            return await self._page(request, reply, new, question, contact, problem)
        if guarded.masked:  # nothing is sent but what the asker has seen
            problem = t(visitor.language, "web.forward.masked")
            return await self._page(request, reply, new, guarded.text, contact, problem)
        original = "" if guarded.text == new.question else new.question
        sent = {"question": guarded.text, "original": original, "contact": contact}
        try:
            await self._gate.let_in(self._gate.counted(request))
        except TooMuch as error:
            problem = worded(error.limited, visitor.language, t)
            page = await self._page(request, reply, new, question, contact, problem, status=error.status_code)
            page.headers.update(error.headers or {})
            return page
        await self._desk.open(new.model_copy(update=sent))
        await self._threads.touch(reply)
        return _back(reply)

    async def _page(
        self,
        request: Request,
        reply: Message,
        new: NewCase,
        question: str,
        contact: str = "",
        problem: str = "",
        about: str = "sporsmal",
        status: int | None = None,
    ) -> Response:
        visitor = self._identity.visitor(request)
        team = self._desk.teams.get(self._router.route(new).team) or self._desk.teams.default
        return await self._rendering.page(
            request,
            "forward.html",
            status or (HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK),
            home=f"/m/{reply.id}/saksbehandler",
            reply=reply,
            new=new,
            where=channel(visitor, reply.channel),
            team=team,
            due=team.terms.reply_due(now()),
            question=question,
            contact=contact,
            problem=problem,
            about=about,
            limit=LONGEST_QUESTION,
            longest_contact=LONGEST_CONTACT,
        )

    async def _own(self, request: Request) -> Message:
        """The reply that the address names; refused (403) to anybody but whom it is for."""
        visitor: Visitor = self._identity.visitor(request)
        try:
            reply = await self._threads.message(request.path_params["message"])
        except NoSuchMessage as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        if reply.kind is not Kind.REPLY or not channel(visitor, reply.channel):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if reply.person.id != visitor.id:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return reply

    async def _new(self, reply: Message) -> NewCase:
        return new_case(reply, await self._threads.thread(reply.thread))


def is_contact(text: str) -> bool:
    """Is that an e-mail address or a phone number?"""
    digits = re.sub(r"[ ()-]", "", text)
    return len(text) <= LONGEST_CONTACT and bool(_EMAIL.fullmatch(text) or _PHONE.fullmatch(digits))


def new_case(reply: Message, thread: Thread) -> NewCase:
    """What officers get of a reply and of what came before it. Raises NoSuchMessage where nobody has asked."""
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
        abstained=said is None or said.status is Status.ABSTAINED,
        audience=audience_of(asked.person, place),
        history=tuple(_line(message) for message in thread.before(asked) if not message.waiting),
        nearest=said.nearest if said else (),
        draft=said.draft or said.claims if said else (),
    )


def _line(message: Message) -> str:
    name = "Møteplassen" if message.said else message.person.name
    return f"{name}: {message.said.answer if message.said else message.text}"


def _back(reply: Message) -> Response:
    return RedirectResponse(f"/t/{reply.thread}#m-{reply.id}", HTTPStatus.SEE_OTHER)
