"""Keeps callers from waiting, each anew, for something that is away.

Our own, because no maintained library is made for calls from many threads: pybreaker 1.4 holds its lock for as long as
a call takes, so that all others queue behind one that hangs; circuitbreaker 2.1 and purgatory 3.0 have no locks, and
let everybody through at once where one is to try whether it is back.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator


class NotTried(Exception):
    """It was away moments ago, and it is not this caller's turn to try."""


class Breaker:
    """Lets calls through until `after` in a row have failed. From then on one caller may try every `pause` seconds, and
    the others are told at once, until one call succeeds.

    `is_away` says of an error whether it is a failure of what is called. `changed` hears when that goes (with the
    error) and when it is back (with None), once each. Safe in threads, and for coroutines; none waits for another.
    """

    def __init__(
        self,
        is_away: Callable[[BaseException], bool],
        changed: Callable[[BaseException | None], None],
        pause: float = 5.0,
        after: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._is_away = is_away
        self._changed = changed
        self._pause = pause
        self._after = after
        self._clock = clock
        self._turn = threading.Lock()
        self._next_try: float | None = None
        self._failures = 0
        self._outages = 0

    @property
    def is_open(self) -> bool:
        """Is it away, as far as is known?"""
        return self._next_try is not None

    def was_away(self, seconds: float) -> bool:
        """Was it away when last called, and was that so few seconds ago? Of how it is later, nobody knows."""
        next_try = self._next_try
        return next_try is not None and self._clock() - (next_try - self._pause) < seconds

    @contextlib.contextmanager
    def attempt(self) -> Iterator[None]:
        """A call, which is what the block does. Raises NotTried where it would be tried in vain."""
        outages = self._begin()
        try:
            yield
        except BaseException as error:
            if self._is_away(error):
                self._failed(error)
            raise
        self._succeeded(outages)

    def _begin(self) -> int:
        with self._turn:
            if self._next_try is not None:
                now = self._clock()
                if now < self._next_try:
                    raise NotTried
                self._next_try = now + self._pause
            return self._outages

    def _failed(self, error: BaseException) -> None:
        with self._turn:
            self._failures += 1
            if self._failures < self._after:
                return
            went = self._next_try is None
            self._outages += went
            self._next_try = self._clock() + self._pause
            if went:
                self._changed(error)

    def _succeeded(self, outages: int) -> None:
        with self._turn:
            # What was begun before it went says nothing of how it is now.
            if outages != self._outages:
                return
            self._failures = 0
            if self._next_try is not None:
                self._next_try = None
                self._changed(None)
