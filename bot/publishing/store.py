"""Published answers and what happened to them, in the database."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import JSON, Boolean, Enum, ForeignKey, Integer, String, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Instant
from bot.publishing.answer import AnswerState, Event, PublishedAnswer
from bot.publishing.rules import apply

_STATE = Enum(AnswerState, native_enum=False, length=16, values_callable=lambda kind: [each.value for each in kind])


class AnswerRow(Base):
    """An answer as it stands: `body` is all of it, the other columns what answers are looked for by."""

    __tablename__ = "published_answers"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[AnswerState] = mapped_column(_STATE, index=True)
    needs_review: Mapped[bool] = mapped_column(Boolean)
    proposed: Mapped[dt.datetime] = mapped_column(Instant)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)

    # The version is counted by the answer itself; an update from an older one than the row's raises StaleDataError.
    __mapper_args__ = {"version_id_col": version, "version_id_generator": False}  # noqa: RUF012 - as SQLAlchemy asks

    @property
    def answer(self) -> PublishedAnswer:
        """The row as a value."""
        return PublishedAnswer.model_validate(self.body)

    def take_over(self, answer: PublishedAnswer) -> None:
        """Let the row stand as the answer does."""
        self.version, self.state, self.needs_review = answer.version, answer.state, answer.needs_review
        self.body = answer.model_dump(mode="json")


class AnswerCaseRow(Base):
    """A case that an answer was made from."""

    __tablename__ = "published_answer_cases"

    answer_id: Mapped[str] = mapped_column(ForeignKey("published_answers.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(32), primary_key=True, index=True)


class AnswerEventRow(Base):
    """Something that happened to an answer. Only ever added, never changed."""

    __tablename__ = "published_answer_events"

    answer_id: Mapped[str] = mapped_column(ForeignKey("published_answers.id"), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)


class AnswerNotFound(LookupError):
    """No such published answer."""


class Answers:
    """The published answers, as one transaction sees them. `changes` are what it did to them, each answer as it was
    right after."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.changes: list[tuple[PublishedAnswer, Event]] = []

    async def add(self, answer: PublishedAnswer, event: Event) -> None:
        """Keep an answer that is proposed."""
        row = AnswerRow(id=answer.id, proposed=answer.proposed)
        row.take_over(answer)
        self._session.add(row)
        await self._session.flush()
        self._session.add_all(AnswerCaseRow(answer_id=answer.id, case_id=case) for case in dict.fromkeys(answer.cases))
        self._note(answer, event)

    async def change(self, answer_id: str, event: Event, *, four_eyes: bool = True) -> PublishedAnswer:
        """Apply the event; the answer after it. Raises AnswerNotFound, IllegalAct."""
        row = await self._row(answer_id, lock=True)
        before = row.answer
        after = apply(before, event, four_eyes=four_eyes)
        if after is not before:
            row.take_over(after)
            self._note(after, event)
        return after

    async def get(self, answer_id: str) -> PublishedAnswer:
        """The answer with that id. Raises AnswerNotFound."""
        return (await self._row(answer_id)).answer

    async def list(
        self, states: Collection[AnswerState], *, needs_review: bool | None = None, limit: int | None = None
    ) -> Sequence[PublishedAnswer]:
        """The latest answers in these states, latest first; those that need review, or those that don't."""
        rows = select(AnswerRow).where(AnswerRow.state.in_(states))
        rows = rows if needs_review is None else rows.where(AnswerRow.needs_review == needs_review)
        rows = rows.order_by(AnswerRow.proposed.desc(), AnswerRow.id).limit(limit)
        return [row.answer for row in await self._session.scalars(rows)]

    async def of_case(self, case_id: str) -> Sequence[PublishedAnswer]:
        """The answers that were made from the case, latest first."""
        made = select(AnswerCaseRow.answer_id).where(AnswerCaseRow.case_id == case_id)
        rows = select(AnswerRow).where(AnswerRow.id.in_(made)).order_by(AnswerRow.proposed.desc(), AnswerRow.id)
        return [row.answer for row in await self._session.scalars(rows)]

    async def counts(self) -> dict[AnswerState, int]:
        """How many answers there are in each state."""
        rows = await self._session.execute(select(AnswerRow.state, func.count()).group_by(AnswerRow.state))
        return dict.fromkeys(AnswerState, 0) | {state: count for state, count in rows}  # noqa: C416 - rows are typed tuples only when unpacked

    async def events(self, answer_id: str) -> Sequence[Event]:
        """What happened to the answer, in order. Raises AnswerNotFound."""
        await self._row(answer_id)
        rows = select(AnswerEventRow).where(AnswerEventRow.answer_id == answer_id).order_by(AnswerEventRow.version)
        return [Event.model_validate(row.body) for row in await self._session.scalars(rows)]

    async def _row(self, answer_id: str, *, lock: bool = False) -> AnswerRow:
        # Of two who come at once one waits for the other, and then sees what the other did.
        query = select(AnswerRow).where(AnswerRow.id == answer_id)
        row = (await self._session.scalars(query.with_for_update() if lock else query)).one_or_none()
        if row is None:
            raise AnswerNotFound(f"no published answer has the id {answer_id!r}")
        return row

    def _note(self, answer: PublishedAnswer, event: Event) -> None:
        body = event.model_dump(mode="json")
        self._session.add(AnswerEventRow(answer_id=answer.id, version=answer.version, body=body))
        self.changes.append((answer, event))


def new_id() -> str:
    """An id that no other answer has."""
    return secrets.token_hex(16)
