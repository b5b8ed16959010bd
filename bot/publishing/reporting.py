"""What officers are told in their channel about a published answer. The same on every platform."""

from __future__ import annotations

import dataclasses

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.store import CaseNotFound
from bot.publishing.answer import AnswerState, PublishedAnswer
from bot.publishing.concerns import told
from bot.publishing.notices import PROPOSED, REVIEW
from bot.texts import Texts
from knowledge.model import Audience


@dataclasses.dataclass(frozen=True)
class Report:
    """What is to be done, the question that the answer is to (empty, where not everybody may read it there) and why the
    answer is to be looked at again."""

    lead: str
    question: str = ""
    concerns: tuple[str, ...] = ()


def report(kind: str, answer: PublishedAnswer, case: Case | None, texts: Texts, language: str) -> Report:
    """What the delivery of that kind is to tell. `case` is the one that the answer was first given in."""
    key = "desk.publishing.proposed" if kind == PROPOSED else "desk.publishing.review"
    return Report(
        lead=texts(language, key, name=answer.proposer.name, team=answer.team),
        question=answer.question if _is_open(answer, case) else "",
        concerns=tuple(told(each, language, texts) for each in answer.concerns) if kind == REVIEW else (),
    )


async def first_case(answer: PublishedAnswer, desk: Desk) -> Case | None:
    """The case that the answer was first given in, where there is one."""
    try:
        return await desk.get(answer.cases[0])
    except (CaseNotFound, IndexError):
        return None


def _is_open(answer: PublishedAnswer, case: Case | None) -> bool:
    """May everybody in the officers' channel read the question? Who that is, is for the platform to know."""
    published = answer.state is AnswerState.PUBLISHED
    return answer.audience is Audience.PUBLIC and (published or case is None or not case.confidential)
