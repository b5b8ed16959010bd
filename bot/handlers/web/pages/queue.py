"""The officers' queue: which cases there are, the late ones on top, and who has how many."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.database import now
from bot.desk.absences import Absences
from bot.desk.case import Actor, Case, Event
from bot.desk.desk import Desk
from bot.desk.escalations import Escalations
from bot.desk.team import Team
from bot.handlers.web.channels import CASES
from bot.handlers.web.identity import Identity
from bot.handlers.web.live import Live, ticks
from bot.handlers.web.pages.officers import numbered, officer_of, team_name
from bot.handlers.web.pages.requests import revision
from bot.handlers.web.pages.selecting import STATES, Chooser, Selection
from bot.handlers.web.rendering import Rendering
from bot.handlers.web.threads import Threads

PAGE = 50
MOST_LATE = 200
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class QueuePages:
    """Shows the queue to officers, and tells them when it changes."""

    def __init__(
        self,
        rendering: Rendering,
        identity: Identity,
        desk: Desk,
        threads: Threads,
        live: Live,
        absences: Absences,
        escalations: Escalations,
    ) -> None:
        self._rendering = rendering
        self._identity = identity
        self._desk = desk
        self._threads = threads
        self._live = live
        self._absences = absences
        self._escalations = escalations

    def routes(self) -> list[BaseRoute]:
        """Where these pages are."""
        return [
            Route("/saker", self.queue),
            Route("/saker/hendelser", self.events),
            Route("/saker/til-deg", self.escalated),
        ]

    async def queue(self, request: Request) -> Response:
        """The cases that the address chooses; where it names one by its number, that case."""
        officer = officer_of(self._identity, request)
        chosen = Selection.read(request.query_params)
        if chosen is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        if chosen.label and (named := await numbered(self._desk, chosen.label)):
            return RedirectResponse(f"/saker/{named.id}", HTTPStatus.SEE_OTHER)
        after = await self._threads.revision(CASES)
        moment = now()
        away = await self._absences.away()
        leads = self._desk.teams.led_by(officer.id)
        chooser = Chooser(officer=officer, leads=leads, stands_in_for=away.stood_in_for(officer))
        late, rest, older = await self._cases(chosen, chooser, moment)
        return await self._rendering.page(
            request,
            "queue.html",
            chosen=chosen,
            late=() if chosen.before else late,
            cases=rest,
            older=older,
            last=await self._last(rest, late) if chosen.bare == "folger" else {},
            away=away,
            team_name=lambda id_: team_name(self._desk.teams, id_),
            after=after,
            **await self._choices(chosen, chooser, moment),
            burdens=await self._burdens(chosen),
        )

    async def events(self, request: Request) -> Response:
        """The stream that says when something has happened to a case."""
        officer_of(self._identity, request)
        return EventSourceResponse(self._changes(revision(request)), ping=15, send_timeout=30)

    async def escalated(self, request: Request) -> Response:
        """How many cases wait for the officer to see them, as every page shows it to the leader of a team."""
        officer = officer_of(self._identity, request)
        count = await self._escalations.count(officer)
        visitor = self._identity.visitor(request)
        html = self._rendering.part(visitor, "escalated.html", escalated=count, address="")
        return HTMLResponse(html if count is not None else "")

    async def _changes(self, after: int) -> AsyncIterator[ServerSentEvent]:
        yield ServerSentEvent(comment="ready", retry=1000)
        async with contextlib.aclosing(ticks(self._live, CASES)) as news:
            async for _ in news:
                if (now := await self._threads.revision(CASES)) > after:
                    after = now
                    yield ServerSentEvent("", event="cases", id=str(after))

    async def _cases(
        self, chosen: Selection, chooser: Chooser, moment: dt.datetime
    ) -> tuple[Sequence[Case], Sequence[Case], Selection | None]:
        """The late cases, what is due longest first; a page of the others, what is due next first; the next page."""
        wanted = chosen.cases(chooser, moment)
        late = await self._desk.find(wanted.model_copy(update={"late": moment}), MOST_LATE)
        page = await self._desk.find(wanted, PAGE + 1, chosen.before)
        older = chosen.but(before=page[PAGE - 1].number) if len(page) > PAGE else None
        on_top = {case.id for case in late}
        rest = [case for case in page[:PAGE] if case.id not in on_top]
        return sorted(late, key=_due), sorted(rest, key=_due), older

    async def _choices(self, chosen: Selection, chooser: Chooser, moment: dt.datetime) -> dict[str, Any]:
        """What else can be chosen, and how many cases that would be."""

        async def count(selection: Selection) -> int:
            return await self._desk.count(selection.cases(chooser, moment))

        teams: Sequence[Team] = list(self._desk.teams)
        topics = [topic.name for team in teams for topic in team.topics if chosen.team in {"", team.id}]
        return {
            "states": {name: await count(chosen.but(vis=name)) for name in STATES},
            "only": {name: await count(chosen.but(bare=name)) for name in chooser.choices},
            "teams": [(team, await count(chosen.but(team=team.id, tema=""))) for team in teams],
            "topics": [(name, await count(chosen.but(tema=name))) for name in dict.fromkeys(topics)],
        }

    async def _burdens(self, chosen: Selection) -> Sequence[tuple[Team, Mapping[Actor, int]]]:
        """How many open cases each officer has, by team: the chosen one's, or all that have any."""
        teams = [team for team in self._desk.teams if chosen.team in {"", team.id}]
        return [(team, found) for team in teams if (found := await self._desk.burdens(team.id))]

    async def _last(self, *shown: Sequence[Case]) -> Mapping[str, Event]:
        """What happened last to each of the cases."""
        return {case.id: (await self._desk.events(case.id))[-1] for cases in shown for case in cases}


def _due(case: Case) -> tuple[dt.datetime, int]:
    return case.due or _NEVER, -case.number
