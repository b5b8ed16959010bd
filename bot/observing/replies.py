"""What replies come to: how they end and why, and how long each part of them takes."""

from __future__ import annotations

import contextlib

from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.observing.spans import Spans, part
from bot.question import Listener, Question, Reply, Status
from bot.thinking import Conversation
from bot.triage import Kind
from knowledge.model import Claim

UNSURE, NOTHING = "unsure", "nothing"
"""Why the bot abstains where the question is one for the documents: what was found is not enough, or is nothing."""

FAILED = "failed"
"""How replies end that an error kept from coming; they are tried again."""

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class ReplyMetrics:
    """The replies of this process."""

    def __init__(self) -> None:
        about = "Replies, by how they ended and where they were asked for"
        self._replies = Counter("moteplassen_replies", about, ["status", "platform"], registry=None)
        about = "Questions that the bot left to people, by why: unsure, nothing (found), or the kind of the question"
        self._abstentions = Counter("moteplassen_abstentions", about, ["why"], registry=None)
        about = "Seconds that a reply took in all, once somebody was at it"
        self._seconds = Histogram("moteplassen_reply_seconds", about, registry=None, buckets=_SECONDS)
        about = "Seconds that a part of a reply took"
        self._parts = Histogram("moteplassen_reply_part_seconds", about, ["part"], registry=None, buckets=_SECONDS)
        for why in (UNSURE, NOTHING, *Kind):
            self._abstentions.labels(why)  # who looks at growth sees the first one, too

    def register(self, registry: CollectorRegistry) -> None:
        """Let the registry hold what is measured."""
        for each in (self._replies, self._abstentions, self._seconds, self._parts):
            registry.register(each)

    def failed(self, question: Question) -> None:
        """Count an error in place of a reply."""
        self._replies.labels(FAILED, _platform(question)).inc()

    def note(self, question: Question, reply: Reply) -> None:
        """Count a reply."""
        self._replies.labels(reply.status, _platform(question)).inc()
        if reply.status is Status.ABSTAINED:
            self._abstentions.labels(_why(reply)).inc()
        self._seconds.observe(reply.ms / 1000)
        for name, ms in reply.timings.items():
            self._parts.labels(name).observe(ms / 1000)
        if reply.calls:
            self._parts.labels("chat").observe(sum(call.ms for call in reply.calls) / 1000)


class Observed:
    """A conversation of which is measured what it says."""

    def __init__(self, conversation: Conversation, metrics: ReplyMetrics, spans: Spans) -> None:
        self._conversation = conversation
        self._metrics = metrics
        self._spans = spans

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        """The reply of the conversation."""
        with part(self._spans, "reply") as span, contextlib.ExitStack() as steps:
            try:
                reply = await self._conversation.reply(question, _Steps(self._spans, steps, listener))
            except Exception:
                self._metrics.failed(question)
                raise
            steps.close()
            spent = {f"ms.{name}": ms for name, ms in reply.timings.items()}
            span.note(reply=reply.id, status=reply.status, language=reply.language, ms=reply.ms, **spent)
        self._metrics.note(question, reply)
        return reply


class _Steps:
    """Makes a span of each step, which lasts until the next one begins."""

    def __init__(self, spans: Spans, running: contextlib.ExitStack, listener: Listener | None) -> None:
        self._spans = spans
        self._running = running
        self._listener = listener

    async def step(self, name: str) -> None:
        self._running.close()
        self._running.enter_context(part(self._spans, name))
        if self._listener:
            await self._listener.step(name)

    async def claim(self, claim: Claim) -> None:
        if self._listener:
            await self._listener.claim(claim)


def _platform(question: Question) -> str:
    return question.place.platform if question.place else "other"


def _why(reply: Reply) -> str:
    if reply.kind:
        return reply.kind
    return UNSURE if reply.ranking else NOTHING
