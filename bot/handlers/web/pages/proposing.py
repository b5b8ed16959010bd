"""Proposing an officer's answer for publication: editing it, and seeing beforehand what is taken out of it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from http import HTTPStatus

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.desk.case import LONGEST_ANSWER, Case, Officer
from bot.desk.desk import Desk
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.pages.officers import answer_of, case_of, officer_of, team_name
from bot.handlers.web.pages.requests import form_of
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads
from bot.publishing.answer import LONGEST_QUESTION, IllegalAct, NewAnswer, PublishedAnswer
from bot.publishing.drafting import Proposal
from bot.publishing.publishing import Publishing
from knowledge.model import Citation

REVIEW_AFTER = dt.timedelta(days=365)
FIELDS = 60


class ProposingPages:
    """Lets an officer propose an answer. What is proposed is what the page has shown before."""

    def __init__(
        self, rendering: Rendering, identity: Identity, desk: Desk, publishing: Publishing, threads: Threads
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._desk = desk
        self._publishing = publishing
        self._threads = threads

    def routes(self) -> list[BaseRoute]:
        """Where these pages are; before those of a case, whose addresses would take them too."""
        return [
            Route("/saker/{case}/publiser", self.begin),
            Route("/saker/{case}/publiser", self.propose, methods=["POST"]),
        ]

    async def begin(self, request: Request) -> Response:
        """The case's question and answer, to be edited, or those of the answer that is to be replaced."""
        officer_of(self._identity, request)
        case = await _answered(self._desk, request)
        id_ = request.query_params.get("erstatter")
        replaces = await answer_of(self._publishing, id_) if id_ else None
        return await self._show(request, case, _beginning(self._desk, case, replaces))

    async def propose(self, request: Request) -> Response:
        """Show what would be proposed or, where that is what the officer has seen, propose it."""
        officer = officer_of(self._identity, request)
        case = await _answered(self._desk, request)
        form = await form_of(request, FIELDS)
        new = _read(form, case, _beginning(self._desk, case, None))
        try:
            proposal = await self._publishing.preview(new, officer)
            if form.get("gjor") == "foresla" and form.get("sett") == _digest(proposal.answer):
                return await self._proposed(new, officer)
        except IllegalAct as refused:
            language = self._identity.visitor(request).language
            return await self._show(
                request, case, new, problem=self._rendering.texts(language, refused.key, **refused.values)
            )
        return await self._show(request, case, new, proposal)

    async def _proposed(self, new: NewAnswer, officer: Officer) -> Response:
        proposal = await self._publishing.propose(new, officer)
        await self._threads.count(CASES)
        return RedirectResponse(f"/publisert/{proposal.answer.id}", HTTPStatus.SEE_OTHER)

    async def _show(
        self, request: Request, case: Case, new: NewAnswer, proposal: Proposal | None = None, problem: str = ""
    ) -> Response:
        found = {_id(citation): citation.title for citation in case.citations}
        return await self._rendering.page(
            request,
            "propose.html",
            HTTPStatus.CONFLICT if problem else HTTPStatus.OK,
            home=f"/saker/{case.id}/publiser",
            case=case,
            new=new,
            found=found,
            others=[source for source in new.sources if source not in found],
            proposal=proposal,
            seen=_digest(proposal.answer) if proposal else "",
            problem=problem,
            longest_question=LONGEST_QUESTION,
            longest_answer=LONGEST_ANSWER,
        )


def lines(form: FormData, name: str) -> tuple[str, ...]:
    """What stands on the lines of a field, each once."""
    return tuple(dict.fromkeys(filter(None, map(str.strip, str(form.get(name, "")).splitlines()))))


def sources_in(form: FormData) -> tuple[str, ...]:
    """The documents and sections that were ticked, and those that were written."""
    ticked = [str(value) for value in form.getlist("kilde")]
    return tuple(dict.fromkeys([*ticked, *lines(form, "flere")]))


def day_in(form: FormData, name: str, otherwise: dt.date) -> dt.date:
    """The day in a field."""
    try:
        return dt.date.fromisoformat(str(form.get(name, "")))
    except ValueError:
        return otherwise


def _beginning(desk: Desk, case: Case, replaces: PublishedAnswer | None) -> NewAnswer:
    sources: Sequence[str] = [_id(citation) for citation in case.citations if citation.kind != "answer"]
    return NewAnswer(
        cases=(case.id,),
        question=replaces.question if replaces else case.question,
        answer=replaces.answer if replaces else case.answer or "",
        team=team_name(desk.teams, case.team),
        review_on=dt.datetime.now(dt.UTC).date() + REVIEW_AFTER,
        sources=tuple(source.id for source in replaces.sources) if replaces else tuple(dict.fromkeys(sources)),
        keep=replaces.keep if replaces else (),
        replaces=replaces.id if replaces else None,
    )


def _read(form: FormData, case: Case, beginning: NewAnswer) -> NewAnswer:
    return beginning.model_copy(
        update={
            "question": str(form.get("sporsmal", "")),
            "answer": str(form.get("svar", "")),
            "sources": sources_in(form),
            "keep": lines(form, "behold"),
            "review_on": day_in(form, "dato", dt.date.min),
            "replaces": str(form.get("erstatter", "")) or None,
        }
    )


def _id(citation: Citation) -> str:
    """Names the section among all sources."""
    return f"{citation.document}#{citation.section}" if citation.section else citation.document


def _digest(answer: PublishedAnswer) -> str:
    """Names what an officer has seen: nothing else is proposed."""
    seen = answer.model_dump_json(exclude={"id", "proposed"})
    return hashlib.sha256(seen.encode()).hexdigest()[:32]


async def _answered(desk: Desk, request: Request) -> Case:
    case = await case_of(desk, request)
    if case.answer is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return case
