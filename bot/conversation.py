"""The path of a question: guard, understand, sort, retrieve, answer, judge. Read this file to know the product."""

from __future__ import annotations

import asyncio
import dataclasses
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import structlog

from bot.freshness import Freshness
from bot.guard import Guard, Refused
from bot.question import Listener, Question, Reply, Status
from bot.several import merged
from bot.texts import Texts
from bot.triage import UNSEARCHED, Kind, Sorted, Triage, national
from bot.understanding import OPENING, Asked, Understander
from knowledge.answering import ExtractiveAnswerer
from knowledge.calls import Call
from knowledge.confidence import confidence
from knowledge.model import ANSWER, Audience, Citation, Claim, Draft, Evidence, Match
from knowledge.retriever import Retriever

if TYPE_CHECKING:  # wired with a chat model only: LangChain's chat models take a second to load
    from bot.chat import Aid, Chat

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

    def __init__(  # noqa: PLR0913, PLR0917 - the steps of the path, put together in one place
        self,
        guard: Guard,
        triage: Triage,
        understander: Understander,
        retrievers: Mapping[Audience, Retriever],
        answerer: ExtractiveAnswerer,
        judge: Callable[[Draft], tuple[float, bool]],
        texts: Texts,
        freshness: Freshness,
        phone: str = "",
        chat: Chat | None = None,
    ) -> None:
        self._guard = guard
        self._triage = triage
        self._understander = understander
        self._retrievers = retrievers
        self._answerer = answerer
        self._judge = judge
        self._texts = texts
        self._freshness = freshness
        self._phone = phone
        self._chat = chat

    async def reply(self, question: Question, listener: Listener | None = None) -> Reply:
        """Answer the question, or say that it can't be answered; `listener` hears how it goes."""
        heard = listener or Silent()
        clock, id_ = _Clock(), _new_id()
        history = self._guard.recall(question.history)
        if await asyncio.to_thread(self._triage.is_emergency, question.text):
            reply = self._say(Status.SAID, await self._language(question, history), f"reply.kind.{Kind.EMERGENCY}")
            return clock.stamp(reply.model_copy(update={"kind": Kind.EMERGENCY}))
        try:
            guarded = self._guard.check(question.text)
        except Refused as refused:
            language = await self._language(question, history)
            return clock.stamp(self._say(Status.REFUSED, language, refused.key, **refused.values))
        await heard.step("understand")
        understood = await asyncio.to_thread(self._understander.understand, guarded.text, history, question.language)
        clock.lap("understand")
        if understood.smalltalk:
            key = f"reply.smalltalk.{understood.smalltalk}"
            return clock.stamp(self._say(Status.SAID, understood.language, key))
        reader = _Reader(understood.language, question.audience, guarded.masked, understood.foreign)
        asked = understood.questions
        aid = self._chat.begin(id_) if self._chat else Unaided()
        turn = _Turn(history, _Steps(heard) if asked[1:] else heard, clock, aid)
        replies = []
        for each in asked:
            replies.append(await self._reply(each, reader, turn))
            clock.lap("answer")
        reply = merged([each.text for each in asked], replies, self._texts)
        return clock.stamp(reply.model_copy(update={"id": id_, "calls": aid.calls}))

    async def _reply(self, asked: Asked, reader: _Reader, turn: _Turn) -> Reply:
        """The reply to one question."""
        told = self._triage.sort(asked.text, asked.query)
        if told.kind in UNSEARCHED:
            return self._turn_away(told, reader)
        await turn.heard.step("retrieve")
        with self._retrievers[reader.audience].hold() as retriever:
            return await self._look_up(asked, told, retriever, reader, turn)

    async def _look_up(self, asked: Asked, told: Sorted, retriever: Retriever, reader: _Reader, turn: _Turn) -> Reply:
        """The reply by what is found, all of it in one version of the library."""
        heard, clock = turn.heard, turn.clock
        query = await turn.aid.rewrite(told.query, asked.text, turn.history)
        clock.lap("rewrite")
        evidence = await retriever.find(query, reader.language)
        clock.lap("retrieve", evidence.ms)
        evidence = await turn.aid.rank(evidence)
        clock.lap("rank")
        await heard.step("answer")
        draft = await self._answerer.draft(evidence, retriever.reader)
        if told.kind is Kind.ELSEWHERE:
            draft = national(draft)
        sure, enough = self._judge(draft)
        enough = enough and not evidence.absent  # likeness finds others, which are not what was named
        if not enough and told.kind:
            return self._turn_away(told, reader).model_copy(update={"draft": draft.claims})
        reader = dataclasses.replace(reader, limited=evidence.limited)
        reply = self._compose(told, reader, evidence, draft, sure)
        if not enough:
            return self._abstain(reply, reader, evidence, await self._answerer.nearest(evidence))
        if self._chat and not told.kind:
            evidence = await retriever.around(evidence)
        clock.lap("answer")
        if not told.kind and (written := await turn.aid.write(evidence, reader.language, heard)):
            lead = self._texts(reply.language, "reply.lead.written")
            reply = reply.model_copy(update={"claims": written, "lead": lead})
        clock.lap("write")
        return await self._compare(reply, evidence, retriever, reader)

    async def _compare(self, reply: Reply, evidence: Evidence, retriever: Retriever, reader: _Reader) -> Reply:
        """The reply with what another source says otherwise, and what there is to note of its sources."""
        is_alone = evidence.exact or reply.kind is Kind.ELSEWHERE
        nearest = () if is_alone else await self._answerer.nearest(evidence)
        about = (reply.claims, nearest, reply.language, retriever.reader.terms)
        claims, notes = await asyncio.to_thread(self._freshness.compare, *about)
        note = "\n".join(filter(None, (*notes, self._note(reply, claims, reader))))
        return reply.model_copy(update={"claims": claims, "note": note})

    def _compose(self, told: Sorted, reader: _Reader, evidence: Evidence, draft: Draft, sure: float) -> Reply:
        language = reader.language
        count = len({(claim.citation.document, claim.citation.section) for claim in draft.claims})
        key = evidence.match.value if count > 1 or evidence.match is not Match.NAMED else "one"
        key = "whole" if evidence.part_missing else key
        lead = self._texts(language, f"reply.lead.{key}", count=count, subject=evidence.subject)
        if told.kind:
            here = self._triage.municipality
            lead = self._texts(language, f"reply.general.{told.kind}", place=told.place, here=here) + "\n" + lead
        return Reply(
            id=_new_id(),
            status=Status.ANSWERED,
            language=language,
            kind=told.kind,
            lead=lead,
            claims=draft.claims,
            draft=draft.claims,
            ranking=tuple(dict.fromkeys((found.passage.document, found.passage.section) for found in evidence.found)),
            confidence=round(sure, 4),
        )

    def _abstain(self, reply: Reply, reader: _Reader, evidence: Evidence, nearest: tuple[Citation, ...]) -> Reply:
        key = "reply.abstained.absent" if evidence.absent else "reply.abstained"
        lead = self._texts(reply.language, key, subject=evidence.absent)
        changes = {"status": Status.ABSTAINED, "lead": lead, "claims": (), "nearest": nearest}
        abstained = reply.model_copy(update=changes)
        return abstained.model_copy(update={"note": self._note(abstained, (), reader)})

    def _turn_away(self, told: Sorted, reader: _Reader) -> Reply:
        """What is said where the documents are not to be asked, or don't tell: never a passage."""
        here = self._triage.municipality
        key = f"reply.kind.{told.kind}"
        reply = self._say(Status.ABSTAINED, reader.language, key, place=told.place, here=here)
        return reply.model_copy(update={"kind": told.kind, "note": self._note(reply, (), reader)})

    def _note(self, reply: Reply, claims: Sequence[Claim], reader: _Reader) -> str:
        kinds = {(claim.citation.kind, claim.citation.audience) for claim in claims}
        keys = {
            "reply.note.guidance": any(kind in {"guidance", ANSWER} for kind, _ in kinds),
            "reply.note.routine": ("routine", Audience.INTERNAL) in kinds,
            "reply.note.masked": reader.masked,
            "reply.note.foreign": reader.foreign,
            "reply.note.limited": reader.limited,
        }
        notes = [self._texts(reply.language, key) for key, applies in keys.items() if applies]
        if self._phone and reply.status is Status.ABSTAINED:
            notes.append(self._texts(reply.language, "reply.note.phone", phone=self._phone))
        return "\n".join(notes)

    def _say(self, status: Status, language: str, key: str, **values: object) -> Reply:
        lead = self._texts(language, key, **values)
        return Reply(id=_new_id(), status=status, language=language, lead=lead)

    async def _language(self, question: Question, history: Sequence[str]) -> str:
        """The language of a text that need not be readable."""
        if question.language:
            return question.language
        return await asyncio.to_thread(self._understander.language, question.text[:OPENING], history)


