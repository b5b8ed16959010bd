"""How the bot's replies ended, each counted once: no text and nobody's name, only what figures are made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Enum, Index, String
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Inserting, Instant, now, table_of
from bot.desk.routing import Router
from bot.desk.teams import Teams
from bot.question import Reply, Status

_STATUS = Enum(Status, native_enum=False, length=16, values_callable=lambda kind: [each.value for each in kind])


class OutcomeRow(Base):
    """How one reply ended. `key` names what owed it on its platform, `document` is the first that it cites or, where it
    abstained, was nearest; `team`, `topic` and `strategy` are those that a case of the same findings would have."""

    __tablename__ = "outcomes"
    __table_args__ = (Index("ix_outcomes_moment", "moment"),)

    platform: Mapped[str] = mapped_column(String(32), primary_key=True)
    key: Mapped[str] = mapped_column(String(512), primary_key=True)
    reply: Mapped[str] = mapped_column(String(128))
    moment: Mapped[dt.datetime] = mapped_column(Instant)
    status: Mapped[Status] = mapped_column(_STATUS)
    language: Mapped[str] = mapped_column(String(8))
    team: Mapped[str] = mapped_column(String(64))
    topic: Mapped[str] = mapped_column(String(128))
    strategy: Mapped[str] = mapped_column(String(128))
    document: Mapped[str] = mapped_column(String(255))


def _noted(insert: Callable[[Any], Any]) -> Any:
    table = table_of(OutcomeRow)
    noted = insert(table)
    taken = {column.name: noted.excluded[column.name] for column in table.columns if not column.primary_key}
    return noted.on_conflict_do_update(index_elements=list(table.primary_key), set_=taken)


# Put together once: putting it together for each reply took five times as long as having it written.
_NOTED = Inserting(_noted)
"""Notes how replies ended, in place of what stood there."""


class Outcomes:
    """Notes how replies end. The teams say which of them a question belongs to."""

    def __init__(self, teams: Teams | None = None) -> None:
        self._router = Router(teams or Teams.single())

    async def note(self, session: AsyncSession, platform: str, key: str, reply: Reply) -> None:
        """Count the reply that `key` names on its platform, in the transaction that puts it there. What is put in place
        of another reply is counted in its place."""
        await self.note_all(session, platform, [(key, reply)])

    async def note_all(self, session: AsyncSession, platform: str, replies: Sequence[tuple[str, Reply]]) -> None:
        """Count each of the replies, in one statement, as `note` does."""
        # Where nobody was told anything, a message was handed on to the officers.
        rows = [self._row(platform, key, reply) for key, reply in replies if reply.lead or reply.claims]
        if rows:
            await session.execute(_NOTED.on(session), rows)

    def _row(self, platform: str, key: str, reply: Reply) -> dict[str, Any]:
        found = [*(claim.citation for claim in (*reply.claims, *reply.draft)), *reply.nearest]
        routed = self._router.route_found(found, reply.language)
        return {
            "platform": platform,
            "key": key,
            "reply": reply.id,
            "moment": now(),
            "status": reply.status,
            "language": reply.language,
            "team": routed.team,
            "topic": routed.topic,
            "strategy": routed.strategy,
            "document": found[0].document[:255] if found else "",
        }
