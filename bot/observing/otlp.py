"""Traces for an OpenTelemetry collector, sent as OTLP over HTTP. Loaded only where a collector is set."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    format_span_id,
    set_span_in_context,
)
from opentelemetry.trace import Span as OtelSpan

from bot.observing.spans import Kind, Span
from bot.observing.trace import Trace, current, followed

_KINDS = {Kind.REQUEST: SpanKind.SERVER, Kind.DELIVERY: SpanKind.CONSUMER, Kind.PART: SpanKind.INTERNAL}
_PATH = "/v1/traces"
_SECONDS = 5
"""How long the collector may take to answer, and how long the process waits for it at its end."""
_QUEUE = 2048
"""Spans that wait to be sent; what is more, while the collector is away, is thrown away."""


class Collected:
    """Spans that go to a collector, some moments later and from a thread of its own."""

    def __init__(self, endpoint: str, headers: Mapping[str, str], ratio: float, about: Mapping[str, str]) -> None:
        self._provider = TracerProvider(
            resource=Resource.create(dict(about)),
            sampler=ParentBased(TraceIdRatioBased(ratio)),
            id_generator=_SameId(),
            shutdown_on_exit=False,
        )
        exporter = OTLPSpanExporter(endpoint.rstrip("/") + _PATH, headers=dict(headers), timeout=_SECONDS)
        self._provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=_QUEUE))
        self._tracer = self._provider.get_tracer("moteplassen")

    @contextlib.contextmanager
    def begin(self, name: str, trace: Trace, kind: Kind, /, **about: str | float) -> Iterator[Span]:
        """A span of that trace. Of an error that ends it the type is noted: what it says may be what people wrote."""
        with followed(trace):
            span = self._tracer.start_span(
                name,
                _context(trace),
                _KINDS[kind],
                about,
                record_exception=False,
                set_status_on_exception=False,
            )
        made = span.get_span_context()
        with followed(Trace(trace.id, format_span_id(made.span_id), made.trace_flags.sampled)):
            try:
                yield _Collected(span)
            except BaseException as error:
                span.set_status(Status(StatusCode.ERROR, type(error).__name__))
                raise
            finally:
                span.end()

    def close(self) -> None:
        """Send what waits, for a few seconds at most. Blocking."""
        # The SDK waits for half a minute where the collector is away, longer than a process has that is told to stop.
        closing = threading.Thread(target=self._provider.shutdown, name="closing traces", daemon=True)
        closing.start()
        closing.join(_SECONDS)


class _Collected:
    def __init__(self, span: OtelSpan) -> None:
        self._span = span

    def note(self, **about: str | float) -> None:
        self._span.set_attributes(about)


class _SameId(RandomIdGenerator):
    """A trace is called in the collector what it is called in the log."""

    def generate_trace_id(self) -> int:
        trace = current()
        return int(trace.id, 16) if trace else super().generate_trace_id()


def _context(trace: Trace) -> Context:
    if not trace.has_span:
        return Context()
    flags = TraceFlags(TraceFlags.SAMPLED if trace.sampled else TraceFlags.DEFAULT)
    parent = SpanContext(int(trace.id, 16), int(trace.span, 16), is_remote=True, trace_flags=flags)
    return set_span_in_context(NonRecordingSpan(parent), Context())
