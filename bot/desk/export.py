"""Cases with all that happened to them, for other programs: one by one, so that however many there are fit in memory.

What a record without personal data holds is listed, rather than what it leaves out: a field that cases get one day does
not come along by itself.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from bot.database import Database
from bot.desk.case import SYSTEM, Actor, Case, Event
from bot.desk.span import Span
from bot.desk.tables import CaseRow, EventRow

_PAGE = 200

_IMPERSONAL = (
    *("number", "state", "team", "topic", "strategy", "language", "audience", "abstained", "not_ours", "helped"),
    *("opened", "claimed", "replied", "answered", "closed", "nudged"),
    *("due_reply", "due_answer", "paused", "reminded", "escalated"),
)
"""The fields of a case that say nothing of people, nor what anybody wrote."""
_FORMULA = tuple("=+-@＝＋－＠\t\r\n")
"""What a spreadsheet may take for the beginning of a formula."""


class Exported(BaseModel):
    """A case, how many seconds passed until an officer first wrote and until it was last done with, and its events."""

    model_config = ConfigDict(frozen=True)

    case: Case
    reply_seconds: int | None
    close_seconds: int | None
    events: tuple[Event, ...]


async def count(database: Database, span: Span) -> int:
    """How many cases were opened in the span."""
    async with database.reading() as session:
        rows = select(func.count()).select_from(CaseRow).where(span.holds(CaseRow.opened))
        return (await session.execute(rows)).scalar_one()


async def exported(database: Database, span: Span, page: int = _PAGE) -> AsyncIterator[Exported]:
    """The cases that were opened in the span, the oldest first; at most `page` of them are held at a time."""
    after = 0
    while found := await _page(database, span, after, page):
        for each in found:
            yield each
        after = found[-1].case.number


async def _page(database: Database, span: Span, after: int, limit: int) -> Sequence[Exported]:
    cases = select(CaseRow).where(CaseRow.number > after, span.holds(CaseRow.opened))
    async with database.reading() as session:
        rows = (await session.scalars(cases.order_by(CaseRow.number).limit(limit))).all()
        events = select(EventRow).where(EventRow.case_number.in_([row.number for row in rows]))
        happened = await session.scalars(events.order_by(EventRow.case_number, EventRow.version))
        by_case = {
            number: tuple(each.event for each in group)
            for number, group in itertools.groupby(happened, lambda event: event.case_number)
        }
    return [
        Exported(
            case=row.case,
            reply_seconds=row.reply_seconds,
            close_seconds=row.close_seconds,
            events=by_case.get(row.number, ()),
        )
        for row in rows
    ]


def record(exported: Exported, *, anonymous: bool) -> dict[str, Any]:
    """The case as JSON has it. `anonymous`: without names, ids, ways to reach anybody, and what was written."""
    case = exported.case
    seconds = exported.model_dump(include={"reply_seconds", "close_seconds"})
    if not anonymous:
        events = [event.model_dump(mode="json") for event in exported.events]
        return {"label": case.label, **case.model_dump(mode="json"), **seconds, "events": events}
    fields = case.model_dump(mode="json", include=set(_IMPERSONAL))
    events = [
        {**event.model_dump(mode="json", include={"move", "moment", "team", "due"}), "by": _role(case, event.actor)}
        for event in exported.events
    ]
    return {"label": case.label, "platform": case.place.platform, **fields, **seconds, "events": events}


def columns(*, anonymous: bool) -> list[str]:
    """The names of the cells of a row."""
    return [name for cells in _cells(anonymous=anonymous) for name in cells]


def rows(exported: Exported, *, anonymous: bool) -> Iterator[list[str]]:
    """A row for each event, with the case it happened to. No cell can be taken for a formula."""
    of_case, of_event = _cells(anonymous=anonymous)
    case = [_cell(value(exported)) for value in of_case.values()]
    for event in exported.events:
        yield [*case, *(_cell(value(exported.case, event)) for value in of_event.values())]


_CaseCells = Mapping[str, Callable[[Exported], object]]
_EventCells = Mapping[str, Callable[[Case, Event], object]]


def _cells(*, anonymous: bool) -> tuple[_CaseCells, _EventCells]:
    if anonymous:
        return _CASE, _EVENT
    return _CASE | _CASE_PERSONAL, _EVENT | _EVENT_PERSONAL


def _field(name: str) -> Callable[[Exported], object]:
    return lambda exported: getattr(exported.case, name)


_CASE: dict[str, Callable[[Exported], object]] = {
    "case": lambda exported: exported.case.label,
    "platform": lambda exported: exported.case.place.platform,
    **{name: _field(name) for name in _IMPERSONAL if name != "number"},
    "reply_seconds": lambda exported: exported.reply_seconds,
    "close_seconds": lambda exported: exported.close_seconds,
}
_CASE_PERSONAL: dict[str, Callable[[Exported], object]] = {
    "id": _field("id"),
    "merged_into": _field("merged_into"),
    "asker": lambda exported: exported.case.asker.name,
    "asker_id": lambda exported: exported.case.asker.id,
    "contact": _field("contact"),
    "officer": lambda exported: exported.case.officer and exported.case.officer.name,
    "question": _field("question"),
    "answer": _field("answer"),
}
_EVENT: dict[str, Callable[[Case, Event], object]] = {
    "event": lambda _, event: event.move,
    "moment": lambda _, event: event.moment,
    "by": lambda case, event: _role(case, event.actor),
    "to_team": lambda _, event: event.team,
    "event_due": lambda _, event: event.due,
}
_EVENT_PERSONAL: dict[str, Callable[[Case, Event], object]] = {
    "actor": lambda _, event: event.actor.name,
    "actor_id": lambda _, event: event.actor.id,
    "to": lambda _, event: event.to and event.to.name,
    "into": lambda _, event: event.into,
    "text": lambda _, event: event.text,
}


def _role(case: Case, actor: Actor) -> str:
    if actor.id == SYSTEM.id:
        return "desk"
    return "asker" if actor.id == case.asker.id else "officer"


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dt.datetime():
            return value.isoformat(timespec="seconds")
        case _:
            text = str(value)
            return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text
