"""Many questions while much goes wrong: events that come twice, an API that fails, a process that is killed."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import dataclasses
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any

import httpx

from tests.peers.ports import free_port
from tests.peers.slack import Slack

QUESTIONS = ("Kan jeg skjenke øl?", "Hva koster skilt?")
CONCURRENCY = 50
_FAILURES = ("500", "429", "lost", "gone")
_PATIENCE = 1_800.0


@dataclasses.dataclass(frozen=True)
class Outcome:
    """How many threads have how many answers of the bot, and how many answers are not whole."""

    answers: collections.Counter[int]
    unfinished: int
    duplicates: int
    failures: int
    kills: int


class Trial:
    """Asks the bot, as a process of its own, so many questions and counts what comes."""

    def __init__(self, slack: Slack, address: str, count: int, seed: int = 1) -> None:
        self._slack = slack
        self._address = address
        self._count = count
        self._port = free_port()
        self._random = random.Random(seed)
        self._acknowledged = 0
        self._duplicates = 0
        self._process: subprocess.Popen[bytes] | None = None

    async def run(self, *, share: float = 0.05, kills: int = 3) -> Outcome:
        """Ask everything; that share of the events comes twice, that share of the API's calls fails."""
        self._slack.bot_url = f"http://127.0.0.1:{self._port}"
        self._slack.fault(share=share, kinds=_FAILURES)
        asked = [self._slack.write("C1", "UKAFE", QUESTIONS[n % len(QUESTIONS)]) for n in range(self._count)]
        async with self._bot():
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._kill(kills))
                events = iter([(message, self._random.random() < share) for message in asked])
                for _ in range(CONCURRENCY):
                    tasks.create_task(self._send(events))
            await self._settled()
        return self._outcome(asked, kills)

    async def _send(self, events: Any) -> None:
        for message, twice in events:
            event = self._slack.event("C1", message)
            await self._insist(event)
            if twice:
                self._duplicates += 1
                await self._insist(event, **{"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"})
            self._acknowledged += 1

    async def _insist(self, event: dict[str, Any], **headers: str) -> None:
        async with asyncio.timeout(_PATIENCE):
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await self._slack.send(event, **headers)).status_code == 200:
                        return
                await asyncio.sleep(0.1)

    async def _kill(self, kills: int) -> None:
        for number in range(1, kills + 1):
            while self._acknowledged < self._count * number / (kills + 1):
                await asyncio.sleep(0.01)
            await asyncio.to_thread(self._restart)

    @contextlib.asynccontextmanager
    async def _bot(self) -> AsyncIterator[None]:
        await asyncio.to_thread(self._restart)
        try:
            yield
        finally:
            await asyncio.to_thread(self._end)

    def _restart(self) -> None:
        self._end()
        command = [sys.executable, "-m", "tests.slack.process", self._address, self._slack.url, str(self._port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def _end(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()

    async def _settled(self) -> None:
        """Return when everything is answered, and nothing more has come for a while."""
        async with asyncio.timeout(_PATIENCE):
            calm, before = 0, -1
            while calm < 20:
                await asyncio.sleep(0.5)
                now = len(self._slack.calls)
                threads = {each["thread_ts"] for each in self._slack.channels["C1"] if each.get("bot_id")}
                calm = calm + 1 if len(threads) >= self._count and now == before else 0
                before = now

    def _outcome(self, asked: list[Any], kills: int) -> Outcome:
        said = [each for each in self._slack.channels["C1"] if each.get("bot_id")]
        of_thread = collections.Counter(each["thread_ts"] for each in said)
        return Outcome(
            answers=collections.Counter(of_thread[message["ts"]] for message in asked),
            unfinished=sum(each.get("streaming_state") == "in_progress" for each in said),
            duplicates=self._duplicates,
            failures=self._slack.faults.drawn,
            kills=kills,
        )
