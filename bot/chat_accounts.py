"""What the chat model is asked, how that ends, what it takes and costs: for each reply, for the log, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from knowledge.calls import Call, Outcome

log = structlog.get_logger(__name__)

_MILLION = 1_000_000
_SECONDS = (0.25, 0.5, 1, 2, 4, 8, 15, 30, 60)
_FINE = {Outcome.OK, Outcome.EMPTY}


class Bill:
    """The calls for one reply."""

    def __init__(self, reply: str, accounts: Accounts) -> None:
        self.reply = reply
        self.calls: list[Call] = []
        self._accounts = accounts

    def note(self, call: Call) -> None:
        """Put a call on it, with what it cost."""
        self.calls.append(self._accounts.entered(self.reply, call))


class Accounts:
    """Adds up the calls of this process.

    Prices are for a million tokens read and written, in whatever currency; without them nothing is known of the cost.
    Neither the log nor the numbers hold anything of what was asked or written.
    """

    def __init__(self, price_in: float | None = None, price_out: float | None = None) -> None:
        self._prices = None if price_in is None or price_out is None else (price_in, price_out)
        call = ["purpose", "outcome"]
        self._calls = Counter("moteplassen_chat_calls", "Calls of the chat model", call, registry=None)
        self._seconds = Histogram(
            "moteplassen_chat_seconds", "How long calls took", ["purpose"], registry=None, buckets=_SECONDS
        )
        self._tokens = Counter(
            "moteplassen_chat_tokens", "Tokens read and written", ["purpose", "direction"], registry=None
        )
        self._cost = Counter("moteplassen_chat_cost", "Cost, in the currency of the prices", ["purpose"], registry=None)
        self._claims = Counter(
            "moteplassen_chat_claims", "Claims, by what the check found (held, or the fault)", ["result"], registry=None
        )
        self._fallbacks = Counter(
            "moteplassen_chat_fallbacks",
            "Steps that went on without the model, and why",
            ["step", "why"],
            registry=None,
        )

    def register(self, registry: CollectorRegistry) -> None:
        """Let the registry hold what is measured."""
        for each in (self._calls, self._seconds, self._tokens, self._cost, self._claims, self._fallbacks):
            registry.register(each)

    def bill(self, reply: str) -> Bill:
        """An empty bill for the reply of that id."""
        return Bill(reply, self)

    def entered(self, reply: str, call: Call) -> Call:
        """The call with its cost, logged and counted."""
        if self._prices:
            into, out = self._prices
            call = call.model_copy(update={"cost": (call.tokens_in * into + call.tokens_out * out) / _MILLION})
        self._calls.labels(call.purpose, call.outcome).inc()
        self._seconds.labels(call.purpose).observe(call.ms / 1000)
        self._tokens.labels(call.purpose, "in").inc(call.tokens_in)
        self._tokens.labels(call.purpose, "out").inc(call.tokens_out)
        self._cost.labels(call.purpose).inc(call.cost or 0.0)
        note = log.info if call.outcome in _FINE else log.warning
        note("chat.called", reply=reply, **call.model_dump(mode="json"))
        return call

    def checked(self, reply: str, step: str, held: int, faults: Mapping[str, int]) -> None:
        """Note what the check found of an answer: how many claims held, and how many had which fault."""
        self._claims.labels("held").inc(held)
        for fault, count in faults.items():
            self._claims.labels(fault).inc(count)
        if faults or not held:
            log.warning("chat.checked", reply=reply, step=step, held=held, **faults)
        if step == "write" and not held:
            self._fallbacks.labels(step, "nothing held").inc()

    def fell_back(self, reply: str, step: str, why: Outcome, error: Exception) -> None:
        """Note that a step went on without the model. Of the error its type is noted; what it says may hold secrets."""
        self._fallbacks.labels(step, why).inc()
        log.warning("chat.fell_back", reply=reply, step=step, why=why, error=type(error).__name__)
