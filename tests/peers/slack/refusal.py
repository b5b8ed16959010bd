"""How the API says no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """The API answers with this error; `more` is what the answer holds besides it."""

    def __init__(self, error: str, **more: Any) -> None:
        super().__init__(error)
        self.more = more


def refused_with(error: str, problems: Sequence[str]) -> Refused:
    """An error whose answer says what is wrong in particular."""
    return Refused(error, response_metadata={"messages": [f"[ERROR] {problem}" for problem in problems]})
