from __future__ import annotations

import asyncio
import itertools

import pytest

from ingest.fetching import FetchError, Pace


class Clock:
    """Time that passes only where somebody sleeps or works."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(0.5, clock=clock, sleep=clock.sleep)


async def test_a_host_is_asked_one_thing_at_a_time_and_not_too_often(pace: Pace, clock: Clock) -> None:
    began: list[float] = []
    at_once = most_at_once = 0

    async def ask() -> None:
        nonlocal at_once, most_at_once
        async with pace.turn("a.no", "https://a.no/x"):
            began.append(clock.now)
            at_once += 1
            most_at_once = max(most_at_once, at_once)
            await clock.sleep(0.2)
            at_once -= 1

    await asyncio.gather(*(ask() for _ in range(4)))
    assert most_at_once == 1
    assert all(later - earlier >= 0.7 - 1e-9 for earlier, later in itertools.pairwise(began))


async def test_hosts_do_not_wait_for_each_other(pace: Pace, clock: Clock) -> None:
    for host in ("a.no", "b.no", "c.no"):
        async with pace.turn(host, host):
            pass
    assert clock.now == 1000.0


async def test_a_host_that_asks_for_it_is_asked_more_slowly(pace: Pace, clock: Clock) -> None:
    pace.slow_down("a.no", 10)
    for _ in range(3):
        async with pace.turn("a.no", "a"):
            pass
    assert clock.now == 1020.0


@pytest.mark.parametrize(("failures", "rest"), [(1, 0), (2, 0), (3, 60), (4, 120), (5, 240), (9, 3600), (50, 3600)])
async def test_a_host_that_keeps_failing_is_left_alone_for_longer_and_longer(
    pace: Pace, clock: Clock, failures: int, rest: float
) -> None:
    for _ in range(failures):
        pace.failed("a.no")
    if rest:
        clock.now += rest - 1
        with pytest.raises(FetchError, match=r"https://a\.no/x: a\.no is left alone for another 1 s"):
            async with pace.turn("a.no", "https://a.no/x"):
                pass
        clock.now += 1
    async with pace.turn("a.no", "https://a.no/x"):
        pass


async def test_a_host_that_answers_again_is_forgiven(pace: Pace) -> None:
    for _ in range(2):
        pace.failed("a.no")
        pace.failed("a.no")
        pace.answered("a.no")
    async with pace.turn("a.no", "a"):
        pass
