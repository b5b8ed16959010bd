"""Makes what is to be published of answered cases: without personal data, and with its sources as they are now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.case import SYSTEM, Case, Officer
from bot.desk.desk import Desk, clean
from bot.publishing.answer import IllegalAct, NewAnswer, PublishedAnswer, Refusal, Wording
from bot.publishing.rules import refuse_past, refuse_unsayable
from bot.publishing.sources import Sources
from bot.publishing.store import new_id
from bot.publishing.stripping import Stripped, stripped
from knowledge.model import Audience


class Proposal(BaseModel):
    """An answer, and the personal data that was taken out of what an officer wrote, for that officer to confirm. What
    was taken is kept nowhere."""

    model_config = ConfigDict(frozen=True)

    answer: PublishedAnswer
    stripped: tuple[str, ...] = ()


class Drafting:
    """Reads cases and sources; changes nothing."""

    def __init__(self, desk: Desk, sources: Sources) -> None:
        self._desk = desk
        self._sources = sources

    async def draft(self, new: NewAnswer, officer: Officer, moment: dt.datetime) -> Proposal:
        """The proposal. Raises CaseNotFound, or IllegalAct where a case has no answer, a text is empty or too long, the
        review date is not to come, or a source is not there for those whom the answer is for."""
        cases = [await self._answered(case_id) for case_id in dict.fromkeys(new.cases)]
        if not cases:
            raise IllegalAct(Refusal.UNANSWERED, case="")
        refuse_past(new.review_on, moment)
        internal = Audience.INTERNAL in {new.audience, *(case.audience for case in cases)}
        audience = Audience.INTERNAL if internal else Audience.PUBLIC
        found = await self.strip(Wording(question=new.question, answer=new.answer), cases, [officer], new.keep)
        refuse_unsayable(found.wording)
        answer = PublishedAnswer(
            id=new_id(),
            cases=tuple(case.id for case in cases),
            question=found.wording.question,
            answer=found.wording.answer,
            language=new.language or cases[0].language,
            audience=audience,
            team=clean(new.team),
            sources=await self._sources.of(new.sources, audience),
            review_on=new.review_on,
            proposer=officer,
            proposed=moment,
            keep=new.keep,
            replaces=new.replaces,
        )
        return Proposal(answer=answer, stripped=found.taken)

    async def edited(self, answer: PublishedAnswer, wording: Wording, approver: Officer) -> Stripped:
        """What an approver makes of a proposal, without personal data."""
        cases = [await self._desk.get(case_id) for case_id in answer.cases]
        return await self.strip(wording, cases, [answer.proposer, approver], answer.keep)

    async def strip(
        self, wording: Wording, cases: Sequence[Case], officers: Sequence[Officer], keep: Sequence[str]
    ) -> Stripped:
        """The wording without personal data: the names are those of everybody who had to do with the cases."""
        names = {officer.name for officer in officers}
        for case in cases:
            asked_too = await self._desk.merged_into(case.id)
            names |= {each.asker.name for each in (case, *asked_too)}
            for event in await self._desk.events(case.id):
                names |= {actor.name for actor in (event.actor, event.to) if actor}
        written = Wording(question=clean(wording.question), answer=clean(wording.answer))
        return stripped(written, names - {SYSTEM.name}, keep)

    async def _answered(self, case_id: str) -> Case:
        case = await self._desk.get(case_id)
        if case.answer is None:
            raise IllegalAct(Refusal.UNANSWERED, case=case.label)
        return case
