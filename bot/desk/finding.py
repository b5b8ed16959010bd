"""Which cases somebody wants to see, and how the database finds them."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel, ConfigDict
from sqlalchemy import ColumnElement, and_, exists, or_

from bot.desk.case import OPEN, CaseState
from bot.desk.tables import CaseRow, SeenRow, sought, watching


class CaseFilter(BaseModel):
    """Which cases: those in these states, of that team, topic and language, that the officer or nobody (`officer=""`)
    has, or one of the `officers`, that somebody watches, that are late at a moment, that hold the words. Of one of the
    teams `led`, and with a deadline that is known to have passed, what `unseen_by` has not seen. What is not said does
    not matter.
    """

    model_config = ConfigDict(frozen=True)

    states: frozenset[CaseState] = frozenset(CaseState)
    team: str | None = None
    topic: str | None = None
    language: str | None = None
    officer: str | None = None
    officers: frozenset[str] | None = None
    watcher: str | None = None
    asker: str | None = None
    late: dt.datetime | None = None
    led: frozenset[str] | None = None
    unseen_by: str | None = None
    not_ours: bool = False
    words: str = ""


def matches(wanted: CaseFilter) -> ColumnElement[bool]:
    """The condition on rows of cases."""
    conditions: list[ColumnElement[bool]] = [CaseRow.state.in_(wanted.states)]
    for column in ("team", "topic", "language", "asker"):
        if (value := getattr(wanted, column)) is not None:
            conditions.append(getattr(CaseRow, column) == value)
    if wanted.officer is not None:
        conditions.append(CaseRow.officer_id == wanted.officer if wanted.officer else CaseRow.officer_id.is_(None))
    if wanted.officers is not None:
        conditions.append(CaseRow.officer_id.in_(wanted.officers))
    if wanted.watcher is not None:
        conditions.append(CaseRow.watching.contains(watching([wanted.watcher]), autoescape=True))
    if wanted.not_ours:
        conditions.append(CaseRow.not_ours.is_(True))
    if wanted.late is not None:
        conditions.append(_late(wanted.late))
    if wanted.led is not None:
        conditions.append(CaseRow.team.in_(wanted.led))
    if wanted.unseen_by is not None:
        conditions.append(_unseen(wanted.unseen_by))
    conditions += [CaseRow.sought.contains(word, autoescape=True) for word in sought(wanted.words).split()]
    return and_(*conditions)


def _unseen(leader: str) -> ColumnElement[bool]:
    of_case = and_(SeenRow.case_number == CaseRow.number, SeenRow.due == CaseRow.escalated)
    return and_(CaseRow.escalated.is_not(None), ~exists().where(of_case, SeenRow.leader_id == leader))


def _late(moment: dt.datetime) -> ColumnElement[bool]:
    first = and_(CaseRow.replied.is_(None), CaseRow.due_reply < moment)
    then = and_(CaseRow.replied.is_not(None), CaseRow.due_answer < moment)
    return and_(CaseRow.state.in_(OPEN), CaseRow.paused.is_(None), or_(first, then))
