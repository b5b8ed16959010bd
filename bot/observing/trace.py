"""The id that goes with a question from where it is heard to where its reply is delivered, through tasks, threads, the
outbox and other processes.

It is a trace id of the W3C's, so that the log and what a collector of traces holds are found by the same one.
"""

from __future__ import annotations

import contextlib
import re
import secrets
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

_CARRIED = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-0([01])")
_NO_SPAN = "0" * 16
_SHORT = 8


@dataclass(frozen=True)
class Trace:
    """Which trace this is (`id`, 32 hexadecimal digits), and the span in it that goes on now (16 of them), where one is
    recorded; `sampled`, where it is to be sent to a collector."""

    id: str
    span: str = _NO_SPAN
    sampled: bool = False

    @property
    def has_span(self) -> bool:
        """Has anything of it been recorded?"""
        return self.span != _NO_SPAN

    @property
    def carried(self) -> str:
        """It as a text to keep or to send (as `traceparent` of the W3C), which `read` reads."""
        return f"00-{self.id}-{self.span}-0{int(self.sampled)}"

    @property
    def error_id(self) -> str:
        """What people are told of it when something goes wrong: how its id begins."""
        return self.id[:_SHORT]


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def new_trace() -> Trace:
    """A trace of which nothing is recorded yet."""
    return Trace(secrets.token_hex(16))


def current() -> Trace | None:
    """The trace that this is part of; None outside of all."""
    return _current.get()


def carried() -> str:
    """The current trace as a text to keep; empty outside of all."""
    trace = _current.get()
    return trace.carried if trace else ""


def read(text: str) -> Trace | None:
    """The trace that was carried so; None where it is none."""
    found = _CARRIED.fullmatch(text)
    return Trace(found[1], found[2], found[3] == "1") if found else None


@contextlib.contextmanager
def followed(trace: Trace) -> Iterator[Trace]:
    """Be part of that trace while the block runs, also in the tasks and threads that it starts; every line that is
    logged there has its id as `trace`."""
    token = _current.set(trace)
    try:
        with structlog.contextvars.bound_contextvars(trace=trace.id):
            yield trace
    finally:
        _current.reset(token)
