"""The desk: what people do with cases. Each use case is one transaction that also owes whoever must hear of it."""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, now
from bot.desk import audit
from bot.desk.case import (
    MERGEABLE,
    SHARED,
    SYSTEM,
    Actor,
    Case,
    CaseState,
    Event,
    IllegalMove,
    Move,
    NewCase,
    Officer,
    Refusal,
)
from bot.desk.finding import CaseFilter
from bot.desk.notices import deliveries
from bot.desk.outbox import Delivery, Outbox
from bot.desk.routing import Router
from bot.desk.sharing import share
from bot.desk.store import Cases
from bot.desk.teams import Teams
from bot.people import Asker, Place

ALL = tuple(CaseState)

_GARBLING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, changes of the writing direction, and halves of characters that no database takes."""


class Desk:
    """The case officers' desk. Who may do what here is for the caller to know; what a case allows is known here.

    `officer_platforms` are those whose officers' channel hears of every case; `router` knows the teams.
    """

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        officer_platforms: Sequence[str] = (),
        router: Router | None = None,
        clock: Callable[[], dt.datetime] = now,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._officer_platforms = officer_platforms
        self._router = router or Router(Teams.single())
        self._clock = clock

    @property
    def teams(self) -> Teams:
        """The teams whose cases these are."""
        return self._router.teams

    async def open(self, request: NewCase) -> Case:
        """Hand a question to the officers. A reply that has opened a case already gives that case."""
        async with self._changing() as cases:
            return await cases.add(request, self._clock())

    async def claim(self, case_id: str, officer: Officer, *, standing_in: bool = False) -> Case:
        """Take the case; `standing_in` for whoever has it, and is away. Raises CaseNotFound, or IllegalMove where
        somebody has it or it is done."""
        return await self._move(case_id, self._event(Move.CLAIMED, officer, standing_in=standing_in))

    async def release(self, case_id: str, officer: Officer) -> Case:
        """Lay the case back. Raises CaseNotFound, or IllegalMove where somebody else has it or it is done."""
        return await self._move(case_id, self._event(Move.RELEASED, officer))

    async def reassign(self, case_id: str, officer: Officer, to: Officer) -> Case:
        """Give the case to somebody. Raises CaseNotFound, or IllegalMove where somebody else has it or it is done."""
        return await self._move(case_id, self._event(Move.REASSIGNED, officer, to=to))

    async def route(self, case_id: str, officer: Officer, team: str, reason: str = "") -> Case:
        """Give the case to another team. Raises CaseNotFound, or IllegalMove where there is no such team, somebody else
        has the case or it is done."""
        event = self._event(Move.ROUTED, officer, clean(reason), team=team)
        async with self._changing() as cases:
            if self.teams.get(team) is None:
                raise IllegalMove(Refusal.TEAM, await cases.get(case_id), team=team)
            return await cases.change(case_id, event)

    async def send_back(self, case_id: str, officer: Officer, reason: str = "") -> Case:
        """Lay the case back as one that belongs elsewhere. Raises CaseNotFound, or IllegalMove where somebody else has
        it or it is done."""
        return await self._move(case_id, self._event(Move.RETURNED, officer, clean(reason)), once=True)

    async def ask_back(self, case_id: str, officer: Officer, text: str, ref: str = "") -> Case:
        """Ask the asker for more, and thereby take the case. `ref` as in an Event. Raises as `answer` does."""
        return await self._move(case_id, self._event(Move.ASKED_BACK, officer, clean(text), ref=ref))

    async def answer(self, case_id: str, officer: Officer, text: str, ref: str = "") -> Case:
        """Answer, and thereby take, the case, and those merged into it; `ref` as in an Event. Raises CaseNotFound, or
        IllegalMove where somebody else has it, it is done, or the text is empty or too long."""
        return await self._move(case_id, self._event(Move.ANSWERED, officer, clean(text), ref=ref))

    async def supplement(self, case_id: str, officer: Officer, text: str, ref: str) -> Case:
        """Add something to one's answer, once for what `ref` names. Raises CaseNotFound, or IllegalMove where the case
        is not answered, somebody else has answered it, or the text is empty or too long."""
        return await self._move(case_id, self._event(Move.SUPPLEMENTED, officer, clean(text), ref=ref), once=True)

    async def follow_up(self, case_id: str, asker: Asker, text: str, ref: str) -> Case:
        """Add what the asker writes more, once for what `ref` names. Raises CaseNotFound, or IllegalMove where the case
        is done with or the text is empty or too long."""
        return await self._move(case_id, self._event(Move.FOLLOWED_UP, asker, clean(text), ref=ref), once=True)

    async def correct(self, case_id: str, asker: Asker, text: str, ref: str) -> Case:
        """Note that the asker has changed what `ref` names. Raises CaseNotFound."""
        return await self._move(case_id, self._event(Move.CORRECTED, asker, clean(text), ref=ref), once=True)

    async def retract(self, case_id: str, asker: Asker, ref: str) -> Case:
        """Note that the asker has taken away what `ref` names. Raises CaseNotFound."""
        return await self._move(case_id, self._event(Move.RETRACTED, asker, ref=ref), once=True)

    async def merge(self, case_id: str, officer: Officer, into: str) -> Case:
        """Have the case answered by way of another in which the same is asked; at once, where that is answered. Both
        are read by the same people. Raises CaseNotFound, or IllegalMove where either doesn't allow it."""
        async with self._changing() as cases:
            await cases.several()
            case, main = await cases.get(case_id), await cases.get(into)
            is_fit = main.state in MERGEABLE and main.audience is case.audience
            if case.id == main.id or not is_fit:
                raise IllegalMove(Refusal.UNFIT, case, into=main.label)
            # What was merged into this one before goes with it.
            before = [each.id for each in await cases.merged_into(case_id)]
            await cases.change(case_id, self._event(Move.MERGED, officer, into=into))
            for other in before:
                await cases.change(other, self._event(Move.REOPENED, officer))
                await cases.change(other, self._event(Move.MERGED, officer, into=into))
            if main.state is CaseState.ANSWERED and main.officer and main.answer:
                for each in (case_id, *before):
                    await cases.change(each, self._event(Move.ANSWERED, main.officer, main.answer, into=into))
            return await cases.get(case_id)

    async def withdraw(self, case_id: str, asker: Asker, reason: str = "") -> Case:
        """Take the question back. Those who were to be answered by way of it wait for an answer of their own again.
        Raises CaseNotFound, or IllegalMove where it is answered or done with."""
        async with self._changing() as cases:
            await cases.several()
            case = await cases.change(case_id, self._event(Move.WITHDRAWN, asker, clean(reason)))
            for other in await cases.merged_into(case_id):
                await cases.change(other.id, self._event(Move.REOPENED, SYSTEM))
            return case

    async def close(self, case_id: str, by: Officer | Asker) -> Case:
        """End the case, answered or not, and those merged into it: as `share` does. Raises CaseNotFound, or IllegalMove
        where somebody else has claimed it."""
        return await self._move(case_id, self._event(Move.CLOSED, by))

    async def reopen(self, case_id: str, by: Officer | Asker, reason: str = "") -> Case:
        """Put a case that was done with back into the queue. Raises CaseNotFound."""
        return await self._move(case_id, self._event(Move.REOPENED, by, clean(reason)))

    async def helped(self, case_id: str, asker: Asker) -> Case:
        """Note that the answer helped, which ends the case. Raises CaseNotFound, or IllegalMove before the answer."""
        return await self._move(case_id, self._event(Move.HELPED, asker))

    async def watch(self, case_id: str, officer: Officer) -> Case:
        """Let the officer hear what becomes of the case. Raises CaseNotFound."""
        return await self._move(case_id, self._event(Move.WATCHED, officer))

    async def unwatch(self, case_id: str, officer: Officer) -> Case:
        """Let the officer hear no more of the case. Raises CaseNotFound."""
        return await self._move(case_id, self._event(Move.UNWATCHED, officer))

    async def ring(self, case_id: str, event: Event) -> Case:
        """Note what the case's clock says. Raises CaseNotFound, or IllegalMove where it is done by now."""
        return await self._move(case_id, event)

    async def undelivered(self, case_id: str, officer: Officer, key: str) -> Case:
        """Note, once for each delivery, that the officer's answer did not reach the asker. Raises CaseNotFound."""
        return await self._move(case_id, self._event(Move.UNDELIVERED, officer, key, ref=key[:255]), once=True)

    @contextlib.asynccontextmanager
    async def changing(self, session: AsyncSession) -> AsyncIterator[Cases]:
        """The cases, for a transaction that also does something else. Where the block ends, what it did to them is owed
        and in the log; that is to be the last thing that the transaction does."""
        cases = Cases(session, self._router)
        yield cases
        owed: list[Delivery] = []
        for case, event in cases.changes:
            into = await cases.get(event.into) if event.move is Move.MERGED else None
            owed += deliveries(case, event, self._officer_platforms, into)
        if owed:
            await self._outbox.put_all(session, owed)
        await session.flush()
        await audit.append(session, [audit.entry_of(case, event) for case, event in cases.changes])

    async def get(self, case_id: str) -> Case:
        """The case. Raises CaseNotFound."""
        async with self._reading() as cases:
            return await cases.get(case_id)

    async def of_reply(self, reply_id: str) -> Case | None:
        """The case that the reply has opened, if any."""
        return (await self.of_replies([reply_id])).get(reply_id)

    async def of_replies(self, reply_ids: Collection[str]) -> Mapping[str, Case]:
        """The cases that these replies have opened, by reply."""
        async with self._reading() as cases:
            return {case.reply_id: case for case in await cases.of_replies(reply_ids)}

    async def in_thread(self, place: Place) -> Sequence[Case]:
        """The cases that were opened in that thread, latest first."""
        async with self._reading() as cases:
            return await cases.in_thread(place)

    async def asked_of(self, platform: str, asker_id: str) -> Sequence[Case]:
        """The cases that wait for that person to say more, latest first."""
        async with self._reading() as cases:
            return await cases.asked_of(platform, asker_id)

    async def merged_into(self, case_id: str) -> Sequence[Case]:
        """The cases that are answered by way of that one, latest first."""
        async with self._reading() as cases:
            return await cases.merged_into(case_id)

    async def about(self, ref: str) -> tuple[Case, Event] | None:
        """The latest thing that happened because of the message that `ref` names, and the case it happened to."""
        async with self._reading() as cases:
            return await cases.about(ref)

    async def list(self, states: Collection[CaseState] = ALL, limit: int = 100) -> Sequence[Case]:
        """The latest cases in these states, latest first."""
        return await self.find(CaseFilter(states=frozenset(states)), limit)

    async def find(self, wanted: CaseFilter, limit: int = 100, before: int | None = None) -> Sequence[Case]:
        """At most so many of these cases, latest first; with `before` those with a lower number only."""
        async with self._reading() as cases:
            return await cases.find(wanted, limit, before)

    async def count(self, wanted: CaseFilter) -> int:
        """How many cases that is."""
        async with self._reading() as cases:
            return await cases.count(wanted)

    async def counts(self) -> Mapping[CaseState, int]:
        """How many cases there are in each state."""
        async with self._reading() as cases:
            return await cases.counts()

    async def burdens(self, team: str | None = None) -> Mapping[Actor, int]:
        """How many open cases each officer has, most first."""
        async with self._reading() as cases:
            return await cases.burdens(team)

    async def events(self, case_id: str) -> Sequence[Event]:
        """What happened to the case, in order. Raises CaseNotFound."""
        async with self._reading() as cases:
            return await cases.events(case_id)

    async def pressing(self, horizon: dt.datetime) -> Sequence[Case]:
        """The cases whose clock may have something to say: as `Cases.pressing`."""
        async with self._reading() as cases:
            return await cases.pressing(horizon)

    def _event(self, move: Move, by: Actor | Asker, text: str = "", **more: object) -> Event:
        about = {"move": move, "actor": Actor(id=by.id, name=by.name), "moment": self._clock(), "text": text}
        return Event.model_validate(about | more)

    async def _move(self, case_id: str, event: Event, *, once: bool = False) -> Case:
        """Make the move; with `once`, not again for the message that is its occasion."""
        async with self._changing() as cases:
            if event.move in SHARED:
                await cases.several()
            case = await (cases.once if once else cases.change)(case_id, event)
            await share(cases, event)
            return case

    @contextlib.asynccontextmanager
    async def _reading(self) -> AsyncIterator[Cases]:
        async with self._database.reading() as session:
            yield Cases(session, self._router)

    @contextlib.asynccontextmanager
    async def _changing(self) -> AsyncIterator[Cases]:
        async with self._database.writing() as session, self.changing(session) as cases:
            yield cases


def clean(text: str) -> str:
    """The text as it is kept: trimmed, line breaks as "\\n", and nothing that could garble what stands around it."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _GARBLING.sub("", unified).strip()