@dataclasses.dataclass(frozen=True)
class _Reader:
    """Who is told, and what of the question, and of the search, they are to know."""

    language: str
    audience: Audience
    masked: bool
    foreign: bool
    limited: bool = False


@dataclasses.dataclass(frozen=True)
class _Turn:
    """What goes along with all questions of a message: what was asked before, who listens, and a chat model's help."""

    history: Sequence[str]
    heard: Listener
    clock: _Clock
    aid: Aid | Unaided


class _Steps:
    """Tells a listener of steps only: of several questions, claims come in an order that is known in the end."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    async def step(self, name: str) -> None:
        await self._listener.step(name)

    async def claim(self, claim: Claim) -> None:
        """Keep it back."""


class _Clock:
    """Measures a reply and its parts, in milliseconds."""

    def __init__(self) -> None:
        self._start = self._last = time.perf_counter()
        self._parts: dict[str, float] = {}

    def lap(self, name: str, parts: Mapping[str, float] | None = None) -> None:
        moment = time.perf_counter()
        for part, ms in {name: (moment - self._last) * 1000, **(parts or {})}.items():
            self._parts[part] = self._parts.get(part, 0.0) + ms
        self._last = moment

    def stamp(self, reply: Reply) -> Reply:
        total = (time.perf_counter() - self._start) * 1000
        log.info("conversation.replied", reply=reply.id, status=reply.status, sure=reply.confidence, ms=round(total, 1))
        timings = {name: round(ms, 3) for name, ms in self._parts.items()}
        return reply.model_copy(update={"ms": round(total, 3), "timings": timings})


def judge(draft: Draft, *, threshold: float) -> tuple[float, bool]:
    """Step 5: how sure the draft is, and whether that is enough to answer."""
    sure = confidence(draft.signs)
    return sure, bool(draft.claims) and sure >= threshold


def _new_id() -> str:
    return secrets.token_urlsafe(12)
