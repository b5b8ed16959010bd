"""The channels: threads, the composer, and what happens there live."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from http import HTTPStatus

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import OPEN, Case, CaseState, IllegalMove
from bot.desk.desk import Desk
from bot.desk.rates import Counted
from bot.guard import LONGEST_QUESTION, Guard, Refused
from bot.handlers.web import PLATFORM
from bot.handlers.web.channels import Channel, channel, channels
from bot.handlers.web.gate import Gate, TooMuch
from bot.handlers.web.identity import Identity, Visitor
from bot.handlers.web.messages import Asked, Message, NoSuchMessage, Thread, new_key
from bot.handlers.web.news import News
from bot.handlers.web.pages.requests import form_of, number, revision, wants_json
from bot.handlers.web.posts import Page, Posts
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.security import SAFE_METHODS
from bot.handlers.web.threads import Threads
from bot.limits import worded
from bot.people import Place

THREADS_A_PAGE = 15
PATIENCE = 2.5
"""Seconds that a browser without JavaScript is kept waiting for the reply before it gets the page without it."""


class ChannelPages:
    """Shows channels and threads, takes questions, and tells browsers what is new."""

    def __init__(
        self,
        rendering: Rendering,
        identity: Identity,
        threads: Threads,
        posts: Posts,
        news: News,
        guard: Guard,
        desk: Desk,
        gate: Gate,
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._threads = threads
        self._posts = posts
        self._news = news
        self._guard = guard
        self._desk = desk
        self._gate = gate

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/", self.home),
            Route("/ansatte", self.staff),
            Route("/t/{thread}", self.thread),
            Route("/spor", self.ask, methods=["POST"]),
            Route("/hendelser", self.events),
        ]

    async def home(self, request: Request) -> Response:
        """The visitor's first channel."""
        return await self._show(request, channels(self._identity.visitor(request))[0])

    async def staff(self, request: Request) -> Response:
        """The staff's own channel; to others it doesn't exist."""
        return await self._show(request, self._channel(request, "ansatte"))

    async def thread(self, request: Request) -> Response:
        """One thread, whole."""
        thread = await self._thread(request)
        return await self._show(request, self._channel(request, thread.channel), thread)

    async def ask(self, request: Request) -> Response:
        """Take a question. What can't be taken comes back with the text and with what to do about it."""
        form = await form_of(request, 10)
        typed = str(form.get("tekst", ""))
        where = self._channel(request, str(form.get("kanal", "")))
        thread = str(form.get("traad", "")) or None
        visitor = self._identity.visitor(request)
        try:
            guarded = self._guard.check(typed)
        except Refused as refused:
            problem = self._rendering.texts(visitor.language, refused.key, **refused.values)
            return await self._refuse(request, where, thread, typed, problem)
        asked = Asked(
            key=str(form.get("nokkel", ""))[:64] or new_key(),
            channel=where.name,
            thread=thread,
            asker=visitor.asker,
            text=guarded.text,
            masked=guarded.masked,
            language=visitor.language,
            session=visitor.session,
        )
        try:
            counted = self._gate.counted(request)
            messages = await self._told_officer(asked, counted) or await self._threads.ask(asked, counted)
        except NoSuchMessage as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        except TooMuch as error:
            problem = worded(error.limited, visitor.language, self._rendering.texts)
            response = await self._refuse(request, where, thread, typed, problem, error.status_code)
            response.headers.update(error.headers or {})
            return response
        if wants_json(request):
            return JSONResponse({"messages": await self._posts.updates(messages, visitor), "key": new_key()})
        if messages[-1].waiting:
            await self._replied(messages[-1])
        path = f"/t/{asked.thread}" if asked.thread else where.path
        return RedirectResponse(f"{path}#m-{messages[0].id}", HTTPStatus.SEE_OTHER)

    async def events(self, request: Request) -> Response:
        """The stream of what changes in a channel after a revision."""
        visitor = self._identity.visitor(request)
        where = self._channel(request, request.query_params.get("kanal", ""))
        after = revision(request)
        stream = self._changes(visitor, where, request.query_params.get("traad"), after)
        return EventSourceResponse(stream, ping=15, send_timeout=30)

    async def _told_officer(self, asked: Asked, counted: Counted | None) -> Sequence[Message]:
        """What is written in the thread of one's own open case goes to its officer instead of the bot, to whoever waits
        for it first; nothing where there is none."""
        if asked.thread is None:
            return []
        place = Place(platform=PLATFORM, channel=asked.channel, thread=asked.thread)
        awaited = [case for case in await self._desk.in_thread(place) if _awaits(case, asked.asker.id)]
        if awaited:
            await self._gate.let_in(counted)
        for case in sorted(awaited, key=lambda case: case.state is not CaseState.ASKED):
            # The officer hears first: what breaks off here is said to both where it is posted again.
            with contextlib.suppress(IllegalMove):  # somebody has just ended it
                await self._desk.follow_up(case.id, asked.asker, asked.text, asked.ref)
                said = await self._threads.follow_up(asked)
                await self._threads.touch(await self._threads.message(case.reply_id))
                return [said]
        return []

    async def _changes(self, visitor: Visitor, where: Channel, thread: str | None, after: int) -> AsyncIterator[bytes]:
        yield ServerSentEvent(comment="ready", retry=1000).encode()
        async with contextlib.aclosing(self._news.ticks(where.name)) as news:
            async for _ in news:
                more = True
                while more:
                    # What comes while these are told is told at the next tick, with what comes until then.
                    changed, more = await self._news.since(where.name, after)
                    if not changed:
                        break
                    after = changed[-1].message.revision
                    seen = [item for item in changed if thread in {None, item.message.thread}]
                    # As they stand there: what is read out last is what somebody has just written.
                    seen.sort(key=lambda item: item.message.position)
                    yield self._posts.told(seen, visitor, after)

    async def _show(
        self,
        request: Request,
        where: Channel,
        thread: Thread | None = None,
        draft: str = "",
        problem: str = "",
        status: int = HTTPStatus.OK,
    ) -> Response:
        visitor = self._identity.visitor(request)
        after = await self._threads.revision(where.name)
        earlier = number(request.query_params.get("for", ""))
        threads = [thread] if thread else await self._threads.recent(where.name, THREADS_A_PAGE + 1, earlier)
        messages = [message for each in threads for message in each.messages]
        around = await self._posts.around(messages, visitor)
        key, home = new_key(), f"/t/{thread.id}" if thread else where.path
        page = Page(visitor, around, key, "" if request.method in SAFE_METHODS else home)
        return await self._rendering.page(
            request,
            "channel.html",
            status,
            home=home,
            channel=where,
            thread=thread,
            threads=threads[-THREADS_A_PAGE:],
            shown=[self._posts.alone(thread, page)] if thread else self._posts.shown(threads[-THREADS_A_PAGE:], page),
            older=len(threads) > THREADS_A_PAGE,
            earlier=earlier,
            after=after,
            to_officer=any(_awaits(case, visitor.id) for case in around.cases.values()),
            draft=draft or await self._prefill(request, visitor),
            problem=problem,
            limit=LONGEST_QUESTION,
            key=key,
        )

    async def _prefill(self, request: Request, visitor: Visitor) -> str:
        if id_ := request.query_params.get("rett"):
            with contextlib.suppress(NoSuchMessage):
                message = await self._threads.message(id_)
                return message.text if message.person.id == visitor.id else ""
        return request.query_params.get("tekst", "")[:LONGEST_QUESTION]

    async def _refuse(
        self,
        request: Request,
        where: Channel,
        thread: str | None,
        typed: str,
        problem: str,
        status: int = HTTPStatus.UNPROCESSABLE_ENTITY,
    ) -> Response:
        if wants_json(request):
            return JSONResponse({"problem": problem}, status)
        try:
            shown = await self._threads.thread(thread) if thread else None
        except NoSuchMessage as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error
        if shown and shown.channel != where.name:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return await self._show(request, where, shown, typed, problem, status)

    async def _replied(self, reply: Message) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE), contextlib.aclosing(self._news.ticks(reply.channel)) as news:
                async for _ in news:
                    if not (await self._threads.message(reply.id)).waiting:
                        return

    async def _thread(self, request: Request) -> Thread:
        try:
            return await self._threads.thread(request.path_params["thread"])
        except NoSuchMessage as error:
            raise HTTPException(HTTPStatus.NOT_FOUND) from error

    def _channel(self, request: Request, name: str) -> Channel:
        found = channel(self._identity.visitor(request), name)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return found


def _awaits(case: Case, asker: str) -> bool:
    """Is that person's question still with the officers?"""
    return case.asker.id == asker and (case.state in OPEN or case.state is CaseState.MERGED)
