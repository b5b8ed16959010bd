from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.breaker import Breaker, NotTried


class Away(Exception):
    """Not there."""


class Part:
    """Something that can be away, a clock, and what is heard of it."""

    def __init__(self, after: int = 1) -> None:
        self.now = 0.0
        self.away = False
        self.asked = 0
        self.heard: list[str] = []
        self.breaker = Breaker(
            lambda error: isinstance(error, Away),
            lambda error: self.heard.append("away" if error else "back"),
            pause=5.0,
            after=after,
            clock=lambda: self.now,
        )

    def ask(self) -> str:
        """Ask it through the breaker; what came of that."""
        try:
            return self.call(self._answer)
        except (Away, NotTried) as error:
            return type(error).__name__

    def call(self, work: Callable[[], str]) -> str:
        with self.breaker.attempt():
            return work()

    def _answer(self) -> str:
        self.asked += 1
        if self.away:
            raise Away
        return "here"


def test_that_it_was_away_is_known_for_as_long_as_is_asked_for_and_until_it_is_back() -> None:
    part = Part()
    assert not part.breaker.was_away(60)
    part.away = True
    part.ask()
    part.now = 59.0
    assert part.breaker.was_away(60)
    part.now = 61.0
    assert not part.breaker.was_away(60), "nobody has asked it since"
    part.ask()
    assert part.breaker.was_away(60)
    part.now, part.away = 70.0, False
    part.ask()
    assert not part.breaker.was_away(60)


@contextlib.contextmanager
def under_way(part: Part) -> Iterator[None]:
    """A call that has begun, and is answered where the block ends."""
    begun, answered = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        assert answered.wait(10)
        return "here"

    with ThreadPoolExecutor() as threads:
        call = threads.submit(part.call, slow)
        assert begun.wait(10)
        yield
        answered.set()
        assert call.result(10) == "here"


def test_what_is_away_is_tried_by_one_caller_every_so_often_until_it_is_back() -> None:
    part = Part()
    assert part.ask() == "here"
    part.away = True
    assert [part.ask() for _ in range(3)] == ["Away", "NotTried", "NotTried"]
    part.now = 5.0
    assert [part.ask() for _ in range(3)] == ["Away", "NotTried", "NotTried"]
    part.away = False
    assert part.ask() == "NotTried"
    assert part.breaker.is_open
    part.now = 10.0
    assert [part.ask() for _ in range(3)] == ["here", "here", "here"]
    assert not part.breaker.is_open
    assert part.heard == ["away", "back"], "once each, however many ask"


def test_while_one_caller_tries_the_others_are_told_at_once() -> None:
    part = Part()
    part.away = True
    part.ask()
    part.now = 5.0
    with under_way(part):
        assert [part.ask() for _ in range(3)] == ["NotTried"] * 3
    part.away = False
    assert part.ask() == "here"


def test_calls_before_it_went_say_nothing_of_how_it_is_now() -> None:
    part = Part()
    with under_way(part):
        part.away = True
        assert part.ask() == "Away"
    assert part.ask() == "NotTried"
    assert part.heard == ["away"]


def test_mistakes_of_the_caller_are_not_taken_for_an_outage() -> None:
    part = Part()
    with pytest.raises(ZeroDivisionError):
        part.call(lambda: str(1 // 0))
    assert (part.ask(), part.heard) == ("here", [])


def test_only_several_failures_in_a_row_are_taken_for_an_outage() -> None:
    part = Part(after=3)
    for away, told in ((True, "Away"), (True, "Away"), (False, "here"), (True, "Away"), (True, "Away"), (True, "Away")):
        part.away = away
        assert part.ask() == told
    assert (part.ask(), part.heard) == ("NotTried", ["away"])
    part.now, part.away = 5.0, False
    assert part.ask() == "here"
    part.away = True
    assert [part.ask() for _ in range(4)] == ["Away", "Away", "Away", "NotTried"]
