"""A process that opens and answers cases, delivers, and is killed at one step of a delivery:

python -m tests.desk.worker DATABASE CHAT SLOT COUNT STEP PASS

It takes every second case (those of its slot, 0 or 1) and leaves out what was answered before it. When it passes STEP
for the PASSth time it kills itself with signal 9; until then there is no last case. With the step "none" it lives, and
takes no more cases than COUNT.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from collections.abc import Container, Iterator, Sequence

import httpx
import structlog
from sqlalchemy import func, select

from bot.database import Database
from bot.desk.case import Officer
from bot.desk.desk import Desk
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.faults import Faults, Step
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Delivery, Outbox, Undeliverable
from bot.desk.outbox_table import OutboxRow
from bot.people import Place
from tests.desk.examples import KARI, request

PLATFORM = "chat"
OFFICERS, ASKERS, GONE = "officers/", "asker/", "gone/"
"""The channels: of the officers and of each asker, and of one who has left. The rest of the name is the case's."""
EVERY_GONE = 4
"""Of so many askers one has left."""
NEVER = "none"
# Longer than what a busy machine may keep a message on its way: what is not there yet can't be found there.
PACE = Pace(concurrency=8, poll=0.05, lease=3.0)
PATIENT = Backoff(first=0.05, longest=0.4, attempts=200)
AT_ONCE = 6
MANY = 10
"""Times the count: more cases than that there are not, however many it takes until a step was passed."""


class Killing(Faults):
    """Kills this process at the nth pass of a step."""

    def __init__(self, step: str, passes: int) -> None:
        self._step = step
        self._left = passes

    def at(self, step: Step) -> None:
        if step == self._step:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


class ChatCourier:
    """Says things in the chat, once each: it looks for the key before it says something, as nobody else would know."""

    def __init__(self, client: httpx.AsyncClient, faults: Faults) -> None:
        self._client = client
        self._faults = faults

    async def deliver(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        own = delivery.kind not in {"case.opened", "case.changed"}
        await self._say(
            notice.place.channel if own else f"{OFFICERS}{notice.place.thread}", delivery.key, delivery.kind
        )

    async def give_up(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        await self._say(f"{OFFICERS}{notice.place.thread}", f"{delivery.key}#given_up", "given_up")

    async def _say(self, channel: str, key: str, kind: str) -> None:
        address = f"/channels/{channel}"
        said = (await self._client.get(address)).raise_for_status().json()
        if any(message["metadata"]["key"] == key for message in said):
            return
        self._faults.at(Step.SENDING)
        answer = await self._client.post(address, json={"text": kind, "metadata": {"key": key, "kind": kind}})
        if answer.status_code == httpx.codes.GONE:
            raise Undeliverable(f"{channel} is gone")
        answer.raise_for_status()
        self._faults.at(Step.SENT)


class Casework:
    """Opens and answers cases, the next when one is dealt with: so much is under way, and no more."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._desk = Desk(database, outbox, officer_platforms=(PLATFORM,))

    async def answered(self, numbers: Sequence[int]) -> Container[int]:
        """Those of the cases that are answered."""
        found = await self._desk.of_replies([f"reply-{number}" for number in numbers])
        return {number for number in numbers if (case := found.get(f"reply-{number}")) and case.answer}

    async def do(self, numbers: Iterator[int]) -> None:
        for number in numbers:
            await self._one(number)

    async def _one(self, number: int) -> None:
        # Who asked or answered and heard nothing does it again: with the reply's id and the text it is done once.
        place = place_of(number)
        case = await self._desk.open(request(f"reply-{number}", place=place))
        await self._desk.answer(case.id, Officer(id=KARI.id, name=KARI.name), f"Svar {number}")
        while await self._owed(place.channel, case.id):
            await asyncio.sleep(0.03)

    async def _owed(self, channel: str, case_id: str) -> int:
        lanes = (f"thread/{channel}/{channel.rpartition('/')[2]}", f"case/{case_id}")
        open_ = select(func.count(OutboxRow.id)).where(
            OutboxRow.lane.in_(lanes), OutboxRow.done_at.is_(None), OutboxRow.failed_at.is_(None)
        )
        async with self._database.reading() as session:
            return await session.scalar(open_) or 0


def place_of(number: int) -> Place:
    """Where the asker of that case is."""
    channel = f"{ASKERS if number % EVERY_GONE else GONE}{number}"
    return Place(platform=PLATFORM, channel=channel, thread=str(number))


async def main(address: str, url: str, slot: int, count: int, step: str, passes: int) -> None:
    """Work until killed or told to stop."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    database, faults = Database(address), Killing(step, passes)
    outbox, stop = Outbox(database, faults), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    work = Casework(database, outbox)
    before = await work.answered(range(slot, MANY * count, 2))
    every = range(slot, count, 2) if step == NEVER else itertools.count(slot, 2)
    numbers = (number for number in every if number not in before)
    async with httpx.AsyncClient(base_url=url) as client, asyncio.TaskGroup() as tasks:
        courier = ChatCourier(client, faults)
        tasks.create_task(Dispatcher(outbox, {PLATFORM: courier}, PATIENT, PACE, faults).run(stop))
        doing = [tasks.create_task(work.do(numbers)) for _ in range(AT_ONCE)]
        await stop.wait()
        for task in doing:
            task.cancel()
    await database.close()


if __name__ == "__main__":
    database, chat, slot, count, step, passes = sys.argv[1:]
    asyncio.run(main(database, chat, int(slot), int(count), step, int(passes)))
