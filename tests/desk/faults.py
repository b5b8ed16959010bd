"""Many cases while much goes wrong: workers that are killed at every step of a delivery, and a platform that fails."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import random
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

from bot.database import Database
from bot.desk.case import CaseState
from bot.desk.desk import Desk
from bot.desk.faults import Step
from bot.desk.outbox import Outbox
from bot.desk.tally import Tally, tally
from tests.desk.worker import GONE, MANY, NEVER, OFFICERS, place_of
from tests.peers.chat import Chat, running

_ROOT = Path(__file__).parents[2]
_PATIENCE = 1_800.0
_FAILING = 0.1
"""The share of what the platform is sent that it doesn't take well."""
_RARE = {Step.POSTPONED, Step.GIVING_UP, Step.GIVEN_UP, Step.TELLING, Step.TOLD}
"""Steps that only some deliveries come to: one is killed at the first of them, or else at any of the first few."""
_FEW = 6


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How it went. Something is `lost` where it was owed to somebody and is not there, `doubled` where it is twice."""

    cases: int
    kills: Mapping[str, int]
    failures: Mapping[str, int]
    lost: int
    doubled: int
    owed: Tally

    def __str__(self) -> str:
        kills = ", ".join(f"{step} {self.kills[step]}" for step in Step)
        failures = ", ".join(f"{count} {kind}" for kind, count in sorted(self.failures.items()))
        return (
            f"{self.cases} cases, {sum(self.kills.values())} kills ({kills}), "
            f"{sum(self.failures.values())} failures of the platform ({failures}), "
            f"{self.owed.failed} deliveries given up and told: {self.lost} lost, {self.doubled} doubled"
        )


class Trial:
    """Has two workers on one database open and answer so many cases, each killed at one step after another."""

    def __init__(self, address: str, count: int, rounds: int, seed: int = 1) -> None:
        self._address = address
        self._count = count
        self._rounds = rounds
        self._random = random.Random(seed)
        self._kills: collections.Counter[str] = collections.Counter()

    async def run(self) -> Outcome:
        """Let everything happen, and count what is there in the end."""
        async with running(Chat(_FAILING, gone=[GONE])) as chat:
            plan = iter([step for _ in range(self._rounds) for step in Step])
            async with asyncio.timeout(_PATIENCE):
                await asyncio.gather(*(self._slot(slot, chat, plan) for slot in range(2)))
            return await self._outcome(chat)

    async def _slot(self, slot: int, chat: Chat, plan: Iterator[Step]) -> None:
        """One worker after another, each of which is killed; the last one lives until all is delivered."""
        for step in plan:
            passes = 1 if step in _RARE else self._random.randint(1, _FEW)
            async with self._worker(slot, chat, step, passes) as worker:
                if await worker.wait() == -9:
                    self._kills[step] += 1
        async with self._worker(slot, chat, NEVER, 0) as worker, self._database() as database:
            # What is answered is owed from then on: looked at in this order, nothing falls in between.
            desk = Desk(database, Outbox(database))
            while (await desk.counts())[CaseState.ANSWERED] < self._count or (await tally(database)).waiting:
                assert worker.returncode is None, "the last worker has ended by itself"
                await asyncio.sleep(0.1)

    @contextlib.asynccontextmanager
    async def _worker(self, slot: int, chat: Chat, step: str, passes: int) -> AsyncIterator[asyncio.subprocess.Process]:
        about = (self._address, chat.url, str(slot), str(self._count), step, str(passes))
        command = (sys.executable, "-m", "tests.desk.worker", *about)
        worker = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL, cwd=_ROOT)
        try:
            yield worker
        finally:
            if worker.returncode is None:
                worker.terminate()
                await worker.wait()

    @contextlib.asynccontextmanager
    async def _database(self) -> AsyncIterator[Database]:
        database = Database(self._address)
        yield database
        await database.close()

    async def _cases(self, database: Database) -> list[int]:
        """The numbers of those who have asked and were answered."""
        numbers = range(MANY * self._count)
        found = await Desk(database, Outbox(database)).of_replies([f"reply-{number}" for number in numbers])
        return [number for number in numbers if (case := found.get(f"reply-{number}")) and case.answer]

    async def _outcome(self, chat: Chat) -> Outcome:
        async with self._database() as database:
            cases, owed = await self._cases(database), await tally(database)
        # Whether something is lost is not for the outbox to say: what each case brings with it is known beforehand.
        expected = collections.Counter(each for number in cases for each in _expected(number))
        messages = [(channel, message) for channel, there in chat.said.items() for message in there]
        said = collections.Counter((channel, message["text"]) for channel, message in messages)
        keys = collections.Counter(message["metadata"]["key"] for _, message in messages)
        return Outcome(
            cases=len(cases),
            kills=self._kills,
            failures=chat.failures,
            lost=(expected - said).total(),
            doubled=max(sum(count > expected[each] > 0 for each, count in said.items()), keys.total() - len(keys)),
            owed=owed,
        )


def _expected(number: int) -> Iterator[tuple[str, str]]:
    """What is to be said because of a case: where, and what."""
    asker, officers = place_of(number).channel, f"{OFFICERS}{number}"
    yield from ((officers, "case.opened"), (officers, "case.changed"))
    yield (officers, "given_up") if asker.startswith(GONE) else (asker, "case.answered")
