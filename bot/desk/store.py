"""Cases and what happened to them, in the database."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, Boolean, Enum, ForeignKey, Integer, Select, String, Text, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Instant, insert_if_new, now
from bot.desk.case import Actor, Case, CaseState, Event, Move, NewCase, Officer
from bot.desk.moves import apply
from bot.people import Place


def _values(kind: type[CaseState] | type[Move]) -> list[str]:
    return [member.value for member in kind]


_STATE = Enum(CaseState, native_enum=False, length=16, values_callable=_values)
_MOVE = Enum(Move, native_enum=False, length=16, values_callable=_values)


class CaseRow(Base):
    """A case as it stands; `request` is the NewCase it was opened with, `thread` the asker's."""

    __tablename__ = "cases"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    reply_id: Mapped[str] = mapped_column(String(128), unique=True)
    thread: Mapped[str] = mapped_column(String(512), index=True)
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[CaseState] = mapped_column(_STATE, index=True)
    officer_id: Mapped[str | None] = mapped_column(String(255))
    officer_name: Mapped[str | None] = mapped_column(String(255))
    answer: Mapped[str | None] = mapped_column(Text)
    asked: Mapped[str | None] = mapped_column(Text)
    not_ours: Mapped[bool] = mapped_column(Boolean)
    opened: Mapped[dt.datetime] = mapped_column(Instant)
    claimed: Mapped[dt.datetime | None] = mapped_column(Instant)
    replied: Mapped[dt.datetime | None] = mapped_column(Instant)
    answered: Mapped[dt.datetime | None] = mapped_column(Instant)
    closed: Mapped[dt.datetime | None] = mapped_column(Instant)

    # The version is counted by the case itself; an update from an older one than the row's raises StaleDataError.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - as SQLAlchemy asks

    @property
    def case(self) -> Case:
        """The row as a value."""
        officer = Officer(id=self.officer_id, name=self.officer_name or "") if self.officer_id is not None else None
        standing = {column: getattr(self, column) for column in _STANDING}
        return Case.model_validate(self.request | standing | {"officer": officer})

    def take_over(self, case: Case) -> None:
        """Let the row stand as the case does."""
        for column in _STANDING:
            setattr(self, column, getattr(case, column))
        self.officer_id = case.officer.id if case.officer else None
        self.officer_name = case.officer.name if case.officer else None


_STANDING = (
    *("id", "number", "version", "state", "answer", "asked", "not_ours"),
    *("opened", "claimed", "replied", "answered", "closed"),
)


class EventRow(Base):
    """Something that happened to a case. Only ever added, never changed: the truth about what happened."""

    __tablename__ = "case_events"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    move: Mapped[Move] = mapped_column(_MOVE)
    actor_id: Mapped[str] = mapped_column(String(255))
    actor_name: Mapped[str] = mapped_column(String(255))
    moment: Mapped[dt.datetime] = mapped_column(Instant)
    text: Mapped[str] = mapped_column(Text)
    to_id: Mapped[str | None] = mapped_column(String(255))
    to_name: Mapped[str | None] = mapped_column(String(255))
    ref: Mapped[str] = mapped_column(String(255), index=True)

    @property
    def event(self) -> Event:
        """The row as a value."""
        actor = Actor(id=self.actor_id, name=self.actor_name)
        to = Officer(id=self.to_id, name=self.to_name or "") if self.to_id is not None else None
        return Event(move=self.move, actor=actor, moment=self.moment, text=self.text, to=to, ref=self.ref)


class CaseNotFound(LookupError):
    """No such case."""


