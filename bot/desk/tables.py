"""The tables of the desk: cases as they stand, and what happened to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from sqlalchemy import JSON, Boolean, Enum, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Instant
from bot.desk.case import Actor, Case, CaseState, Event, Move, Officer
from bot.desk.source_change import SourceChange


def _values(kind: type[CaseState] | type[Move]) -> list[str]:
    return [member.value for member in kind]


_STATE = Enum(CaseState, native_enum=False, length=16, values_callable=_values)
_MOVE = Enum(Move, native_enum=False, length=16, values_callable=_values)


class CaseRow(Base):
    """A case as it stands; `request` is the NewCase it was opened with, `thread` and `asker` whose it is, `sought` what
    it is found by, `watching` the ids of its watchers. `reply_seconds` and `close_seconds` passed from its opening
    until an officer first wrote, and until it was last done with; both stay when it is reopened."""

    __tablename__ = "cases"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    id: Mapped[str] = mapped_column(String(32), unique=True)
    reply_id: Mapped[str] = mapped_column(String(128), unique=True)
    thread: Mapped[str] = mapped_column(String(512), index=True)
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[CaseState] = mapped_column(_STATE, index=True)
    team: Mapped[str] = mapped_column(String(64), index=True)
    topic: Mapped[str] = mapped_column(String(128))
    strategy: Mapped[str] = mapped_column(String(128))
    language: Mapped[str] = mapped_column(String(8))
    asker: Mapped[str] = mapped_column(String(512), index=True)
    sought: Mapped[str] = mapped_column(Text)
    officer_id: Mapped[str | None] = mapped_column(String(255))
    officer_name: Mapped[str | None] = mapped_column(String(255))
    answer: Mapped[str | None] = mapped_column(Text)
    asked: Mapped[str | None] = mapped_column(Text)
    not_ours: Mapped[bool] = mapped_column(Boolean)
    merged_into: Mapped[str | None] = mapped_column(String(32), index=True)
    watchers: Mapped[list[dict[str, str]]] = mapped_column(JSON)
    watching: Mapped[str] = mapped_column(Text)
    helped: Mapped[bool | None] = mapped_column(Boolean)
    opened: Mapped[dt.datetime] = mapped_column(Instant)
    claimed: Mapped[dt.datetime | None] = mapped_column(Instant)
    replied: Mapped[dt.datetime | None] = mapped_column(Instant)
    answered: Mapped[dt.datetime | None] = mapped_column(Instant)
    closed: Mapped[dt.datetime | None] = mapped_column(Instant)
    nudged: Mapped[dt.datetime | None] = mapped_column(Instant)
    due_reply: Mapped[dt.datetime | None] = mapped_column(Instant)
    due_answer: Mapped[dt.datetime | None] = mapped_column(Instant)
    paused: Mapped[dt.datetime | None] = mapped_column(Instant)
    reminded: Mapped[dt.datetime | None] = mapped_column(Instant)
    escalated: Mapped[dt.datetime | None] = mapped_column(Instant)
    reply_seconds: Mapped[int | None] = mapped_column(Integer)
    close_seconds: Mapped[int | None] = mapped_column(Integer)

    # The version is counted by the case itself; an update from an older one than the row's raises StaleDataError.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - as SQLAlchemy asks

    @property
    def case(self) -> Case:
        """The row as a value."""
        officer = Officer(id=self.officer_id, name=self.officer_name or "") if self.officer_id is not None else None
        standing = {column: getattr(self, column) for column in (*_STANDING, "watchers")}
        return Case.model_validate(self.request | standing | {"officer": officer})

    def take_over(self, case: Case) -> None:
        """Let the row stand as the case does."""
        for column in _STANDING:
            setattr(self, column, getattr(case, column))
        self.watchers = [each.model_dump() for each in case.watchers]
        self.watching = watching(each.id for each in case.watchers)
        self.officer_id = case.officer.id if case.officer else None
        self.officer_name = case.officer.name if case.officer else None
        if self.reply_seconds is None and case.replied:
            self.reply_seconds = _seconds(case.opened, case.replied)
        if done := case.closed or case.answered:
            self.close_seconds = _seconds(case.opened, done)


_STANDING = (
    *(
        "id",
        "number",
        "version",
        "state",
        "team",
        "topic",
        "strategy",
        "answer",
        "asked",
        "not_ours",
        "merged_into",
        "helped",
    ),
    *("opened", "claimed", "replied", "answered", "closed", "nudged"),
    *("due_reply", "due_answer", "paused", "reminded", "escalated"),
)


def _seconds(start: dt.datetime, end: dt.datetime) -> int:
    return round((end - start).total_seconds())


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
    team: Mapped[str] = mapped_column(String(64))
    into: Mapped[str] = mapped_column(String(32))
    due: Mapped[dt.datetime | None] = mapped_column(Instant)
    ref: Mapped[str] = mapped_column(String(255), index=True)
    source: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    @classmethod
    def of(cls, case_number: int, version: int, event: Event) -> Self:
        """The row of what led to that version of the case."""
        return cls(
            case_number=case_number,
            version=version,
            move=event.move,
            actor_id=event.actor.id,
            actor_name=event.actor.name,
            moment=event.moment,
            text=event.text,
            to_id=event.to.id if event.to else None,
            to_name=event.to.name if event.to else None,
            team=event.team,
            into=event.into,
            due=event.due,
            ref=event.ref,
            source=event.source.model_dump(mode="json") if event.source else None,
        )

    @property
    def event(self) -> Event:
        """The row as a value."""
        actor = Actor(id=self.actor_id, name=self.actor_name)
        to = Officer(id=self.to_id, name=self.to_name or "") if self.to_id is not None else None
        return Event(
            move=self.move,
            actor=actor,
            moment=self.moment,
            text=self.text,
            to=to,
            team=self.team,
            into=self.into,
            due=self.due,
            ref=self.ref,
            source=SourceChange.model_validate(self.source) if self.source else None,
        )


class SeenRow(Base):
    """That a team's leader, as known where they said so, has seen that this deadline of the case has passed."""

    __tablename__ = "escalations_seen"

    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"), primary_key=True)
    leader_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    due: Mapped[dt.datetime] = mapped_column(Instant, primary_key=True)


class LockRow(Base):
    """Something that one transaction at a time has."""

    SEVERAL: ClassVar = "several-cases"

    __tablename__ = "desk_locks"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)


def sought(text: str) -> str:
    """The text as it is searched: case does not matter, also of letters that databases don't know the case of."""
    return " ".join(text.casefold().split())


def watching(officer_ids: Iterable[str]) -> str:
    """The ids as they are searched, each on a line of its own."""
    return "".join(f"\n{each}\n" for each in officer_ids)
