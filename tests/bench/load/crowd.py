"""Askers in the web channel, and somebody who sees each reply when it stands there."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
import json
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence

import aiohttp
import numpy as np

CHANNEL = "naeringsliv"
WATCHER = {"rolle": "bygg"}
"""Who watches, of those whom the demo lets one be; who asks is the first of them."""
ENDLESS = aiohttp.ClientTimeout(total=None)
A_VISIT = 10
"""Questions that one browser asks."""
AHEAD = 2.0
"""Seconds that a browser opens the page before its first question is due."""
PATIENCE = 60.0
"""Seconds after which a request, or a reply that has not come, is an error."""


@dataclasses.dataclass
class Question:
    """One question's way, in seconds of this clock: when it was due, was taken, and its reply was seen."""

    text: str
    due: float
    taken: float = math.inf
    seen: float = math.inf
    error: str = ""

    @property
    def wait(self) -> float:
        """Seconds from when it was due until the reply was seen; none that did not come is left out of account."""
        return self.seen - self.due


class Crowd:
    """Asks over HTTP as browsers do, and hears of replies by the stream of live updates."""

    def __init__(self, urls: Sequence[str], session: aiohttp.ClientSession) -> None:
        self._urls = itertools.cycle(urls)
        self._session = session
        self._visits: dict[int, asyncio.Task[tuple[str, str]]] = {}
        self._waiting: dict[str, asyncio.Future[float]] = {}
        self._ready: dict[str, float] = {}

    async def ask_at_rate(self, texts: Iterator[str], rate: float, seconds: float, seed: int = 1) -> list[Question]:
        """Ask so many a second, as they come to mind (Poisson), whether the site keeps up or not; all of them, once
        each has its reply or was given up."""
        count = round(rate * seconds)
        gaps = np.random.default_rng(seed).exponential(1 / rate, count)
        start = time.perf_counter() + AHEAD
        every = [Question(text, start + at) for text, at in zip(texts, np.cumsum(gaps).tolist(), strict=False)]
        async with asyncio.TaskGroup() as group:
            for number, question in enumerate(every):
                # What is due later begins later: a hundred thousand sleeping tasks would be work of their own.
                await _until(question.due - AHEAD)
                if number % A_VISIT == 0:
                    self._begin_visit(number // A_VISIT)
                group.create_task(self._ask(question, number // A_VISIT))
        return every

    async def ask_in_turn(self, texts: Iterator[str], count: int, at_once: int) -> AsyncIterator[int]:
        """Ask so many in all, the next one when a reply has come; yields after each how many there have been."""
        numbers, done = iter(range(count)), asyncio.Queue[Question]()

        async def asker() -> None:
            for number in numbers:
                if number // A_VISIT not in self._visits:
                    self._begin_visit(number // A_VISIT)
                question = Question(next(texts), time.perf_counter())
                await self._ask(question, number // A_VISIT)
                done.put_nowait(question)

        async with asyncio.TaskGroup() as group:
            for _ in range(at_once):
                group.create_task(asker())
            for number in range(1, count + 1):
                if error := (await done.get()).error:
                    raise RuntimeError(f"question {number} got no reply: {error}")
                yield number

    @contextlib.asynccontextmanager
    async def listening(self, watchers: int = 0) -> AsyncIterator[None]:
        """See replies while the block runs; so many others look at the channel meanwhile, as people do. None of them
        is one of those who ask, to whom their own messages look otherwise."""
        url, cookie = await self._open_page(next(self._urls))
        headers = {"Cookie": cookie, "Origin": url}
        async with self._session.post(f"{url}/rolle", data=WATCHER, headers=headers, allow_redirects=False) as response:
            cookie = _cookies(response)
        tasks = [asyncio.create_task(self._listen(url, cookie, heed=number == 0)) for number in range(watchers + 1)]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _begin_visit(self, visit: int) -> None:
        self._visits[visit] = asyncio.create_task(self._open_page(next(self._urls)))
        self._visits.pop(visit - 1000, None)

    async def _open_page(self, url: str) -> tuple[str, str]:
        async with self._session.get(url, headers={"Accept": "text/html"}) as response:
            await response.read()
            return url, _cookies(response)

    async def _ask(self, question: Question, visit: int) -> None:
        try:
            url, cookie = await self._visits[visit]
            await _until(question.due)
            async with asyncio.timeout(PATIENCE):
                await self._post(question, url, cookie)
        except (aiohttp.ClientError, TimeoutError) as error:
            question.error = type(error).__name__

    async def _post(self, question: Question, url: str, cookie: str) -> None:
        form = {"tekst": question.text, "kanal": CHANNEL}
        headers = {"Accept": "application/json", "Cookie": cookie, "Origin": url}
        async with self._session.post(f"{url}/spor", data=form, headers=headers) as response:
            if not response.ok:
                question.error = f"HTTP {response.status}"
                return
            asked, reply = (message["id"] for message in (await response.json())["messages"])
        question.taken = time.perf_counter()
        if reply not in self._ready:
            self._waiting[reply] = asyncio.get_running_loop().create_future()
            question.seen = await self._waiting[reply]
        else:
            question.seen = self._ready.pop(reply)
        self._ready.pop(asked, None)

    async def _listen(self, url: str, cookie: str, *, heed: bool) -> None:
        last = 0
        while True:
            where = f"{url}/hendelser?kanal={CHANNEL}&etter={last}"
            with contextlib.suppress(aiohttp.ClientError):
                async with self._session.get(where, headers={"Cookie": cookie}, timeout=ENDLESS) as stream:
                    async for line in stream.content:
                        if line.startswith(b"id:"):
                            last = int(line[3:])
                        elif heed and line.startswith(b"data:"):
                            self._heed(line[5:])

    def _heed(self, data: bytes) -> None:
        moment = time.perf_counter()
        for message in json.loads(data):
            if 'aria-busy="true"' not in message["html"]:
                if waiting := self._waiting.pop(message["id"], None):
                    if not waiting.done():
                        waiting.set_result(moment)
                else:
                    self._ready[message["id"]] = moment


@contextlib.asynccontextmanager
async def crowd(urls: Sequence[str], watchers: int = 0) -> AsyncIterator[Crowd]:
    """Askers who are there while the block runs."""
    # The server closes what is idle for five seconds, and must not do it while a question is on its way.
    unlimited = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
    async with aiohttp.ClientSession(
        connector=unlimited, cookie_jar=aiohttp.DummyCookieJar(), read_bufsize=2**22, max_line_size=2**22
    ) as session:
        asking = Crowd(urls, session)
        async with asking.listening(watchers):
            yield asking


def errors(every: Sequence[Question]) -> Counter[str]:
    """How many got no reply, by what went wrong."""
    return Counter(question.error for question in every if question.error)


def _cookies(response: aiohttp.ClientResponse) -> str:
    return "; ".join(f"{each.key}={each.value}" for each in response.cookies.values())


async def _until(moment: float) -> None:
    if (left := moment - time.perf_counter()) > 0:
        await asyncio.sleep(left)
