"""Spans: the parts of a trace, with how long each took, for a collector of traces. Without one only ids go along."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Protocol

from bot.observing.trace import Trace, current, followed, new_trace


class Kind(enum.Enum):
    """What a span is to others: a request that is answered, a delivery that is taken, or a part of these."""

    REQUEST = "request"
    DELIVERY = "delivery"
    PART = "part"


class Span(Protocol):
    """A part of a trace that goes on."""

    def note(self, **about: str | float) -> None:
        """Add what is known by now. Never anything that people wrote, and never who they are."""


class Spans(Protocol):
    """Begins spans."""

    def begin(self, name: str, trace: Trace, kind: Kind, /, **about: str | float) -> AbstractContextManager[Span]:
        """A span of that trace; what goes on in the block is part of it."""


class Unrecorded:
    """Spans that nobody collects."""

    @contextlib.contextmanager
    def begin(self, name: str, trace: Trace, kind: Kind, /, **about: str | float) -> Iterator[Span]:
        """Nothing but the trace itself."""
        with followed(trace):
            yield _NOTHING


class _Nothing:
    def note(self, **about: str | float) -> None:
        """Do nothing."""


_NOTHING = _Nothing()


def part(spans: Spans, name: str, /, **about: str | float) -> AbstractContextManager[Span]:
    """A span of the current trace, or of a new one outside of all."""
    return spans.begin(name, current() or new_trace(), Kind.PART, **about)
