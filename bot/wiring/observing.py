"""What an operator sees of a process, put together."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from prometheus_client import CollectorRegistry, Gauge
from starlette.routing import BaseRoute

from bot.desk.dispatcher import Dispatcher
from bot.desk.watching import Deliveries
from bot.metrics import MetricsEndpoint
from bot.observing.health import Check, chroma_check, dispatcher_check, library_check
from bot.observing.replies import Observed, ReplyMetrics
from bot.observing.requests import Requests
from bot.observing.searching import Searching
from bot.observing.spans import Spans, Unrecorded
from bot.observing.standing import Standing
from bot.office import Office
from bot.settings import Settings
from bot.turns import Turns
from bot.wiring.knowledge import Knowledge

_AT_ONCE = 2
"""Replies that are thought of at a time where there is no chat model: one computes while the other waits for a disk."""


class Measured(Protocol):
    """Something of which is measured what it does."""

    def register(self, registry: CollectorRegistry) -> None:
        """Let the registry hold what is measured."""


@dataclass(frozen=True)
class Observing:
    """Looks on as requests, replies and deliveries come and go."""

    requests: Requests
    deliveries: Deliveries
    conversation: Observed
    searching: Searching
    measured: Sequence[Measured]

    def routes(
        self, settings: Settings, office: Office, registry: CollectorRegistry, dispatcher: Dispatcher
    ) -> Sequence[BaseRoute]:
        """Where what is measured can be read; nowhere without a token."""
        standing = Standing(office.database, office.desk, dispatcher.platforms)
        for each in self.measured:
            each.register(registry)
        registry.register(standing)
        about = "Seconds since this process last looked for what is owed; it looks one to five times a second"
        idle = Gauge("moteplassen_dispatcher_idle_seconds", about, registry=registry)
        idle.set_function(lambda: math.nan if dispatcher.idle_seconds is None else dispatcher.idle_seconds)
        if not settings.metrics_token:
            return ()
        return MetricsEndpoint(registry, settings.metrics_token, [standing, self.searching]).routes()


@contextlib.asynccontextmanager
async def open_observing(settings: Settings, knowledge: Knowledge) -> AsyncIterator[Observing]:
    """What looks on. Where a collector of traces is set and answers, it has all of them when the block has ended."""
    async with _spans(settings) as spans:
        requests, deliveries, replies = Requests(spans), Deliveries(spans), ReplyMetrics()
        thinking = knowledge.conversation if settings.has_chat_model else Turns(knowledge.conversation, _AT_ONCE)
        conversation = Observed(thinking, replies, spans)
        accounts = [knowledge.chat.accounts] if knowledge.chat else []
        searching = Searching(knowledge.is_limited)
        measured: list[Measured] = [requests, deliveries, replies, searching, *accounts]
        yield Observing(requests, deliveries, conversation, searching, measured)


def checks(knowledge: Knowledge, dispatcher: Dispatcher) -> list[Check]:
    """What questions need, beside the database."""
    needed = [library_check(knowledge.library.is_complete), dispatcher_check(lambda: dispatcher.idle_seconds)]
    return [*needed, chroma_check(knowledge.chroma.try_it)] if knowledge.chroma else needed


@contextlib.asynccontextmanager
async def _spans(settings: Settings) -> AsyncIterator[Spans]:
    if not settings.otlp_endpoint:
        yield Unrecorded()
        return
    # Who collects no traces need not wait for OpenTelemetry's SDK.
    from bot.observing.otlp import Collected  # noqa: PLC0415

    about = {"service.name": settings.service_name}
    spans = Collected(settings.otlp_endpoint, settings.otlp_header_values, settings.otlp_ratio, about)
    try:
        yield spans
    finally:
        await asyncio.to_thread(spans.close)
