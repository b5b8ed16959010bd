"""The path of a question: guard, understand, retrieve, answer, judge. Read this file to know the product."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog

from bot.guard import Guard, Guarded, Refused
from bot.question import Listener, Question, Reply, Status
from bot.texts import Texts
from bot.understanding import OPENING, Understander, Understanding
from knowledge.answering import ExtractiveAnswerer
from knowledge.calls import Call
from knowledge.confidence import confidence
from knowledge.model import ANSWER, Audience, Citation, Claim, Draft, Evidence, Match
from knowledge.retriever import Retriever

if TYPE_CHECKING:  # wired with a chat model only: LangChain's chat models take a second to load
    from bot.chat import Chat

log = structlog.get_logger(__name__)


class Silent:
    """Hears nothing."""

    async def step(self, name: str) -> None:
        """Do nothing."""

    async def claim(self, claim: Claim) -> None:
        """Do nothing."""


class Unaided:
    """A reply's way without a chat model."""

    calls: tuple[Call, ...] = ()

    async def rewrite(self, query: str, question: str, thread: Sequence[str]) -> str:
        """The query as it was."""
        return query

    async def rank(self, evidence: Evidence) -> Evidence:
        """The evidence as it was."""
        return evidence

    async def write(self, evidence: Evidence, language: str, listener: Listener) -> tuple[Claim, ...]:
        """Nothing."""
        return ()


class Conversation:
    """Answers questions. Each audience has a retriever that holds what it may read and nothing else.

    The draft in the documents' own words comes first and is judged; only what passes is, where there is a chat model,
    written in the model's words (`docs/decisions/0001`).
    """

    def __init__(
        self,
        guard: Guard,
        understander: Understander,
        retrievers: Mapping[Audience, Retriever],
        answerer: ExtractiveAnswerer,
        judge: Callable[[Draft], tuple[float, bool]],
        texts: Texts,
        chat: Chat | None = None,
    ) -> None:
        self._guard = guard
        self._understander = understander
        self._retrievers = retrievers
        self._answerer = answerer
        self._judge = judge
        self._texts = texts
        self._chat = chat

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        """Answer the question, or say that it can't be answered; `listener` hears how it goes."""
        heard = listener or Silent()
        clock = _Clock()
        said = _new_id()
        aid = self._chat.begin(said) if self._chat else Unaided()
        history = self._guard.recall(question.history)
        try:
            guarded = self._guard.check(question.text)
        except Refused as refused:
            language = question.language
            if not language:
                opening = question.text[:OPENING]
                language = await asyncio.to_thread(self._understander.language, opening, history)
            return clock.stamp(self._say(Status.REFUSED, language, refused.key, **refused.values))
        await heard.step("understand")
        understood = await asyncio.to_thread(self._understander.understand, guarded.text, history, question.language)
        if understood.smalltalk:
            key = f"reply.smalltalk.{understood.smalltalk}"
            return clock.stamp(self._say(Status.SAID, understood.language, key))
        await heard.step("retrieve")
        retriever = self._retrievers[question.audience]
        query = await aid.rewrite(understood.query, guarded.text, history)
        clock.lap("rewrite")
        evidence = await retriever.find(query, understood.language)
        clock.lap("retrieve")
        evidence = await aid.rank(evidence)
        clock.lap("rank")
        await heard.step("answer")
        draft = await self._answerer.draft(evidence, retriever.reader)
        sure, enough = self._judge(draft)
        reply = self._compose(said, guarded, understood, evidence, draft, sure)
        if not enough:
            nearest = await self._answerer.nearest(evidence)
            reply = self._abstain(reply, guarded, nearest)
        elif written := await aid.write(evidence, understood.language, heard):
            reply = self._write(reply, written, guarded)
        clock.lap("answer")
        return clock.stamp(reply.model_copy(update={"calls": aid.calls}), evidence)

    def _compose(
        self, said: str, guarded: Guarded, understood: Understanding, evidence: Evidence, draft: Draft, sure: float
    ) -> Reply:
        language = understood.language
        key = evidence.match.value if draft.claims[1:] or evidence.match is not Match.NAMED else "one"
        return Reply(
            id=said,
            status=Status.ANSWERED,
            language=language,
            lead=self._texts(language, f"reply.lead.{key}", count=len(draft.claims), subject=evidence.subject),
            claims=draft.claims,
            note=self._note(language, draft.claims, guarded),
            draft=draft.claims,
            ranking=tuple(dict.fromkeys((found.passage.document, found.passage.section) for found in evidence.found)),
            confidence=round(sure, 4),
        )

    def _abstain(self, reply: Reply, guarded: Guarded, nearest: tuple[Citation, ...]) -> Reply:
        changes = {
            "status": Status.ABSTAINED,
            "lead": self._texts(reply.language, "reply.abstained"),
            "claims": (),
            "note": self._note(reply.language, (), guarded),
            "nearest": nearest,
        }
        return reply.model_copy(update=changes)

    def _write(self, reply: Reply, claims: tuple[Claim, ...], guarded: Guarded) -> Reply:
        changes = {
            "claims": claims,
            "lead": self._texts(reply.language, "reply.lead.written"),
            "note": self._note(reply.language, claims, guarded),
        }
        return reply.model_copy(update=changes)

    def _note(self, language: str, claims: Sequence[Claim], guarded: Guarded) -> str:
        kinds = {(claim.citation.kind, claim.citation.audience) for claim in claims}
        keys = {
            "reply.note.guidance": any(kind in {"guidance", ANSWER} for kind, _ in kinds),
            "reply.note.routine": ("routine", Audience.INTERNAL) in kinds,
            "reply.note.masked": guarded.masked,
        }
        return "\n".join(self._texts(language, key) for key, applies in keys.items() if applies)

    def _say(self, status: Status, language: str, key: str, **values: object) -> Reply:
        lead = self._texts(language, key, **values)
        return Reply(id=_new_id(), status=status, language=language, lead=lead)


class _Clock:
    """Measures a reply and its parts, in milliseconds."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._parts: dict[str, float] = {}

    def lap(self, name: str) -> None:
        moment = time.perf_counter()
        self._parts[name] = (moment - self._last) * 1000
        self._last = moment

    def stamp(self, reply: Reply, evidence: Evidence | None = None) -> Reply:
        parts = self._parts | dict(evidence.ms if evidence else {})
        total = (time.perf_counter() - self._start) * 1000
        log.info("conversation.replied", reply=reply.id, status=reply.status, sure=reply.confidence, ms=round(total, 1))
        timings = {name: round(ms, 3) for name, ms in parts.items()}
        return reply.model_copy(update={"ms": round(total, 3), "timings": timings})


def judge(draft: Draft, *, threshold: float) -> tuple[float, bool]:
    """Step 5: how sure the draft is, and whether that is enough to answer."""
    sure = confidence(draft.signs)
    return sure, bool(draft.claims) and sure >= threshold


def _new_id() -> str:
    return secrets.token_urlsafe(12)
