"""What asking a chat model came to: for the log, the bill, and what is measured."""

from __future__ import annotations

import enum
from collections.abc import Callable

from pydantic import BaseModel, ConfigDict


class Purpose(enum.StrEnum):
    """What a chat model is asked for."""

    REWRITE = "rewrite"
    RANK = "rank"
    WRITE = "write"
    MEND = "mend"
    TYPICAL = "typical"


class Outcome(enum.StrEnum):
    """How a call ended."""

    OK = "ok"
    EMPTY = "empty"
    """It had nothing to say."""
    UNFIT = "unfit"
    """What it said is of no use: no JSON, or nothing that holds."""
    REFUSED = "refused"
    """The model, or a filter before it, would not answer."""
    CUT = "cut"
    """It ended in the middle."""
    TIMEOUT = "timeout"
    BUSY = "busy"
    """There were too many calls (429)."""
    DENIED = "denied"
    """The key is not good for this (401, 403)."""
    FAILED = "failed"
    """Anything else that went wrong on the way."""
    AWAY = "away"
    """It was not asked: it had failed several times in a row moments ago."""
    TOO_LONG = "too_long"
    """It was not asked: what it was to read is longer than a call may be."""


class Call(BaseModel):
    """One call. `ms` in all, `first_ms` until the first words; tokens as the provider counted them, or, where it
    didn't, `estimated` by length. `cost` is None where no prices are set."""

    model_config = ConfigDict(frozen=True)

    purpose: Purpose
    outcome: Outcome
    ms: float = 0.0
    first_ms: float | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    estimated: bool = False
    cost: float | None = None


Note = Callable[[Call], None]
"""Hears of each call when it has ended, however it ended."""
