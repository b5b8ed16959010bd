"""Erases somebody who has asked from all tables; the audit log notes that, and stays whole."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import delete, inspect, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Base, Database, now
from bot.desk.case import OPEN, Actor, CaseState
from bot.desk.desk import Desk
from bot.desk.forgetting import GONE, forget, new_pseudonym
from bot.desk.outbox import Delivery, Outbox
from bot.desk.outcomes import OutcomeRow
from bot.desk.tables import CaseRow
from bot.desk.taking_down import taking_down
from bot.handlers.slack.channels import ChannelRow
from bot.handlers.web import PLATFORM as WEB
from bot.handlers.web.store import MessageRow, advance
from bot.people import Asker
from bot.privacy.person import REPLIES, Person, named
from bot.privacy.posted import posted
from bot.privacy.traces import Traces, holds, traces
from bot.question import Reply

_PATIENCE, _PAUSE = 30.0, 0.5
"""Seconds to wait for what is being brought to somebody, and between looks."""


class Erased(NamedTuple):
    """What was erased, and whose name the person goes by since. `owed`: so many messages are still to be taken down
    from each platform; `left`: so many stay there, since that is wanted, or nobody knows what they are called there."""

    pseudonym: str
    counts: dict[str, int]
    owed: Mapping[str, int]
    left: Mapping[str, int]


class Erasing:
    """Erases people. What is under way for them ends: their open cases are withdrawn, and what the bot has posted for
    and about them is taken down by whatever delivers there, but on the platforms to be left (`leave`)."""

    def __init__(
        self,
        database: Database,
        outbox: Outbox,
        desk: Desk,
        leave: Collection[str] = (),
        clock: Callable[[], dt.datetime] = now,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._desk = desk
        self._leave = leave
        self._clock = clock

    async def erase(self, person: Person, by: Actor) -> Erased:
        """Erase all that is kept of the person, in one transaction, and note that `by` did it."""
        pseudonym = new_pseudonym()
        await self._at_rest(person)
        async with self._database.writing() as session:
            person = await named(session, person)
            found = await traces(session, person)
            counts = counted(found)
            # A name of one word, "Gjest" say, is many people's.
            texts = found.texts | {name for name in person.names if " " in name}
            await _erase_from_web(session, found, pseudonym)
            await _erase_from_histories(session, person, found, texts)
            await _erase_rows(session, found, pseudonym)
            owed, left = self._taken_down(found)
            if owed:
                await self._outbox.put_all(session, owed)
            open_ = [case.id for case in found.cases if case.state in OPEN | {CaseState.MERGED}]
            await forget(session, found.cases, person.id, pseudonym, by, self._clock())
        for case_id in open_:
            # Officers hear that there is nothing to answer any longer, by way of a case with nobody in it.
            await self._desk.withdraw(case_id, Asker(id=pseudonym, name=GONE))
        return Erased(pseudonym, counts, Counter(each.platform for each in owed), left)

    def _taken_down(self, found: Traces) -> tuple[list[Delivery], Counter[str]]:
        """What takes down their messages, and how many stay on each platform."""
        posts = [posted(row) for row in (*found.posts, *found.cards)]
        owed = [taking_down(platform, each) for platform, each in posts if each and platform not in self._leave]
        return owed, Counter(platform for platform, _ in posts) - Counter(each.platform for each in owed)

    async def _at_rest(self, person: Person) -> None:
        """Wait for a moment while something is being brought for them: what it is called there is known afterwards."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            async with self._database.reading() as session:
                deliveries = (await traces(session, person)).deliveries
            if not any(row.leased_until and row.leased_until > now() for row in deliveries):
                return
            await asyncio.sleep(_PAUSE)


def counted(found: Traces) -> dict[str, int]:
    """How much of each kind that goes."""
    return {each.name: len(getattr(found, each.name)) for each in dataclasses.fields(found) if each.name != "cards"}


async def _erase_from_web(session: AsyncSession, found: Traces, pseudonym: str) -> None:
    """Each message changes by it, so that who has it on the screen, and every process that holds it, gets it anew."""
    rows = (*found.messages, *found.letters)
    for channel in sorted({row.channel for row in rows}):  # one order, so that no two erasures wait for each other
        here = [row for row in rows if row.channel == channel]
        last = await advance(session, channel, by=len(here))
        for revision, row in enumerate(here, last - len(here) + 1):
            changes = {"text": GONE} if row.kind == "answer" else _nobodys(row, pseudonym)
            message = update(MessageRow).where(MessageRow.id == row.id)
            await session.execute(message.values(revision=revision, **changes))


def _nobodys(row: MessageRow, pseudonym: str) -> dict[str, Any]:
    """What is another in a message of theirs when nothing in it is theirs."""
    said = row.said and Reply(id=row.id, status=row.said["status"], language=row.said["language"], lead=GONE)
    changes: dict[str, Any] = {
        "person": row.person | {"id": pseudonym, "name": GONE},
        "text": GONE if row.text else "",
        "said": said.model_dump(mode="json") if said else row.said,
        "progress": None,
        "session": None,
    }
    if row.kind != "reply":  # of a reply that is the delivery's, and names nobody
        changes["delivery_key"] = f"erased:{row.id}"
    return changes


async def _erase_from_histories(session: AsyncSession, person: Person, found: Traces, texts: Collection[str]) -> None:
    """Erase what others' questions and cases hold of it: what stood in the thread before they asked."""
    threads = {case.thread for case in found.cases}
    threads |= {f"{WEB}/{row.channel}/{row.thread}" for row in found.messages}
    places = [row.question["place"] for row in found.replies]
    threads |= {f"{person.platform}/{place['channel']}/{place['thread']}" for place in places}
    others = select(CaseRow).where(CaseRow.thread.in_(threads), CaseRow.asker != person.key)
    for case in await session.scalars(others):
        if (request := _without(case.request, texts)) != case.request:
            await session.execute(update(CaseRow).where(CaseRow.number == case.number).values(request=request))
    if table := REPLIES.get(person.platform):
        lanes = {row.thread for row in found.replies}
        for row in await session.scalars(select(table).where(table.thread.in_(lanes), table.asker != person.id)):
            if (question := _without(row.question, texts)) != row.question:
                await session.execute(update(table).where(table.id == row.id).values(question=question))


def _without(asked: dict[str, Any], texts: Collection[str]) -> dict[str, Any]:
    history = [GONE if holds([line], texts) else line for line in asked.get("history") or []]
    return asked | {"history": history}


async def _erase_rows(session: AsyncSession, found: Traces, pseudonym: str) -> None:
    for rows in (found.feedback, found.posts, found.known, found.replies, found.deliveries):
        for row in rows:
            await _delete(session, row)
    for channel in found.settings:
        set_by = update(ChannelRow).where(ChannelRow.channel == channel.channel)
        await session.execute(set_by.values(changed_by=pseudonym))
    for outcome in found.outcomes:
        same = update(OutcomeRow).where(OutcomeRow.platform == outcome.platform, OutcomeRow.key == outcome.key)
        await session.execute(same.values(key=f"erased:{outcome.reply}"))


async def _delete(session: AsyncSession, row: Base) -> None:
    table = type(row)
    same = [column == getattr(row, column.name) for column in inspect(table).primary_key]
    await session.execute(delete(table).where(*same))
