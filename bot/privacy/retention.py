"""What has been kept for long enough, kind by kind. Nothing of a case that waits for an answer is among it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from bot.database import Base
from bot.desk.absences import AbsenceRow
from bot.desk.case import OPEN, SYSTEM, CaseState
from bot.desk.entries import ERASED
from bot.desk.forgetting import forget, new_pseudonym
from bot.desk.outbox_table import OutboxRow
from bot.desk.tables import CaseRow, EventRow
from bot.handlers.slack import store as slack
from bot.handlers.slack.installing.store import BegunRow
from bot.handlers.slack.known import LEFT_BEHIND, KnownRow
from bot.handlers.slack.replies.feedbacks import FeedbackRow as SlackFeedbackRow
from bot.handlers.teams import store as teams
from bot.handlers.web import PLATFORM as WEB
from bot.handlers.web import store as web

_CASES = 20
"""So many at once: whoever changes a case waits for the log."""

_Condition = Callable[[dt.datetime], ColumnElement[bool]]


class Part(NamedTuple):
    """A part of a kind of data: how many rows are due at a cutoff, and taking at most so many of them away."""

    kind: str
    table: str
    due: Callable[[AsyncSession, dt.datetime], Awaitable[int]]
    take: Callable[[AsyncSession, dt.datetime, int], Awaitable[int]]


def parts() -> Sequence[Part]:
    """All parts, in the order in which they go: a case before the questions that led to it."""
    return (
        Part("cases", "cases", _count_cases, _take_cases),
        _rows("deliveries", OutboxRow, lambda cutoff: OutboxRow.done_at < cutoff),
        _rows("undelivered", OutboxRow, lambda cutoff: OutboxRow.failed_at < cutoff),
        _rows("feedback", web.FeedbackRow, lambda cutoff: web.FeedbackRow.changed < cutoff),
        _rows("feedback", SlackFeedbackRow, lambda cutoff: SlackFeedbackRow.created < cutoff),
        _rows("feedback", teams.FeedbackRow, lambda cutoff: teams.FeedbackRow.created < cutoff),
        Part("questions", "web_threads", _count_threads, _take_threads),
        _rows("questions", slack.ReplyRow, lambda cutoff: _is_settled(slack.ReplyRow, cutoff)),
        _rows("questions", teams.ReplyRow, lambda cutoff: _is_settled(teams.ReplyRow, cutoff)),
        _rows("posts", slack.PostRow, lambda cutoff: and_(slack.PostRow.begun < cutoff, _is_of_no_case(slack.PostRow))),
        _rows(
            "posts", teams.PostRow, lambda cutoff: and_(teams.PostRow.posted < cutoff, _is_of_no_case(teams.PostRow))
        ),
        _rows("absences", AbsenceRow, lambda cutoff: AbsenceRow.last < cutoff.date()),
        _rows("expired", KnownRow, lambda cutoff: KnownRow.until < cutoff),
        _rows("expired", BegunRow, lambda cutoff: BegunRow.expires < cutoff),
    )


def cutoffs(days: Mapping[str, int], moment: dt.datetime) -> Mapping[str, dt.datetime]:
    """Before which moment each kind is due; a kind that is kept without end is not among them."""
    due = {kind: moment - dt.timedelta(days=count) for kind, count in days.items() if count}
    return due | {"expired": moment - LEFT_BEHIND}


def _rows(kind: str, table: type[Base], is_due: _Condition) -> Part:
    key: Any = next(iter(table.__table__.primary_key))

    async def count(session: AsyncSession, cutoff: dt.datetime) -> int:
        return await session.scalar(select(func.count()).select_from(table).where(is_due(cutoff))) or 0

    async def take(session: AsyncSession, cutoff: dt.datetime, limit: int) -> int:
        due = (await session.scalars(select(key).where(is_due(cutoff)).limit(limit))).all()
        await session.execute(delete(table).where(key.in_(due), is_due(cutoff)))
        return len(due)

    return Part(kind, table.__tablename__, count, take)


def _is_settled(table: type[slack.ReplyRow] | type[teams.ReplyRow], cutoff: dt.datetime) -> ColumnElement[bool]:
    """Is the reply as old, and was no case opened by it that still has its texts?"""
    kept = exists().where(CaseRow.reply_id == table.id, not_(CaseRow.asker.contains(f"/{ERASED}")))
    return and_(table.created < cutoff, ~kept)


def _is_of_no_case(table: type[slack.PostRow] | type[teams.PostRow]) -> ColumnElement[bool]:
    """Is the message not about a case that still waits? The keys of those that are hold its id."""
    return ~exists().where(CaseRow.state.in_(OPEN), table.key.contains(CaseRow.id))


def _is_done(cutoff: dt.datetime) -> ColumnElement[bool]:
    """Is the case, or the one that it was merged into, done with, and has nothing happened to it since?"""
    main = aliased(CaseRow)
    waits = exists().where(main.id == CaseRow.merged_into, main.state.in_(OPEN))
    since = exists().where(EventRow.case_number == CaseRow.number, EventRow.moment >= cutoff)
    merged = and_(CaseRow.state == CaseState.MERGED, waits)
    return and_(CaseRow.state.not_in(OPEN), ~merged, not_(CaseRow.asker.contains(f"/{ERASED}")), ~since)


async def _count_cases(session: AsyncSession, cutoff: dt.datetime) -> int:
    return await session.scalar(select(func.count()).select_from(CaseRow).where(_is_done(cutoff))) or 0


async def _take_cases(session: AsyncSession, cutoff: dt.datetime, limit: int) -> int:
    due = select(CaseRow).where(_is_done(cutoff)).order_by(CaseRow.number).limit(min(limit, _CASES)).with_for_update()
    cases = (await session.scalars(due)).all()
    for case in cases:
        # Another pseudonym for each: nothing says which of them were the same person's.
        await forget(session, [case], case.request["asker"]["id"], new_pseudonym(), SYSTEM, dt.datetime.now(dt.UTC))
    return len(cases)


def _is_quiet(cutoff: dt.datetime) -> ColumnElement[bool]:
    """Was nothing written in the thread since, and was no case opened in it that still has its texts?"""
    row = web.ThreadRow
    since = exists().where(web.MessageRow.thread == row.id, web.MessageRow.created >= cutoff)
    kept = exists().where(CaseRow.thread == literal(f"{WEB}/").concat(row.channel).concat("/").concat(row.id))
    return and_(row.created < cutoff, ~since, ~kept)


async def _count_threads(session: AsyncSession, cutoff: dt.datetime) -> int:
    return (
        await session.execute(select(func.count()).select_from(web.ThreadRow).where(_is_quiet(cutoff)))
    ).scalar_one()


async def _take_threads(session: AsyncSession, cutoff: dt.datetime, limit: int) -> int:
    due = (await session.scalars(select(web.ThreadRow.id).where(_is_quiet(cutoff)).limit(limit))).all()
    messages = select(web.MessageRow.id).where(web.MessageRow.thread.in_(due))
    await session.execute(delete(web.FeedbackRow).where(web.FeedbackRow.message.in_(messages)))
    answering = or_(web.MessageRow.question.is_not(None), web.MessageRow.kind == "answer")
    await session.execute(delete(web.MessageRow).where(web.MessageRow.thread.in_(due), answering))
    await session.execute(delete(web.MessageRow).where(web.MessageRow.thread.in_(due)))
    await session.execute(delete(web.ThreadRow).where(web.ThreadRow.id.in_(due)))
    return len(due)
