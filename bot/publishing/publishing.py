"""Publishing: what officers do with answers that others are to find. Each use case is one transaction that also owes
whoever must hear of it, and stands in the audit log."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence

from bot.database import Database, now
from bot.desk import audit
from bot.desk.case import SYSTEM, Actor, Officer
from bot.desk.desk import Desk, clean
from bot.desk.outbox import Outbox
from bot.publishing.answer import (
    Act,
    AnswerState,
    Concern,
    Event,
    IllegalAct,
    NewAnswer,
    PublishedAnswer,
    Refusal,
    Source,
    Wording,
)
from bot.publishing.drafting import Drafting, Proposal
from bot.publishing.notices import deliveries
from bot.publishing.sources import Sources
from bot.publishing.store import Answers

ALL = tuple(AnswerState)


class Publishing:
    """Published answers. Who may do what here is for the caller to know; what an answer allows is known here.

    `officer_platforms` are those whose officers' channel hears of every answer. With `four_eyes` a second officer is
    needed to publish what one has proposed.
    """

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        desk: Desk,
        sources: Sources,
        officer_platforms: Sequence[str] = (),
        *,
        four_eyes: bool = True,
        clock: Callable[[], dt.datetime] = now,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._sources = sources
        self._drafting = Drafting(desk, sources)
        self._officer_platforms = officer_platforms
        self._four_eyes = four_eyes
        self._clock = clock

    @property
    def four_eyes(self) -> bool:
        """Does somebody else have to approve what one has proposed?"""
        return self._four_eyes

    async def preview(self, new: NewAnswer, officer: Officer) -> Proposal:
        """What proposing it would propose, and what would be taken out. Nothing is kept. Raises as `propose` does."""
        return await self._drafting.draft(new, officer, self._clock())

    async def propose(self, new: NewAnswer, officer: Officer) -> Proposal:
        """Propose to publish it, without the personal data in it; what is proposed twice is one proposal.

        Raises CaseNotFound, or IllegalAct where a case has no answer, a text is empty or too long, the review date is
        not to come, or a source is not there for those whom the answer is for.
        """
        proposal = await self.preview(new, officer)
        answer = proposal.answer
        event = self._event(Act.PROPOSED, officer, wording=answer.wording, sources=answer.sources)
        async with self._changing() as answers:
            if same := [each for each in await answers.of_case(answer.cases[0]) if _repeats(answer, each)]:
                return Proposal(answer=same[0], stripped=proposal.stripped)
            await answers.add(answer, event)
        return proposal

    async def approve(
        self,
        answer_id: str,
        officer: Officer,
        edited: Wording | None = None,
        *,
        sources: Sequence[str] | None = None,
        review_on: dt.date | None = None,
    ) -> Proposal:
        """Publish what was proposed or, with `edited`, that, less the personal data in it; `sources` and `review_on`
        are the proposed ones where they are not given.

        Raises AnswerNotFound, or IllegalAct where the officer has proposed it, it is no longer proposed, a text is
        empty or too long, the review date is not to come, or a source is not there.
        """
        answer = await self.get(answer_id)
        found = await self._drafting.edited(answer, edited or answer.wording, officer)
        there = await self._sources.of(sources if sources is not None else _ids(answer), answer.audience)
        event = self._event(Act.APPROVED, officer, wording=found.wording, sources=there, review_on=review_on)
        async with self._changing() as answers:
            after = await answers.change(answer_id, event, four_eyes=self._four_eyes)
            if answers.changes and answer.replaces:
                await answers.change(answer.replaces, self._event(Act.SUPERSEDED, officer))
        return Proposal(answer=after, stripped=found.taken)

    async def reject(self, answer_id: str, officer: Officer, reason: str) -> PublishedAnswer:
        """Let it not be published. Raises AnswerNotFound, or IllegalAct where no reason is given, or it is published
        or has ended."""
        if not clean(reason):
            raise IllegalAct(Refusal.EMPTY)
        return await self._act(answer_id, self._event(Act.REJECTED, officer, reason=clean(reason)))

    async def withdraw(self, answer_id: str, officer: Officer, reason: str = "") -> PublishedAnswer:
        """Take it back, at once, whether it is published or proposed. Raises AnswerNotFound, or IllegalAct where it
        has ended otherwise."""
        return await self._act(answer_id, self._event(Act.WITHDRAWN, officer, reason=clean(reason)))

    async def renew(
        self, answer_id: str, officer: Officer, review_on: dt.date, sources: Sequence[str] | None = None
    ) -> PublishedAnswer:
        """Vouch for it as it is, and for its sources as they are by now, until that day; `sources` in place of those it
        has. Raises AnswerNotFound, or IllegalAct where it is not published, the day is past, or a source is gone."""
        answer = await self.get(answer_id)
        there = await self._sources.of(sources if sources is not None else _ids(answer), answer.audience)
        return await self._act(answer_id, self._event(Act.RENEWED, officer, sources=there, review_on=review_on))

    async def flag(self, answer_id: str, concerns: Sequence[Concern]) -> PublishedAnswer:
        """Note that it needs review, each reason once. Raises AnswerNotFound, or IllegalAct: it isn't published."""
        return await self._act(answer_id, self._event(Act.FLAGGED, SYSTEM, concerns=tuple(concerns)))

    async def get(self, answer_id: str) -> PublishedAnswer:
        """The answer. Raises AnswerNotFound."""
        async with self._database.reading() as session:
            return await Answers(session).get(answer_id)

    async def list(
        self, states: Collection[AnswerState] = ALL, *, needs_review: bool | None = None, limit: int | None = 100
    ) -> Sequence[PublishedAnswer]:
        """The latest answers in these states, latest first; only those that need review, or only those that don't."""
        async with self._database.reading() as session:
            return await Answers(session).list(states, needs_review=needs_review, limit=limit)

    async def of_case(self, case_id: str) -> Sequence[PublishedAnswer]:
        """The answers that were made from the case, latest first."""
        async with self._database.reading() as session:
            return await Answers(session).of_case(case_id)

    async def counts(self) -> Mapping[AnswerState, int]:
        """How many answers there are in each state."""
        async with self._database.reading() as session:
            return await Answers(session).counts()

    async def events(self, answer_id: str) -> Sequence[Event]:
        """What happened to the answer, in order. Raises AnswerNotFound."""
        async with self._database.reading() as session:
            return await Answers(session).events(answer_id)

    async def _act(self, answer_id: str, event: Event) -> PublishedAnswer:
        async with self._changing() as answers:
            return await answers.change(answer_id, event)

    @contextlib.asynccontextmanager
    async def _changing(self) -> AsyncIterator[Answers]:
        async with self._database.writing() as session:
            answers = Answers(session)
            yield answers
            for answer, event in answers.changes:
                for delivery in deliveries(answer, event, self._officer_platforms):
                    await self._outbox.put(session, delivery)
            await session.flush()
            await audit.append(session, [_entry(answer, event) for answer, event in answers.changes])

    def _event(
        self,
        act: Act,
        by: Actor,
        reason: str = "",
        *,
        wording: Wording | None = None,
        sources: tuple[Source, ...] = (),
        review_on: dt.date | None = None,
        concerns: tuple[Concern, ...] = (),
    ) -> Event:
        return Event(
            act=act,
            actor=Actor(id=by.id, name=by.name),
            moment=self._clock(),
            reason=reason,
            wording=wording,
            sources=sources,
            review_on=review_on,
            concerns=concerns,
        )


def _repeats(answer: PublishedAnswer, before: PublishedAnswer) -> bool:
    """Is it what that officer has proposed before and nobody has decided on?"""
    about = {"id", "proposed", "sources"}
    return answer.model_dump(exclude=about) == before.model_dump(exclude=about)


def _ids(answer: PublishedAnswer) -> list[str]:
    return [source.id for source in answer.sources]


def _entry(answer: PublishedAnswer, event: Event) -> audit.Entry:
    return audit.Entry(
        moment=event.moment,
        actor=event.actor,
        about=f"answer:{answer.id}",
        what=event.act,
        version=answer.version,
        details=event.model_dump(mode="json", exclude={"actor", "moment", "act"}),
    )
