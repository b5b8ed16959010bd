"""A rush: what comes in all at once is taken in first, and deliveries wait for a moment."""

from __future__ import annotations

import time

_HOLD, _LONGEST_HOLD, _REST = 0.15, 2.0, 1.0
"""Seconds."""


class Rush:
    """Whether this process is in a rush."""

    def __init__(self) -> None:
        self._held_since = self._held_until = self._free_until = 0.0

    def hold(self) -> None:
        """Let this process take nothing for a moment, as what comes in all at once goes first: for two seconds in a row
        at most, and then not for one."""
        moment = time.monotonic()
        if moment < self._free_until:
            return
        if moment >= self._held_until:
            self._held_since = moment
        self._held_until = moment + _HOLD
        if moment - self._held_since > _LONGEST_HOLD:
            self._held_until, self._free_until = moment, moment + _REST

    @property
    def is_held(self) -> bool:
        """Is nothing to be taken now?"""
        return time.monotonic() < self._held_until
