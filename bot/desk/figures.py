"""Figures of the desk: how much the bot answers, how long people wait, and what becomes of cases.

Everything is counted by the database, in statements that SQLite and PostgreSQL both understand and answer alike:
percentiles are made of row numbers and whole numbers, since one of the two has no function for them.
"""

from __future__ import annotations

import datetime as dt
import enum
import itertools
from collections import defaultdict
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, computed_field
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Label,
    ScalarSelect,
    Select,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from bot.database import Database
from bot.desk.case import OPEN, CaseState, Move
from bot.desk.finding import CaseFilter, matches
from bot.desk.outcomes import OutcomeRow
from bot.desk.span import Span
from bot.desk.tables import CaseRow, EventRow
from bot.question import Status

_COUNTED = {
    "returned": (Move.RETURNED, Move.ROUTED),
    "reassigned": (Move.REASSIGNED,),
    "reopened": (Move.REOPENED,),
    "escalated": (Move.ESCALATED,),
}
"""The moves that are counted, by the figure that says how often each was made."""
_TAKES = (Move.CLAIMED, Move.REASSIGNED, Move.ASKED_BACK, Move.ANSWERED, Move.ROUTED)
"""The moves after which nobody has said any more that a case belongs elsewhere."""
_TIMES = {
    "reply": (CaseRow.reply_seconds, true()),
    # What its asker took back was not finished by anybody.
    "close": (CaseRow.close_seconds, CaseRow.state != CaseState.WITHDRAWN),
}
"""What is timed, and of which cases."""
_TENTHS = {"median": 5, "p90": 9}
"""How far up the sorted values a percentile lies, in tenths of the way."""


class By(enum.StrEnum):
    """What figures can be divided by: columns that cases and outcomes both have."""

    TEAM = "team"
    TOPIC = "topic"
    STRATEGY = "strategy"
    LANGUAGE = "language"


class Times(BaseModel):
    """How long something took, in seconds as the clock on the wall counts them; `count` is how many it was taken of.

    A percentile between two values lies between them by as much. None where there is no value.
    """

    model_config = ConfigDict(frozen=True)

    count: int = 0
    median: float | None = None
    p90: float | None = None


class Figures(BaseModel):
    """The figures of one group: a team, a topic ... or everything, where `of` is None; empty is what has none.

    `answered` and `abstained` are the bot's replies to questions. `cases` were opened in the span; of these `open` wait
    for an answer now, and `late` should have heard by now. `returned` ("Not ours"), `reassigned`, `reopened` and
    `escalated` say how often that was done to them; a case was returned by the team that had it then. `helped` and
    `unhelped` are what askers said of the answer, and have not had another one since.
    """

    model_config = ConfigDict(frozen=True)

    of: str | None = None
    answered: int = 0
    abstained: int = 0
    cases: int = 0
    open: int = 0
    late: int = 0
    returned: int = 0
    reassigned: int = 0
    reopened: int = 0
    escalated: int = 0
    helped: int = 0
    unhelped: int = 0
    reply: Times = Times()
    close: Times = Times()

    @computed_field  # type: ignore[prop-decorator]
    @property
    def answered_share(self) -> float | None:
        """Of the questions, how many the bot answered; None where nothing was asked."""
        return _share(self.answered, self.abstained)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def helped_share(self) -> float | None:
        """Of the askers who said whether an officer's answer helped, how many it did; None where nobody said."""
        return _share(self.helped, self.unhelped)


async def figures(
    database: Database, moment: AwareDatetime, span: Span | None = None, by: By | None = None
) -> list[Figures]:
    """The figures of each group, in the order of their names; of everything, as the only group, without `by`.

    Cases count where they were opened in the span, replies where they were given in it; what is open or late is so at
    the moment.
    """
    within = span or Span()
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    async with database.reading() as session:
        for counted in (_replies(within, by), _cases(within, by, moment), _moves(within, by)):
            for row in (await session.execute(counted)).mappings():
                found[row["of"]] |= row
        for name, (seconds, counts) in _TIMES.items():
            for row in (await session.execute(_times(within, by, seconds, counts))).mappings():
                tenths = {name: row[name] / 10 for name in _TENTHS}
                found[row["of"]][name] = Times(count=row["count"], **tenths)
    if by is None:
        return [Figures.model_validate(found[""] | {"of": None})]
    return [Figures.model_validate(found[of]) for of in sorted(found)]


def _share(some: int, others: int) -> float | None:
    return some / (some + others) if some + others else None


