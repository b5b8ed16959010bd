"""Each request begins a trace, and is counted by its route, never by its address: addresses have no end."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.observing.spans import Kind, Spans
from bot.observing.trace import new_trace

NO_ROUTE = "none"
"""The label of what leads nowhere."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10)
_UNSENT = 500
HUNG_UP = 499
"""What nginx calls it where somebody hangs up before all is said: nobody reads it but who counts."""


async def hung_up(_: Request, error: Exception) -> Response:
    """The answer to a request whose sender hung up in the middle of it: no fault of ours, and not noted as one."""
    return Response(status_code=HUNG_UP)


class Requests:
    """Counts requests, for Prometheus and for traces."""

    def __init__(self, spans: Spans) -> None:
        self.spans = spans
        about = "Requests, by route and by the status they were answered with"
        self._count = Counter("moteplassen_http_requests", about, ["route", "method", "status"], registry=None)
        about = "Seconds until the answer to a request began"
        self._seconds = Histogram("moteplassen_http_seconds", about, ["route"], registry=None, buckets=_SECONDS)

    def register(self, registry: CollectorRegistry) -> None:
        """Let the registry hold what is measured."""
        for each in (self._count, self._seconds):
            registry.register(each)

    def note(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request."""
        self._count.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class Counted:
    """The middleware around everything else. What a stranger sends as `traceparent` is not followed."""

    def __init__(self, app: ASGIApp, requests: Requests, routes: Sequence[BaseRoute]) -> None:
        self._app = app
        self._requests = requests
        self._routes: dict[Any, str] = dict(_named(routes))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, and count it when the answer begins."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        method = scope["method"] if scope["method"] in _METHODS else "other"
        start = time.perf_counter()
        statuses: list[int] = []

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and not statuses:
                statuses.append(message["status"])
                self._requests.note(self._route(scope), method, message["status"], time.perf_counter() - start)
            await send(message)

        with self._requests.spans.begin(
            "request", new_trace(), Kind.REQUEST, **{"http.request.method": method}
        ) as span:
            try:
                await self._app(scope, receive, sent)
            except ClientDisconnect:
                if not statuses:
                    await Response(status_code=HUNG_UP)(scope, receive, sent)
            finally:
                route, status = self._route(scope), statuses[0] if statuses else _UNSENT
                about = {"http.route": route, "http.response.status_code": str(status)}
                span.note(**about)
                if not statuses:
                    self._requests.note(route, method, status, time.perf_counter() - start)

    def _route(self, scope: Scope) -> str:
        return self._routes.get(scope.get("endpoint"), NO_ROUTE)


def _named(routes: Sequence[BaseRoute], before: str = "") -> Iterator[tuple[Any, str]]:
    """What answers at each route, and the route's pattern. The patterns are the code's own, and as many."""
    for route in routes:
        if isinstance(route, Mount):
            yield route.app, f"{before}{route.path}/*" if before + route.path else NO_ROUTE
            yield from _named(route.routes, before + route.path)
        elif isinstance(route, Route):
            yield route.endpoint, before + route.path
