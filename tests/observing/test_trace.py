"""The id that goes with a question, through whatever it goes."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.contextvars import get_contextvars

from bot.database import Database
from bot.desk.background import look_again
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Delivery, Outbox, Undeliverable
from bot.desk.owing import Owing
from bot.error_ids import new_error_id
from bot.observing.trace import Trace, carried, current, followed, new_trace, read
from tests.databases import KINDS, Databases
from tests.desk.examples import Faulty, delivery, eventually, put, running

HEX = st.text("0123456789abcdef", min_size=16, max_size=16)


@given(id_=st.tuples(HEX, HEX).map("".join), span=HEX, sampled=st.booleans())
def test_what_is_carried_is_read_again(id_: str, span: str, sampled: bool) -> None:
    trace = Trace(id_, span, sampled)
    assert read(trace.carried) == trace
    assert trace.has_span == (set(span) != {"0"})


@given(st.text(max_size=80))
def test_whatever_else_is_read_is_no_trace(text: str) -> None:
    assert read(text) is None or text.startswith("00-")


async def test_tasks_and_threads_are_part_of_the_trace_that_they_were_begun_in() -> None:
    async def look() -> tuple[Trace | None, Trace | None, object]:
        return current(), await asyncio.to_thread(current), get_contextvars().get("trace")

    first, second = new_trace(), new_trace()
    with followed(first):
        inside = asyncio.create_task(look())
        with followed(second):
            further = asyncio.create_task(look())
        assert current() == first
    assert await inside == (first, first, first.id)
    assert await further == (second, second, second.id)
    assert await look() == (None, None, None)
    assert carried() == ""


def test_an_error_is_called_what_the_trace_begins_with() -> None:
    with followed(trace := new_trace()):
        assert new_error_id() == new_error_id() == trace.error_id
        assert trace.id.startswith(trace.error_id)
    assert new_error_id() != new_error_id()


async def test_an_error_ends_no_trace_but_its_own() -> None:
    with followed(first := new_trace()):
        with pytest.raises(LookupError), followed(new_trace()):
            raise LookupError
        assert current() == first
    assert current() is None


class Noticing(Faulty):
    """A courier that notes which trace each delivery is part of."""

    def __init__(self, **errors: list[Exception]) -> None:
        super().__init__(**errors)
        self.traces: list[tuple[str, str]] = []

    async def deliver(self, delivery: Delivery) -> None:
        self._note("deliver")
        await super().deliver(delivery)

    async def give_up(self, delivery: Delivery) -> None:
        self._note("give up")
        await super().give_up(delivery)

    def _note(self, what: str) -> None:
        trace = current()
        self.traces.append((what, trace.id if trace else ""))


@pytest.mark.parametrize("kind", KINDS)
async def test_a_delivery_is_part_of_what_made_it_owed_in_another_process_at_every_attempt(
    kind: str, databases: Databases
) -> None:
    async with databases.ready(kind) as address:
        here, there = Database(address), Database(address)
        with followed(begun := new_trace()):
            await put(here, Outbox(here), delivery("a"))
        courier = Noticing(a=[OSError("away"), Undeliverable("gone")])
        async with running(Dispatcher(Outbox(there), {"web": courier}, Backoff(first=0.01), Pace(poll=0.01))):
            await eventually(lambda: courier.given_up == ["a"])
        await here.close()
        await there.close()
    assert courier.traces == [("deliver", begun.id), ("deliver", begun.id), ("give up", begun.id)]


async def test_what_is_owed_at_once_is_part_of_different_traces(databases: Databases) -> None:
    async with databases.ready("sqlite") as address:
        database = Database(address)
        outbox = Outbox(database)
        owing, begun = Owing("slack", database, outbox), [new_trace() for _ in range(20)]

        async def hear(trace: Trace) -> None:
            with followed(trace):
                await owing.owe("reply", f"reply:{trace.id}", trace.id, {})

        await asyncio.gather(*map(hear, begun))
        kept = {owed.delivery.key: read(owed.delivery.trace) for owed in await outbox.waiting()}
        await database.close()
    assert kept == {f"reply:{trace.id}": trace for trace in begun}


async def test_what_a_job_does_each_time_is_a_trace_of_its_own() -> None:
    seen, stop = [], asyncio.Event()

    async def look() -> None:
        seen.append(carried())
        if len(seen) == 3:
            stop.set()

    await look_again(look, stop, 0.0, "looking.failed")
    assert len(set(seen)) == 3
    assert "" not in seen
