"""How often something is done of which more at a time costs little more than one."""

from __future__ import annotations

import time


class Pacing:
    """Lets so many go `at_once`, and of those that come faster one every `gap` seconds (the generic cell rate
    algorithm, ITU-T I.371)."""

    def __init__(self, at_once: int = 3, gap: float = 0.1) -> None:
        self._ahead = (at_once - 1) * gap
        self._gap = gap
        self._paced = 0.0

    def wait(self) -> float:
        """Seconds until the next one may go, which is counted."""
        moment = time.monotonic()
        paced = max(self._paced, moment)
        self._paced = paced + self._gap
        return max(0.0, paced - self._ahead - moment)