class Cases:
    """The cases, as one transaction sees them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, request: NewCase) -> tuple[Case, Event | None]:
        """The case of the request's reply, and its opening where it is new: a reply opens at most one case."""
        # Looking first keeps a repeated press from using up a number; the insert settles who was first.
        if found := await self.of_replies([request.reply_id]):
            return found[0], None
        opened = now()
        values = {"id": secrets.token_hex(16), "reply_id": request.reply_id, "request": request.model_dump(mode="json")}
        values["thread"] = thread_of(request.place)
        standing = {"version": 1, "state": CaseState.FORWARDED, "not_ours": False, "opened": opened}
        new = await insert_if_new(self._session, CaseRow, values | standing, unique="reply_id")
        row = (await self._session.scalars(select(CaseRow).where(CaseRow.reply_id == request.reply_id))).one()
        if not new:
            return row.case, None
        asker = Actor(id=request.asker.id, name=request.asker.name)
        opening = Event(move=Move.OPENED, actor=asker, moment=opened, text=request.question)
        self._note(row, opening)
        return row.case, opening

    async def get(self, case_id: str) -> Case:
        """The case with that id. Raises CaseNotFound."""
        return (await self._row(select(CaseRow).where(CaseRow.id == case_id), case_id)).case

    async def of_replies(self, reply_ids: Collection[str]) -> Sequence[Case]:
        """The cases that these replies have opened."""
        rows = await self._session.scalars(select(CaseRow).where(CaseRow.reply_id.in_(reply_ids)))
        return [row.case for row in rows]

    async def change(self, case_id: str, event: Event) -> tuple[Case, bool]:
        """Apply the event; the case after it, and whether that changed anything. Raises CaseNotFound, IllegalMove.

        Of two who come at once one waits for the other, and then sees what the other did.
        """
        row = await self._row(select(CaseRow).where(CaseRow.id == case_id).with_for_update(), case_id)
        before = row.case
        after = apply(before, event)
        if after is before:
            return before, False
        row.take_over(after)
        self._note(row, event)
        return after, True

    async def undelivered(self, case_id: str, officer: Actor, key: str) -> tuple[Case, Event | None]:
        """Note that the officer's answer did not reach the asker; None where that is noted for that delivery already.

        Raises CaseNotFound.
        """
        event = Event(move=Move.UNDELIVERED, actor=officer, moment=now(), text=key)
        known = any(each.move is event.move and each.text == key for each in await self.events(case_id))
        return (await self.get(case_id), None) if known else ((await self.change(case_id, event))[0], event)

    async def once(self, case_id: str, event: Event) -> tuple[Case, bool]:
        """Apply the event unless it is what has last been said of the message that is its occasion.

        Raises CaseNotFound, IllegalMove.
        """
        # Whoever comes with the same at the same time waits here, and then finds it said.
        await self._row(select(CaseRow).where(CaseRow.id == case_id).with_for_update(), case_id)
        about = [each for each in await self.events(case_id) if each.ref == event.ref]
        if about and (about[-1].move, about[-1].text) == (event.move, event.text):
            return await self.get(case_id), False
        return await self.change(case_id, event)

    async def in_thread(self, place: Place) -> Sequence[Case]:
        """The cases that were opened in that thread, latest first."""
        rows = select(CaseRow).where(CaseRow.thread == thread_of(place)).order_by(CaseRow.number.desc())
        return [row.case for row in await self._session.scalars(rows)]

    async def asked_of(self, platform: str, asker_id: str) -> Sequence[Case]:
        """The cases that wait for that person to say more, latest first."""
        rows = select(CaseRow).where(CaseRow.state == CaseState.ASKED).order_by(CaseRow.number.desc())
        theirs = rows.where(
            CaseRow.request["asker"]["id"].as_string() == asker_id,
            CaseRow.request["place"]["platform"].as_string() == platform,
        )
        return [row.case for row in await self._session.scalars(theirs)]

    async def about(self, ref: str) -> tuple[Case, Event] | None:
        """The latest event that the message was the occasion of, and its case."""
        there = select(EventRow).where(EventRow.ref == ref).order_by(EventRow.moment.desc(), EventRow.version.desc())
        row = (await self._session.scalars(there.limit(1))).one_or_none()
        if row is None:
            return None
        case = (await self._session.scalars(select(CaseRow).where(CaseRow.number == row.case_number))).one()
        return case.case, row.event

    async def list(self, states: Collection[CaseState], limit: int) -> Sequence[Case]:
        """The latest cases in these states, latest first."""
        rows = select(CaseRow).where(CaseRow.state.in_(states)).order_by(CaseRow.number.desc()).limit(limit)
        return [row.case for row in await self._session.scalars(rows)]

    async def counts(self) -> Mapping[CaseState, int]:
        """How many cases there are in each state."""
        rows = await self._session.execute(select(CaseRow.state, func.count()).group_by(CaseRow.state))
        return dict.fromkeys(CaseState, 0) | {state: count for state, count in rows}  # noqa: C416 - rows are typed tuples only when unpacked

    async def events(self, case_id: str) -> Sequence[Event]:
        """What happened to the case, in order. Raises CaseNotFound."""
        row = await self._row(select(CaseRow).where(CaseRow.id == case_id), case_id)
        events = select(EventRow).where(EventRow.case_number == row.number).order_by(EventRow.version)
        return [event.event for event in await self._session.scalars(events)]

    async def _row(self, query: Select[CaseRow], case_id: str) -> CaseRow:
        row = (await self._session.scalars(query)).one_or_none()
        if row is None:
            raise CaseNotFound(f"no case has the id {case_id!r}")
        return row

    def _note(self, row: CaseRow, event: Event) -> None:
        noted = EventRow(
            case_number=row.number,
            version=row.version,
            move=event.move,
            actor_id=event.actor.id,
            actor_name=event.actor.name,
            moment=event.moment,
            text=event.text,
            to_id=event.to.id if event.to else None,
            to_name=event.to.name if event.to else None,
            ref=event.ref,
        )
        self._session.add(noted)


def thread_of(place: Place) -> str:
    """Names the thread among those of all platforms."""
    return f"{place.platform}/{place.channel}/{place.thread}"
