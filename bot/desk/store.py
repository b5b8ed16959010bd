"""Cases and what happened to them, in the database."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import insert_if_new
from bot.desk import clock
from bot.desk.case import OPEN, Actor, Case, CaseState, Event, Move, NewCase
from bot.desk.finding import CaseFilter, matches
from bot.desk.moves import apply
from bot.desk.routing import Router
from bot.desk.tables import CaseRow, EventRow, LockRow, sought
from bot.people import Place


class CaseNotFound(LookupError):
    """No such case."""


class Cases:
    """The cases, as one transaction sees them. `changes` are what it did to them, each case as it was right after.

    `router` knows the teams: whose queue a case comes into, and by when they are to answer.
    """

    def __init__(self, session: AsyncSession, router: Router) -> None:
        self._session = session
        self._router = router
        self.changes: list[tuple[Case, Event]] = []

    async def add(self, request: NewCase, opened: dt.datetime) -> Case:
        """The case of the request's reply, opened where there is none yet: a reply opens at most one case."""
        # Looking first keeps a repeated press from using up a number; the insert settles who was first.
        if found := await self.of_replies([request.reply_id]):
            return found[0]
        new = await insert_if_new(self._session, CaseRow, self._opening(request, opened), unique="reply_id")
        row = (await self._session.scalars(select(CaseRow).where(CaseRow.reply_id == request.reply_id))).one()
        if new:
            asker = Actor(id=request.asker.id, name=request.asker.name)
            opening = Event(move=Move.OPENED, actor=asker, moment=opened, text=request.question, team=row.team)
            self._note(row, row.case, opening)
        return row.case

    def _opening(self, request: NewCase, opened: dt.datetime) -> dict[str, object]:
        routed = self._router.route(request)
        terms = self._router.teams.terms(routed.team)
        return {
            "id": secrets.token_hex(16),
            "reply_id": request.reply_id,
            "request": request.model_dump(mode="json"),
            "thread": thread_of(request.place),
            "asker": asker_key(request.place.platform, request.asker.id),
            "sought": sought(f"{request.question} {request.original} {request.asker.name}"),
            "language": request.language,
            "version": 1,
            "state": CaseState.FORWARDED,
            "team": routed.team,
            "topic": routed.topic,
            "strategy": routed.strategy,
            "not_ours": False,
            "watchers": [],
            "watching": "",
            "opened": opened,
            **clock.deadlines(opened, terms),
        }

    async def get(self, case_id: str) -> Case:
        """The case with that id. Raises CaseNotFound."""
        return (await self._row(select(CaseRow).where(CaseRow.id == case_id), case_id)).case

    async def of_replies(self, reply_ids: Collection[str]) -> Sequence[Case]:
        """The cases that these replies have opened."""
        rows = await self._session.scalars(select(CaseRow).where(CaseRow.reply_id.in_(reply_ids)))
        return [row.case for row in rows]

    async def several(self) -> None:
        """To be called before more than one case is changed: who each had a case that the other wants would wait for
        ever, so one at a time does that."""
        await self._session.execute(select(LockRow).where(LockRow.name == LockRow.SEVERAL).with_for_update())

    async def change(self, case_id: str, event: Event) -> Case:
        """Apply the event; the case after it. Raises CaseNotFound, IllegalMove.

        Of two who come at once one waits for the other, and then sees what the other did.
        """
        row = await self._row(_locking(select(CaseRow).where(CaseRow.id == case_id)), case_id)
        before = row.case
        after = apply(before, event)
        if after is before:
            return before
        after = clock.kept(before, after, event.moment, self._router.teams.terms(after.team))
        row.take_over(after)
        self._note(row, after, clock.told(before, after, event))
        return after

    async def once(self, case_id: str, event: Event) -> Case:
        """Apply the event unless it is what has last been said of the message that is its occasion or, where none is,
        what has last happened to the case.

        Raises CaseNotFound, IllegalMove.
        """
        # Whoever comes with the same at the same time waits here, and then finds it said.
        await self._row(_locking(select(CaseRow).where(CaseRow.id == case_id)), case_id)
        about = [each for each in await self.events(case_id) if not event.ref or each.ref == event.ref]
        if about and (about[-1].move, about[-1].text) == (event.move, event.text):
            return await self.get(case_id)
        return await self.change(case_id, event)

    async def in_thread(self, place: Place) -> Sequence[Case]:
        """The cases that were opened in that thread, latest first."""
        return await self._all(select(CaseRow).where(CaseRow.thread == thread_of(place)))

    async def merged_into(self, case_id: str) -> Sequence[Case]:
        """The cases that are answered by way of that one, latest first."""
        return await self._all(select(CaseRow).where(CaseRow.merged_into == case_id))

    async def asked_of(self, platform: str, asker_id: str) -> Sequence[Case]:
        """The cases that wait for that person to say more, latest first."""
        theirs = CaseRow.asker == asker_key(platform, asker_id)
        return await self._all(select(CaseRow).where(theirs, CaseRow.state == CaseState.ASKED))

    async def about(self, ref: str) -> tuple[Case, Event] | None:
        """The latest event that the message was the occasion of, and its case."""
        there = select(EventRow).where(EventRow.ref == ref).order_by(EventRow.moment.desc(), EventRow.version.desc())
        row = (await self._session.scalars(there.limit(1))).one_or_none()
        if row is None:
            return None
        case = (await self._session.scalars(select(CaseRow).where(CaseRow.number == row.case_number))).one()
        return case.case, row.event

    async def find(self, wanted: CaseFilter, limit: int, before: int | None = None) -> Sequence[Case]:
        """At most so many of the cases, latest first; with `before` those with a lower number only."""
        rows = select(CaseRow).where(matches(wanted))
        return await self._all(rows.where(CaseRow.number < before) if before is not None else rows, limit)

    async def count(self, wanted: CaseFilter) -> int:
        """How many cases that is."""
        return (await self._session.execute(select(func.count()).where(matches(wanted)))).scalar_one()

    async def counts(self) -> Mapping[CaseState, int]:
        """How many cases there are in each state."""
        rows = await self._session.execute(select(CaseRow.state, func.count()).group_by(CaseRow.state))
        return dict.fromkeys(CaseState, 0) | {state: count for state, count in rows}  # noqa: C416 - rows are typed tuples only when unpacked

    async def burdens(self, team: str | None = None) -> Mapping[Actor, int]:
        """How many open cases each officer has, most first."""
        open_ = select(CaseRow.officer_id, func.max(CaseRow.officer_name), func.count())
        open_ = open_.where(CaseRow.state.in_(OPEN), CaseRow.officer_id.is_not(None))
        open_ = open_.where(CaseRow.team == team) if team is not None else open_
        rows = await self._session.execute(open_.group_by(CaseRow.officer_id).order_by(func.count().desc()))
        return {Actor(id=id_, name=name or ""): count for id_, name, count in rows if id_ is not None}

    async def pressing(self, horizon: dt.datetime) -> Sequence[Case]:
        """The cases whose clock may have something to say: one of their deadlines lies before the horizon, or they are
        answered and their asker was not asked whether that helped."""
        near = or_(CaseRow.due_reply <= horizon, CaseRow.due_answer <= horizon)
        running = and_(CaseRow.state.in_(OPEN), CaseRow.paused.is_(None), near)
        helped = and_(
            CaseRow.state == CaseState.ANSWERED,
            CaseRow.nudged.is_(None),
            CaseRow.helped.is_(None),
        )
        return await self._all(select(CaseRow).where(or_(running, helped)))

    async def events(self, case_id: str) -> Sequence[Event]:
        """What happened to the case, in order. Raises CaseNotFound."""
        row = await self._row(select(CaseRow).where(CaseRow.id == case_id), case_id)
        events = select(EventRow).where(EventRow.case_number == row.number).order_by(EventRow.version)
        return [event.event for event in await self._session.scalars(events)]

    async def _all(self, rows: Select[CaseRow], limit: int | None = None) -> Sequence[Case]:
        found = await self._session.scalars(rows.order_by(CaseRow.number.desc()).limit(limit))
        return [row.case for row in found]

    async def _row(self, query: Select[CaseRow], case_id: str) -> CaseRow:
        row = (await self._session.scalars(query)).one_or_none()
        if row is None:
            raise CaseNotFound(f"no case has the id {case_id!r}")
        return row

    def _note(self, row: CaseRow, case: Case, event: Event) -> None:
        self._session.add(EventRow.of(row.number, row.version, event))
        self.changes.append((case, event))


def _locking(rows: Select[CaseRow]) -> Select[CaseRow]:
    # As they stand once they are locked, also where this transaction has seen them before.
    return rows.with_for_update().execution_options(populate_existing=True)


def thread_of(place: Place) -> str:
    """Names the thread among those of all platforms."""
    return f"{place.platform}/{place.channel}/{place.thread}"


def asker_key(platform: str, asker_id: str) -> str:
    """Names the person among those of all platforms."""
    return f"{platform}/{asker_id}"
