"""The cases that a case may be merged into, and how an officer who chooses among them is shown each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from bot.desk.case import MERGEABLE, Case, CaseState
from bot.desk.desk import Desk
from bot.desk.similar import similar
from bot.texts import Texts

_LOOKED_AT = 300
"""The latest cases are those that the same is asked in,"""
_ALIKE = 50
"""and, before them, the most similar ones."""


class Candidate(BaseModel):
    """A case that another may be merged into; so many askers will get its answer then."""

    model_config = ConfigDict(frozen=True)

    case: Case
    askers: int


async def candidates(desk: Desk, case: Case) -> Sequence[Candidate]:
    """Those that the case may be merged into, the likeliest first."""
    others = [*await similar(desk, case, _ALIKE), *await desk.list(MERGEABLE, _LOOKED_AT)]
    return fitting(case, others, await desk.list([CaseState.MERGED], _LOOKED_AT))


def fitting(case: Case, others: Iterable[Case], merged: Iterable[Case]) -> list[Candidate]:
    """Those of the others that this one may be merged into, in their order. `merged` are the cases that are answered by
    way of another."""
    askers: dict[str, set[str]] = defaultdict(set)
    for each in merged:
        askers[each.merged_into or ""].add(each.asker.id)
    found = {each.id: each for each in others if each.id != case.id and each.audience is case.audience}
    return [
        Candidate(case=each, askers=len({case.asker.id, each.asker.id} | askers[case.id] | askers[each.id]))
        for each in found.values()
    ]


def titled(case: Case, texts: Texts, language: str) -> str:
    """The case in a line. Of what was asked in private, only the case itself shows the words."""
    words = texts(language, f"desk.state.{case.state}") if case.confidential else " ".join(case.question.split())
    return f"{case.label}: {words}"
