"""What `check` finds."""

from __future__ import annotations

import enum
from typing import NamedTuple


class State(enum.StrEnum):
    """How it stands with a part: `bad` keeps Møteplassen from working, `off` is not configured."""

    OK = "ok"
    OFF = "off"
    BAD = "bad"


class Finding(NamedTuple):
    """What was found about one part, and what to do about it."""

    part: str
    state: State
    detail: str
