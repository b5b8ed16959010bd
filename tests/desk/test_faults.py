"""Whatever a process is killed at, everybody hears of everything once."""

from __future__ import annotations

import pytest

from bot.database import Database
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.faults import Faults, Step
from bot.desk.outbox import Outbox, Undeliverable
from tests.desk.examples import Faulty, delivery, eventually, put, running
from tests.desk.faults import Trial

QUICK = Backoff(first=0.01, longest=0.01, attempts=3)


class Noting(Faults):
    """Keeps the steps that were passed."""

    def __init__(self) -> None:
        self.passed: list[Step] = []

    def at(self, step: Step) -> None:
        self.passed.append(step)


ARRIVES = [Step.LEASED, Step.ARRIVED, Step.DONE]
FAILS = [Step.LEASED, Step.POSTPONED]
TELLS = [Step.PUTTING, Step.GIVING_UP, Step.PUT, Step.GIVEN_UP, Step.LEASED, Step.TELLING, Step.TOLD, Step.DONE]


@pytest.mark.parametrize(
    ("errors", "passed"),
    [
        ((), ARRIVES),
        ((ConnectionError("down"),), [*FAILS, *ARRIVES]),
        ((Undeliverable("gone"),), [Step.LEASED, *TELLS]),
        ((ConnectionError("down"),) * 3, [*FAILS, *FAILS, Step.LEASED, *TELLS]),
    ],
    ids=["arrives", "arrives later", "gone", "given up"],
)
async def test_a_delivery_passes_its_steps_in_order(
    database: Database, errors: tuple[Exception, ...], passed: list[Step]
) -> None:
    noting = Noting()
    outbox, courier = Outbox(database, noting), Faulty(a=list(errors))
    await put(database, outbox, delivery("a"))
    # One at a time: what is owed by giving up could else be taken before it is noted that the other is given up.
    async with running(Dispatcher(outbox, {"web": courier}, QUICK, Pace(concurrency=1, poll=0.01), noting)):
        await eventually(lambda: noting.passed[-1] is Step.DONE)
    assert noting.passed == [Step.PUTTING, Step.PUT, *passed]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_workers_that_are_killed_at_every_step_lose_and_double_nothing(address: str) -> None:
    outcome = await Trial(address, count=60, rounds=1).run()
    assert (outcome.lost, outcome.doubled) == (0, 0), str(outcome)
    assert outcome.kills == dict.fromkeys(Step, 1)
    assert outcome.cases >= 60
    assert outcome.owed.waiting == 0
    assert outcome.owed.failed
    assert outcome.failures
