"""What is measured of sources and of bringing documents in."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from bot.database import now
from bot.sourcing.listing import Listing
from bot.sourcing.standing import Standing, standings
from ingest.ledger import Ledger

_BUCKETS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600)


class Result(enum.StrEnum):
    """How a scheduled run ended."""

    OK = "ok"
    FAILED = "failed"
    """Something could not be brought in; the report says what."""
    BUSY = "busy"
    """Somebody else was at it."""
    CRASHED = "crashed"


class IngestMetrics:
    """What this process's scheduled runs came to."""

    def __init__(self, registry: CollectorRegistry) -> None:
        about = "Scheduled runs of this process, by how they ended"
        self._runs = Counter("moteplassen_ingest_runs", about, ["result"], registry=registry)
        about = "How long the scheduled runs of this process took"
        self._seconds = Histogram("moteplassen_ingest_seconds", about, registry=registry, buckets=_BUCKETS)
        for result in Result:
            self._runs.labels(result)

    def note(self, result: Result, seconds: float | None = None) -> None:
        """Count a run; one that went through its sources with how long that took."""
        self._runs.labels(result).inc()
        if seconds is not None:
            self._seconds.observe(seconds)


class SourceMetrics(Collector):
    """How it stands with each source, whichever process looked at it: read from the ledger whenever it is asked for."""

    def __init__(self, listing: Listing, ledger: Ledger, clock: Callable[[], dt.datetime] = now) -> None:
        self._listing = listing
        self._ledger = ledger
        self._clock = clock

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names, without reading anything."""
        return iter(self._gauges())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The numbers now. Blocking."""
        listed = self._listing.read()
        moment = self._clock()
        gauges = self._gauges()
        for standing in standings(listed.sources, self._ledger, moment):
            for gauge, value in zip(gauges, _values(standing, moment), strict=True):
                if value is not None:
                    gauge.add_metric([standing.source.name], value)
        yield from gauges
        yield GaugeMetricFamily("moteplassen_sources_fault", "1: the list has mistakes", value=bool(listed.fault))

    @staticmethod
    def _gauges() -> list[GaugeMetricFamily]:
        named = {
            "moteplassen_source_success_age_seconds": "Seconds since the source was looked through without an error",
            "moteplassen_source_failures": "Failures in a row of looking through the source",
            "moteplassen_source_seconds": "How long the last look at the source took",
            "moteplassen_source_documents": "Documents of the source",
            "moteplassen_source_documents_failing": "Documents that could not be brought in the last time",
            "moteplassen_source_documents_missing": "Documents that the source no longer has, kept for now",
            "moteplassen_source_documents_overdue": "Documents that somebody should have read again by now",
        }
        return [GaugeMetricFamily(name, about, labels=["source"]) for name, about in named.items()]


def _values(standing: Standing, moment: dt.datetime) -> list[float | None]:
    record = standing.record
    succeeded = record.succeeded if record else None
    return [
        (moment - succeeded).total_seconds() if succeeded else None,
        record.failures if record else None,
        record.seconds if record else None,
        len(standing.held),
        len(standing.failed),
        len(standing.missing),
        len(standing.overdue),
    ]
