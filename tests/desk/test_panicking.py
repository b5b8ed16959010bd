"""Code in Rust, which the library stands on, ends in what is no Exception. It must not take anything down here."""

from __future__ import annotations

import asyncio
from pathlib import Path

from structlog.testing import capture_logs

from bot.database import Database
from bot.desk.background import look_again
from bot.desk.dispatcher import Backoff, Dispatcher, Pace
from bot.desk.outbox import Delivery, Outbox
from knowledge.lexical import LexicalIndex
from tests.desk.examples import Mailbox, delivery, eventually, put, running
from tests.knowledge.test_lexical_damaged import TEXTS, damage


class Panicking(Mailbox):
    """A courier that meets with a damaged index at its first attempt, and nobody guards it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.calls = 0
        self._index = LexicalIndex(folder)
        self._index.add(TEXTS)
        damage(folder, size=200)

    async def deliver(self, delivery: Delivery) -> None:
        self.calls += 1
        if self.calls == 1:
            self.panic()
        await super().deliver(delivery)

    def panic(self) -> None:
        for text in TEXTS.values():
            self._index._rarity("grams", self._index.grams(text))
        raise AssertionError("nothing happened")


async def test_a_delivery_whose_courier_panics_is_tried_again_at_once_and_not_when_its_lease_runs_out(
    database: Database, outbox: Outbox, tmp_path: Path
) -> None:
    courier = Panicking(tmp_path)
    await put(database, outbox, delivery("a"))
    with capture_logs() as log:
        async with running(Dispatcher(outbox, {"web": courier}, Backoff(first=0.02), Pace(poll=0.02, lease=600))):
            await eventually(lambda: courier.keys == ["a"])
    (line,) = [each for each in log if each["event"] == "outbox.postponed"]
    assert line["error"].startswith("Panicked: ")


async def test_a_job_that_panics_looks_again(tmp_path: Path) -> None:
    courier, stop = Panicking(tmp_path), asyncio.Event()
    looks = 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        if looks > 1:
            return stop.set()
        courier.panic()

    with capture_logs() as log:
        await asyncio.wait_for(look_again(look, stop, 0.01, "library.not_mended"), 30)
    assert [(each["event"], each["error"]) for each in log] == [("library.not_mended", "Panicked")]
