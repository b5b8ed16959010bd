"""Editions: a library as one version of it, in use until another has taken its place and nobody reads it any longer."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Self

from knowledge.model import Audience
from knowledge.shelf import Shelf

Shelves = Mapping[Audience, Shelf]


class Edition:
    """The shelves of one version. Whoever reads holds it meanwhile: its files stay open for that long."""

    def __init__(self, shelves: Shelves) -> None:
        self.shelves = shelves
        self._turn = threading.Lock()
        self._held = 0
        self._retired = False

    def readable_by(self, audience: Audience) -> Sequence[Shelf]:
        """The shelves that this audience may read, and no other."""
        public = self.shelves[Audience.PUBLIC]
        return (public,) if audience is Audience.PUBLIC else (public, self.shelves[Audience.INTERNAL])

    @contextlib.contextmanager
    def hold(self) -> Iterator[Self]:
        """Read it, for as long as the context lasts."""
        self.take()
        try:
            yield self
        finally:
            self.give_back()

    def take(self) -> None:
        """Begin to read it."""
        with self._turn:
            self._held += 1

    def give_back(self) -> None:
        """Read it no longer."""
        with self._turn:
            self._held -= 1
            is_free = self._retired and not self._held
        if is_free:
            self._close()

    def retire(self) -> None:
        """Close it once nobody holds it."""
        with self._turn:
            is_free = not self._retired and not self._held
            self._retired = True
        if is_free:
            self._close()

    def _close(self) -> None:
        for shelf in self.shelves.values():
            shelf.close()


class Editions:
    """The edition that is read now. `replace` swaps it at once: who holds the old one goes on with it."""

    def __init__(self, shelves: Shelves) -> None:
        self._turn = threading.Lock()
        self._current = Edition(shelves)

    @property
    def shelves(self) -> Shelves:
        """Those of the current edition."""
        return self._current.shelves

    @contextlib.contextmanager
    def hold(self) -> Iterator[Edition]:
        """The current edition, for as long as the context lasts, whatever takes its place."""
        with self._turn:  # between being chosen and being taken, it could be closed
            edition = self._current
            edition.take()
        try:
            yield edition
        finally:
            edition.give_back()

    def replace(self, shelves: Shelves) -> None:
        """Have everybody who begins to read from now on read these."""
        with self._turn:
            old, self._current = self._current, Edition(shelves)
        old.retire()

    def close(self) -> None:
        """Give the files back, once nobody reads them."""
        self._current.retire()
