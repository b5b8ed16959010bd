"""How it stands with what all processes share, read from the database when somebody asks for the numbers."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Iterator

import structlog
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from bot.database import Database, now
from bot.desk.case import OPEN
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter
from bot.desk.outbox_table import FAILED, WAITING, OutboxRow

log = structlog.get_logger(__name__)

_PATIENCE = 2.0
"""Seconds that the database has; without an answer there are no numbers, rather than old ones."""


class Standing(Collector):
    """What is owed, and how it stands with cases. `platforms` are those that anything can be owed on."""

    def __init__(
        self, database: Database, desk: Desk, platforms: Collection[str], clock: Callable[[], dt.datetime] = now
    ) -> None:
        self._database = database
        self._desk = desk
        self._platforms = platforms
        self._clock = clock
        self._read: list[GaugeMetricFamily] = []

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The names, without reading anything."""
        return iter((_up(False), *self._deliveries().values(), *self._cases().values()))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What was read last."""
        yield from self._read

    async def read(self) -> None:
        """Read it anew."""
        try:
            async with asyncio.timeout(_PATIENCE):
                self._read = [_up(True), *await self._count_deliveries(), *await self._count_cases()]
        except Exception as error:  # noqa: BLE001 - a database that is away, as its driver says it, is a number of its own
            log.error("metrics.unreadable", error=type(error).__name__)
            self._read = [_up(False)]

    async def _count_deliveries(self) -> list[GaugeMetricFamily]:
        count = func.count(OutboxRow.id)
        waiting = select(OutboxRow.platform, count, func.min(OutboxRow.created)).where(WAITING)
        failed = select(OutboxRow.platform, count).where(FAILED).group_by(OutboxRow.platform)
        async with self._database.reading() as session:
            waits = {row[0]: row for row in await session.execute(waiting.group_by(OutboxRow.platform))}
            failures = {platform: number for platform, number in await session.execute(failed)}  # noqa: C416 - rows
        moment, gauges = self._clock(), self._deliveries()
        for platform in self._platforms:
            _, number, oldest = waits.get(platform, (platform, 0, moment))
            gauges["waiting"].add_metric([platform], number)
            gauges["oldest"].add_metric([platform], max((moment - oldest).total_seconds(), 0.0))
            gauges["given_up"].add_metric([platform], failures.get(platform, 0))
        return list(gauges.values())

    async def _count_cases(self) -> list[GaugeMetricFamily]:
        counts, gauges = await self._desk.counts(), self._cases()
        for state in sorted(OPEN):
            gauges["open"].add_metric([state], counts[state])
        gauges["late"].add_metric([], await self._desk.count(CaseFilter(late=self._clock())))
        return list(gauges.values())

    @staticmethod
    def _deliveries() -> dict[str, GaugeMetricFamily]:
        told = {
            "waiting": ("moteplassen_outbox_waiting", "Deliveries that are owed and have not arrived"),
            "oldest": ("moteplassen_outbox_oldest_seconds", "Seconds that the oldest of them has been owed"),
            "given_up": ("moteplassen_outbox_given_up", "Deliveries that were given up"),
        }
        return {key: GaugeMetricFamily(name, about, labels=["platform"]) for key, (name, about) in told.items()}

    @staticmethod
    def _cases() -> dict[str, GaugeMetricFamily]:
        return {
            "open": GaugeMetricFamily("moteplassen_cases_open", "Cases that wait for an answer", labels=["state"]),
            "late": GaugeMetricFamily("moteplassen_cases_late", "Open cases of which a deadline has passed", labels=[]),
        }


def _up(well: bool) -> GaugeMetricFamily:
    return GaugeMetricFamily("moteplassen_database_up", "1: the database answers", value=well)
