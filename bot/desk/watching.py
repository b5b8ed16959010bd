"""What becomes of deliveries, for the log, for Prometheus and for traces."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.database import now
from bot.desk.outbox import Leased
from bot.observing.spans import Kind, Span, Spans, Unrecorded
from bot.observing.trace import new_trace, read

REPLIES = ("reply", "command")
"""The kinds of the deliveries that are slow: replies to what people write, and to what they command."""

_SECONDS = (0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1800, 10800)


class End(enum.StrEnum):
    """How an attempt at a delivery ended."""

    DELIVERED = "delivered"
    POSTPONED = "postponed"
    GIVEN_UP = "given_up"


class Deliveries:
    """Looks on as a process delivers. Labels are platforms, and whether a delivery is a reply or something else."""

    def __init__(self, spans: Spans | None = None) -> None:
        self._spans = spans or Unrecorded()
        self._going_on: dict[tuple[int, int], Span] = {}
        about = "Attempts of this process at deliveries, by how they ended"
        self._attempts = Counter("moteplassen_delivery_attempts", about, ["platform", "kind", "end"], registry=None)
        about = "Seconds from when a delivery is owed (a question is asked) to when it has arrived"
        self._seconds = Histogram(
            "moteplassen_delivery_seconds", about, ["platform", "kind"], registry=None, buckets=_SECONDS
        )

    def register(self, registry: CollectorRegistry) -> None:
        """Let the registry hold what is measured."""
        for each in (self._attempts, self._seconds):
            registry.register(each)

    @contextlib.contextmanager
    def taken(self, leased: Leased) -> Iterator[None]:
        """What goes on in the block is an attempt at the delivery, and part of what made it owed."""
        delivery = leased.delivery
        trace = read(delivery.trace) or new_trace()
        about: dict[str, str | float] = {
            "platform": delivery.platform,
            "kind": delivery.kind,
            "attempt": leased.attempt,
        }
        with self._spans.begin("deliver", trace, Kind.DELIVERY, **about) as span:
            waited = (now() - leased.created).total_seconds()
            span.note(waited_seconds=waited)
            self._going_on[leased.id, leased.attempt] = span
            try:
                yield
            finally:
                del self._going_on[leased.id, leased.attempt]

    def ended(self, leased: Leased, end: End) -> None:
        """Count how an attempt has ended."""
        platform, kind = leased.delivery.platform, "reply" if leased.delivery.kind in REPLIES else "other"
        self._attempts.labels(platform, kind, end).inc()
        self._going_on[leased.id, leased.attempt].note(end=end)
        if end is End.DELIVERED:
            # Of machines whose clocks differ, the one may have written what the other has yet to come to.
            self._seconds.labels(platform, kind).observe(max((now() - leased.created).total_seconds(), 0.0))
