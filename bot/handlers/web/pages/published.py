"""Published answers: which there are and how far they have come, and what officers do to one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import LONGEST_ANSWER, Officer
from bot.desk.desk import Desk
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.officers import answer_of, officer_of
from bot.handlers.web.pages.proposing import FIELDS, REVIEW_AFTER, day_in, sources_in
from bot.handlers.web.pages.requests import form_of
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads
from bot.publishing.answer import LONGEST_QUESTION, AnswerState, IllegalAct, PublishedAnswer, Wording
from bot.publishing.concerns import told
from bot.publishing.publishing import Publishing
from bot.sourcing.revisions import Revision, Revisions

ENDED = (AnswerState.REJECTED, AnswerState.WITHDRAWN, AnswerState.SUPERSEDED)
SHOWN: Mapping[str, tuple[tuple[AnswerState, ...], bool | None]] = {
    "foreslatte": ((AnswerState.PROPOSED,), None),
    "gjennomgang": ((AnswerState.PUBLISHED,), True),
    "publiserte": ((AnswerState.PUBLISHED,), None),
    "avsluttede": (ENDED, None),
}
MOST = 200


class PublishedPages:
    """Shows published answers to officers, and takes what they do."""

    def __init__(
        self,
        rendering: Rendering,
        identity: Identity,
        desk: Desk,
        publishing: Publishing,
        threads: Threads,
        revisions: Revisions,
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._desk = desk
        self._publishing = publishing
        self._threads = threads
        self._revisions = revisions

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/publisert", self.list),
            Route("/publisert/{answer}", self.show),
            Route("/publisert/{answer}/{act}", self.act, methods=["POST"]),
        ]

    async def list(self, request: Request) -> Response:
        """The answers in the chosen states, latest first."""
        officer_of(self._identity, request)
        chosen = request.query_params.get("vis", "foreslatte")
        if chosen not in SHOWN:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        found = {
            name: await self._publishing.list(states, needs_review=needs_review, limit=MOST)
            for name, (states, needs_review) in SHOWN.items()
        }
        after = await self._threads.revision(CASES)
        return await self._rendering.page(request, "published.html", chosen=chosen, found=found, after=after)

    async def show(self, request: Request) -> Response:
        """One answer."""
        officer_of(self._identity, request)
        return await self._show(request, await self._answer(request))

    async def act(self, request: Request) -> Response:
        """Do something to an answer. Where it can't be done, the page says why and keeps what was typed; so it does
        with what was taken out of what was published."""
        officer = officer_of(self._identity, request)
        answer = await self._answer(request)
        form = await form_of(request, FIELDS)
        try:
            taken = await self._make(request.path_params["act"], answer, officer, form)
        except IllegalAct as refused:
            language = self._identity.visitor(request).language
            problem = self._rendering.texts(language, refused.key, **refused.values)
            return await self._show(request, await self._answer(request), form, problem)
        await self._threads.count(CASES)
        if taken:
            return await self._show(request, await self._answer(request), taken=taken)
        return RedirectResponse(f"/publisert/{answer.id}", HTTPStatus.SEE_OTHER)

    async def _make(self, act: str, answer: PublishedAnswer, officer: Officer, form: FormData) -> tuple[str, ...]:
        """Do it; what was taken out of what the officer wrote."""
        reason = str(form.get("grunn", ""))
        review_on = day_in(form, "dato", answer.review_on)
        match act:
            case "godkjenn":
                edited = Wording(question=str(form.get("sporsmal", "")), answer=str(form.get("svar", "")))
                sources = sources_in(form)
                done = await self._publishing.approve(answer.id, officer, edited, sources=sources, review_on=review_on)
                return done.stripped
            case "avvis":
                await self._publishing.reject(answer.id, officer, reason)
            case "trekk":
                await self._publishing.withdraw(answer.id, officer, reason)
            case "forny":
                await self._publishing.renew(answer.id, officer, review_on)
            case _:
                raise HTTPException(HTTPStatus.NOT_FOUND)
        return ()

    async def _show(
        self,
        request: Request,
        answer: PublishedAnswer,
        form: FormData | None = None,
        problem: str = "",
        taken: tuple[str, ...] = (),
    ) -> Response:
        officer = officer_of(self._identity, request)
        return await self._rendering.page(
            request,
            "published_answer.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            home=f"/publisert/{answer.id}",
            answer=answer,
            concerns=[
                told(concern, self._identity.visitor(request).language, self._rendering.texts)
                for concern in answer.concerns
            ],
            revisions=await self._changes(answer),
            cases=[await self._desk.get(case_id) for case_id in answer.cases],
            events=await self._publishing.events(answer.id),
            own=self._publishing.four_eyes and answer.proposer.id == officer.id,
            typed={name: str(form.get(name, "")) for name in ("sporsmal", "svar", "grunn")} if form else {},
            next_review=dt.datetime.now(dt.UTC).date() + REVIEW_AFTER,
            problem=problem,
            taken=taken,
            longest_question=LONGEST_QUESTION,
            longest_answer=LONGEST_ANSWER,
        )

    async def _changes(self, answer: PublishedAnswer) -> Mapping[str, Sequence[Revision]]:
        """How its sources have changed since somebody vouched for it, by what they are called."""
        if not answer.seen or not answer.concerns:
            return {}
        since = answer.seen
        documents = {source.document: source.title for source in answer.sources}
        return {
            title: await self._revisions.since(document, since, _sections(answer, document))
            for document, title in documents.items()
        }

    async def _answer(self, request: Request) -> PublishedAnswer:
        return await answer_of(self._publishing, request.path_params["answer"])


def _sections(answer: PublishedAnswer, document: str) -> set[str]:
    """The sections of the document that the answer rests on; none where that is the whole document."""
    sections = {each.section for each in answer.sources if each.document == document}
    return set() if "" in sections else sections