def _replies(span: Span, by: By | None) -> Select[Any]:
    """How many replies ended how; those to which nothing was asked are none."""
    given = select(_group(OutcomeRow, by), OutcomeRow.status).where(span.holds(OutcomeRow.moment))
    row = given.where(OutcomeRow.status.in_([Status.ANSWERED, Status.ABSTAINED])).subquery().c
    counts = (func.count().filter(row.status == each).label(each.value) for each in (Status.ANSWERED, Status.ABSTAINED))
    return select(row.of, *counts).group_by(row.of)


def _cases(span: Span, by: By | None, moment: dt.datetime) -> Select[Any]:
    """How many cases there are, and how many of them stand how."""
    standing = {
        "open": CaseRow.state.in_(OPEN),
        "late": matches(CaseFilter(late=moment)),
        "helped": CaseRow.helped.is_(True),
        "unhelped": CaseRow.helped.is_(False),
    }
    ones = (case((holds, 1), else_=0).label(name) for name, holds in standing.items())
    row = select(_group(CaseRow, by), *ones).where(span.holds(CaseRow.opened)).subquery().c
    sums = (func.sum(row[name]).label(name) for name in standing)
    return select(row.of, func.count().label("cases"), *sums).group_by(row.of)


def _moves(span: Span, by: By | None) -> Select[Any]:
    """How often the moves that are counted were made."""
    group = _group(CaseRow, by)
    if by is By.TEAM:
        returned = func.coalesce(_team_then(), CaseRow.team)
        group = case((EventRow.move.in_(_COUNTED["returned"]), returned), else_=CaseRow.team).label("of")
    made = select(group, EventRow.move).join(CaseRow, CaseRow.number == EventRow.case_number)
    made = made.where(~and_(EventRow.move == Move.ROUTED, _was_laid_back()))
    row = made.where(EventRow.move.in_(itertools.chain(*_COUNTED.values())), span.holds(CaseRow.opened)).subquery().c
    counts = (func.count().filter(row.move.in_(moves)).label(name) for name, moves in _COUNTED.items())
    return select(row.of, *counts).group_by(row.of)


def _was_laid_back() -> ColumnElement[bool]:
    """Had somebody said before the event that the case belongs elsewhere, and nobody taken it since? To give it to
    another team then is to do what is counted already."""
    said, taken = aliased(EventRow), aliased(EventRow)
    between = and_(taken.version > said.version, taken.version < EventRow.version)
    since = exists().where(taken.case_number == said.case_number, between, taken.move.in_(_TAKES))
    return exists().where(
        said.case_number == EventRow.case_number,
        said.version < EventRow.version,
        said.move == Move.RETURNED,
        ~since.correlate(said, EventRow),
    )


def _team_then() -> ScalarSelect[str]:
    """Whose the case was when the event happened: it came to that team the last time before."""
    earlier = aliased(EventRow)
    before = and_(earlier.case_number == EventRow.case_number, earlier.version < EventRow.version, earlier.team != "")
    return select(earlier.team).where(before).order_by(earlier.version.desc()).limit(1).scalar_subquery()


def _times(
    span: Span, by: By | None, seconds: InstrumentedAttribute[int | None], counts: ColumnElement[bool]
) -> Select[Any]:
    """The percentiles of a column of cases. Of n sorted values, the one that lies a part of the way up is between two,
    or is one of them: both have a weight in tenths, so that whole numbers are added up and nothing is rounded."""
    done = and_(span.holds(CaseRow.opened), seconds.is_not(None), counts)
    taken = select(_group(CaseRow, by), cast(seconds, BigInteger).label("seconds")).where(done).subquery().c
    rank = func.row_number().over(partition_by=taken.of, order_by=taken.seconds).label("rank")
    count = func.count().over(partition_by=taken.of).label("count")
    row = select(taken.of, taken.seconds, rank, count).subquery().c
    percentiles = []
    for name, tenths in _TENTHS.items():
        way = (row.count - 1) * tenths
        below, rest = way // 10 + 1, way % 10
        weight = case((row.rank == below, 10 - rest), (row.rank == below + 1, rest), else_=0)
        percentiles.append(cast(func.sum(row.seconds * weight), BigInteger).label(name))
    return select(row.of, func.count().label("count"), *percentiles).group_by(row.of)


def _group(table: type[CaseRow | OutcomeRow], by: By | None) -> Label[str]:
    column: ColumnElement[str] = getattr(table, by) if by else literal("")
    return column.label("of")
