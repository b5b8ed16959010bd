"""A collector of traces (OpenTelemetry's protocol over HTTP), on a port of its own."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span as Sent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.peers.serving import served

PROTOBUF = "application/x-protobuf"


@dataclass(frozen=True)
class Span:
    """A span as it came, ids in hexadecimal digits, moments in nanoseconds."""

    name: str
    trace: str
    id: str
    parent: str
    start: int
    end: int
    about: Mapping[str, str | int | float]
    error: str
    service: str


@dataclass
class Collector:
    """Keeps what it is sent. With `away` it is: it answers 503."""

    url: str = ""
    spans: list[Span] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    away: bool = False

    @property
    def app(self) -> Starlette:
        """What it answers with."""
        return Starlette(routes=[Route("/v1/traces", self._take, methods=["POST"])])

    def named(self, name: str) -> list[Span]:
        """The spans of that name, in the order in which they began."""
        return sorted((each for each in self.spans if each.name == name), key=lambda span: span.start)

    async def _take(self, request: Request) -> Response:
        if self.away:
            return Response(status_code=503)
        body = await request.body()
        self.headers.append(dict(request.headers))
        self.bodies.append(body)
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            about = {each.key: each.value.string_value for each in resource.resource.attributes}
            self.spans += [_span(each, about["service.name"]) for scope in resource.scope_spans for each in scope.spans]
        return Response(ExportTraceServiceResponse().SerializeToString(), media_type=PROTOBUF)


def _span(sent: Sent, service: str) -> Span:
    about = {each.key: getattr(each.value, each.value.WhichOneof("value") or "") for each in sent.attributes}
    ids = sent.trace_id.hex(), sent.span_id.hex(), sent.parent_span_id.hex()
    moments = sent.start_time_unix_nano, sent.end_time_unix_nano
    return Span(sent.name, *ids, *moments, about, sent.status.message, service)


@contextlib.asynccontextmanager
async def collecting() -> AsyncIterator[Collector]:
    """A collector while the block runs."""
    collector = Collector()
    async with served(collector.app) as collector.url:
        yield collector
