"""Who comes first where only one at a time can."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Iterator

_PATIENCE = 1.0


class Turns:
    """One at a time, in the order of coming. Who is patient lets what presses go first, for `patience` seconds a turn:
    what asks without end must not keep it waiting for ever."""

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._changed = threading.Condition()
        self._line: deque[object] = deque()
        self._pressing = 0

    @contextlib.contextmanager
    def pressing(self) -> Iterator[None]:
        """Several turns are about to be taken for somebody who waits."""
        with self._changed:
            self._pressing += 1
        try:
            yield
        finally:
            with self._changed:
                self._pressing -= 1
                self._changed.notify_all()

    @contextlib.contextmanager
    def turn(self, *, patient: bool = False) -> Iterator[None]:
        """Wait for a turn, and hold it. Blocking."""
        place = object()
        with self._changed:
            if patient:
                self._changed.wait_for(lambda: not self._line and not self._pressing, self._patience)
            # Whoever has just had a turn and wants another stands behind those who wait.
            self._line.append(place)
        try:
            with self._changed:
                self._changed.wait_for(lambda: self._line[0] is place)
            yield
        finally:
            with self._changed:
                self._line.remove(place)
                self._changed.notify_all()
