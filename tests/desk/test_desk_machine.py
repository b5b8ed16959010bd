"""Whatever people do to several cases, in whatever order, on a real database: the desk stays true to its table."""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from bot.database import Database, now
from bot.desk.audit import Audit
from bot.desk.case import (
    OPEN,
    SHARED,
    SYSTEM,
    TO_ASKER,
    Actor,
    Case,
    CaseState,
    Event,
    IllegalMove,
    Move,
    Officer,
    Refusal,
)
from bot.desk.desk import Desk
from bot.desk.moves import apply
from bot.desk.outbox import Outbox
from bot.desk.outbox_table import OutboxRow
from bot.migrations import migrate
from bot.people import Asker
from tests.desk.examples import KARI, OLA, request

TEXTS = st.sampled_from(["Ja.", "Ja.", "Nei.", ""])
T = TypeVar("T")
OFFICERS = st.sampled_from([KARI, OLA])


@functools.cache
def empty() -> bytes:
    """A database without cases, as a file: to migrate one takes longer than what is tried with it."""

    async def make(file: Path) -> None:
        database = Database(f"sqlite+aiosqlite:///{file}")
        await migrate(database)
        await database.close()

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "empty.db"
        asyncio.run(make(file))
        return file.read_bytes()


class Deskwork(RuleBasedStateMachine):
    """Officers and askers at work, and a model that is nothing but the table."""

    cases = Bundle("cases")

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.new_event_loop()
        self._folder = tempfile.TemporaryDirectory()
        file = Path(self._folder.name) / "desk.db"
        file.write_bytes(empty())
        self._database = Database(f"sqlite+aiosqlite:///{file}")
        self._desk = Desk(self._database, Outbox(self._database), officer_platforms=("slack",))
        self._model: dict[str, Case] = {}
        self._askers: dict[str, Asker] = {}
        self._said: dict[str, Move] = {}

    def teardown(self) -> None:
        self.every_answer_is_owed_once_and_the_log_holds()
        self._run(self._database.close())
        self._loop.close()
        self._folder.cleanup()

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    @initialize(target=cases)
    def begin(self) -> str:
        return self._opened()

    @rule(target=cases)
    def open(self) -> str:
        return self._opened()

    def _opened(self) -> str:
        number = len(self._model) + 1
        asker = Asker(id=f"asker-{number}", name=f"Firma {number}")
        case = self._run(self._desk.open(request(f"reply-{number}", asker=asker)))
        self._model[case.id], self._askers[case.id] = case, asker
        return case.id

    @rule(target=cases, into=cases, officer=OFFICERS)
    def open_the_same(self, into: str, officer: Officer) -> str:
        """Without this, merged cases that are answered afterwards would be rare."""
        case = self._opened()
        self.merge(case, into, officer)
        return case

    @rule(case=cases, officer=OFFICERS)
    def claim(self, case: str, officer: Officer) -> None:
        self._do(case, Move.CLAIMED, officer, self._desk.claim(case, officer))

    @rule(case=cases, officer=OFFICERS)
    def release(self, case: str, officer: Officer) -> None:
        self._do(case, Move.RELEASED, officer, self._desk.release(case, officer))

    @rule(case=cases, officer=OFFICERS, to=OFFICERS)
    def reassign(self, case: str, officer: Officer, to: Officer) -> None:
        self._do(case, Move.REASSIGNED, officer, self._desk.reassign(case, officer, to), to=to)

    @rule(case=cases, officer=OFFICERS)
    def send_back(self, case: str, officer: Officer) -> None:
        self._do(case, Move.RETURNED, officer, self._desk.send_back(case, officer))

    @rule(case=cases, officer=OFFICERS, text=TEXTS)
    def ask_back(self, case: str, officer: Officer, text: str) -> None:
        self._do(case, Move.ASKED_BACK, officer, self._desk.ask_back(case, officer, text), text=text)

    @rule(case=cases, officer=OFFICERS, text=TEXTS)
    def answer(self, case: str, officer: Officer, text: str) -> None:
        self._do(case, Move.ANSWERED, officer, self._desk.answer(case, officer, text), text=text)

    @rule(case=cases, text=TEXTS, ref=st.integers(0, 10_000).map(str))
    def follow_up(self, case: str, text: str, ref: str) -> None:
        asker = self._askers[case]
        known = [event.ref for event in self._run(self._desk.events(case))]
        if ref not in known:
            work = self._desk.follow_up(case, asker, text, ref)
            self._do(case, Move.FOLLOWED_UP, asker, work, text=text, ref=ref)

    @rule(case=cases)
    def withdraw(self, case: str) -> None:
        waiting = self._merged_into(case)
        self._do(case, Move.WITHDRAWN, self._askers[case], self._desk.withdraw(case, self._askers[case]))
        if self._model[case].state is CaseState.WITHDRAWN:
            self._follow([(each, Event(move=Move.REOPENED, actor=SYSTEM, moment=now())) for each in waiting])

    @rule(case=cases)
    def say_it_helped(self, case: str) -> None:
        self._do(case, Move.HELPED, self._askers[case], self._desk.helped(case, self._askers[case]))

    @rule(case=cases, officer=OFFICERS)
    def close(self, case: str, officer: Officer) -> None:
        self._do(case, Move.CLOSED, officer, self._desk.close(case, officer))

    @rule(case=cases, officer=OFFICERS, by_asker=st.booleans())
    def reopen(self, case: str, officer: Officer, by_asker: bool) -> None:
        by = self._askers[case] if by_asker else officer
        self._do(case, Move.REOPENED, by, self._desk.reopen(case, by))

    @rule(case=cases)
    def nudge(self, case: str) -> None:
        event = Event(move=Move.NUDGED, actor=SYSTEM, moment=now())
        self._do(case, Move.NUDGED, SYSTEM, self._desk.ring(case, event))

    @rule(case=cases, officer=OFFICERS, watches=st.booleans())
    def watch(self, case: str, officer: Officer, watches: bool) -> None:
        move, work = (Move.WATCHED, self._desk.watch) if watches else (Move.UNWATCHED, self._desk.unwatch)
        self._do(case, move, officer, work(case, officer))

    @rule(case=cases, into=cases, officer=OFFICERS)
    def merge(self, case: str, into: str, officer: Officer) -> None:
        main = self._model[into]
        if case == into or main.state not in OPEN | {CaseState.ANSWERED}:
            assert self._refusal(self._desk.merge(case, officer, into)) is not None
            return
        moves = [(case, Event(move=Move.MERGED, actor=officer, moment=now(), into=into))]
        refused = self._expected(moves)
        if refused is None:
            for other in self._merged_into(case):
                moves.append((other, Event(move=Move.REOPENED, actor=officer, moment=now())))
                moves.append((other, Event(move=Move.MERGED, actor=officer, moment=now(), into=into)))
            if main.state is CaseState.ANSWERED and main.officer:
                answered = Event(
                    move=Move.ANSWERED, actor=main.officer, moment=now(), text=main.answer or "", into=into
                )
                moves += [(each, answered) for each in (case, *self._merged_into(case))]
        assert self._refusal(self._desk.merge(case, officer, into)) == refused
        if refused is None:
            self._follow(moves)

    @invariant()
    def the_desk_is_where_the_model_is(self) -> None:
        for case_id, expected in self._model.items():
            assert essence(self._run(self._desk.get(case_id))) == essence(expected)

    @invariant()
    def nobody_is_left_behind(self) -> None:
        """Who waits in a merged case waits for one that can still be answered, or parted."""
        for case in self._model.values():
            if case.state is CaseState.MERGED and case.merged_into:
                assert self._model[case.merged_into].state in OPEN

    def every_answer_is_owed_once_and_the_log_holds(self) -> None:
        answers = [
            (case_id, version)
            for case_id in self._model
            for version, event in enumerate(self._run(self._desk.events(case_id)), start=1)
            if event.move is Move.ANSWERED
        ]
        owed = self._run(self._owed("case.answered"))
        assert sorted(owed) == sorted(f"case.answered:{case_id}:{version}:web" for case_id, version in answers)
        verdict = self._run(Audit(self._database).verify())
        assert not verdict.faults
        assert verdict.entries == sum(len(self._run(self._desk.events(each))) for each in self._model)

    async def _owed(self, kind: str) -> Sequence[str]:
        async with self._database.reading() as session:
            return (await session.scalars(select(OutboxRow.key).where(OutboxRow.kind == kind))).all()

    def _do(self, case_id: str, move: Move, by: Actor | Asker, work: Coroutine[Any, Any, Case], **more: Any) -> None:
        event = Event(move=move, actor=Actor(id=by.id, name=by.name), moment=now(), **more)
        moves = [(case_id, event)]
        refused = self._expected(moves)
        if refused is None and move in SHARED and apply(self._model[case_id], event) is not self._model[case_id]:
            moves += [(other, self._shared(other, event, case_id)) for other in self._merged_into(case_id)]
        assert self._refusal(work) == refused
        if refused is None:
            self._follow(moves)

    def _shared(self, other: str, event: Event, main: str) -> Event:
        """What comes to a case with the one it is merged into: it is parted, not closed, where its asker wrote last."""
        waits = self._model[other].state in {CaseState.MERGED, CaseState.ANSWERED}
        if event.move is Move.CLOSED and waits and self._said.get(other) is Move.FOLLOWED_UP:
            return Event(move=Move.REOPENED, actor=SYSTEM, moment=event.moment)
        return event.model_copy(update={"into": main})

    def _expected(self, moves: Sequence[tuple[str, Event]]) -> Refusal | None:
        case_id, event = moves[0]
        try:
            apply(self._model[case_id], event)
        except IllegalMove as error:
            return error.refusal
        return None

    def _refusal(self, work: Coroutine[Any, Any, Case]) -> Refusal | None:
        try:
            self._run(work)
        except IllegalMove as error:
            return error.refusal
        return None

    def _merged_into(self, case_id: str) -> list[str]:
        return [each.id for each in self._model.values() if each.merged_into == case_id]

    def _follow(self, moves: Sequence[tuple[str, Event]]) -> None:
        for number, (case_id, event) in enumerate(moves):
            try:
                self._model[case_id] = apply(self._model[case_id], event)
            except IllegalMove:
                assert number  # only what comes along with the first may be refused
                continue
            if event.move in {Move.FOLLOWED_UP, Move.MERGED, *TO_ASKER}:
                self._said[case_id] = event.move


def essence(case: Case) -> dict[str, Any]:
    """The case without moments, which the model makes at other times."""
    kept = {"id", "state", "officer", "answer", "asked", "merged_into", "version", "helped", "not_ours", "watchers"}
    return case.model_dump(include=kept)


class LongDeskwork(Deskwork):
    """The same, for as long as it takes to come everywhere."""


def _of(examples: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=20,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],  # on a real database, to look for a shorter example takes minutes
    )


TestDeskwork = Deskwork.TestCase
TestDeskwork.settings = _of(8)

TestLongDeskwork = pytest.mark.slow(LongDeskwork.TestCase)
TestLongDeskwork.settings = _of(50)
