"""The last things that were asked for, kept for whoever asks for them again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """The last `count` things by what they were asked for by, of those the ones that were asked for last. For threads.

    What is remembered must not change: everybody is given the same.
    """

    def __init__(self, count: int = 0) -> None:
        self.count = count
        self._turn = threading.Lock()
        self._things: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, asked: Hashable) -> T | None:
        """What was kept for it, if it still is."""
        with self._turn:
            if asked in self._things:
                self._things.move_to_end(asked)
            return self._things.get(asked)

    def keep(self, asked: Hashable, thing: T) -> None:
        """Remember it, and forget what nobody has asked for the longest."""
        with self._turn:
            self._things[asked] = thing
            self._things.move_to_end(asked)
            while len(self._things) > self.count:
                self._things.popitem(last=False)

    def forget(self) -> None:
        """Forget everything."""
        with self._turn:
            self._things.clear()
