"""Erases who asked, and what was written, from cases and the audit log: what is left is what figures and the log need.

A case keeps its number, team, topic, moments and what happened when; officers stay, since it must be possible to show
who handled it. Whoever asked becomes a pseudonym that nothing leads back from.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Sequence

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.desk import audit
from bot.desk.case import Actor
from bot.desk.entries import ERASED, AuditRow, Entry, erasure_of_case, erasure_of_person
from bot.desk.store import asker_key
from bot.desk.tables import CaseRow, EventRow

GONE = "[slettet]"
"""What stands where a text or a name was."""

_NOWHERE = {"channel": "", "thread": ""}


def new_pseudonym() -> str:
    """A name for somebody who is erased; nothing leads back from it."""
    return f"{ERASED}{secrets.token_hex(8)}"


async def forget(
    session: AsyncSession, cases: Sequence[CaseRow], asker: str, pseudonym: str, by: Actor, moment: dt.datetime
) -> None:
    """Erase from these cases, and from all of the audit log that is about them, whoever asked (known as `asker`) and
    all that was written. To be the last thing that a transaction does, as for `audit.append`."""
    entries: list[Entry] = []
    for case in cases:
        events = await _forget_texts(session, case, asker, pseudonym)
        entries.append(erasure_of_case(case.id, events, by, moment))
    about = [f"case:{case.id}" for case in cases]
    theirs = update(AuditRow).where(AuditRow.actor_id == asker, AuditRow.about.in_(about))
    await session.execute(theirs.values(actor_id=pseudonym, actor_name=GONE))
    left = select(AuditRow).where(AuditRow.actor_id == pseudonym).order_by(AuditRow.seq)
    rows = (await session.scalars(left.execution_options(populate_existing=True))).all()
    await audit.append(session, [*entries, erasure_of_person(pseudonym, rows, by, moment)])


async def _forget_texts(session: AsyncSession, case: CaseRow, asker: str, pseudonym: str) -> Sequence[EventRow]:
    request, place = dict(case.request), case.request["place"]
    request |= {"question": GONE, "original": "", "contact": "", "history": [], "nearest": [], "draft": []}
    request |= {"asker": request["asker"] | {"id": pseudonym, "name": GONE}, "place": place | _NOWHERE}
    changes = {
        "request": request,
        "thread": f"{place['platform']}//",
        "asker": asker_key(place["platform"], pseudonym),
        "sought": "",
        "answer": GONE if case.answer is not None else None,
        "asked": GONE if case.asked is not None else None,
    }
    of_case = EventRow.case_number == case.number
    await session.execute(update(CaseRow).where(CaseRow.number == case.number).values(**changes))
    await session.execute(update(EventRow).where(of_case, EventRow.text != "").values(text=GONE))
    await session.execute(update(EventRow).where(of_case).values(ref=""))
    theirs = update(EventRow).where(of_case, EventRow.actor_id == asker)
    await session.execute(theirs.values(actor_id=pseudonym, actor_name=GONE))
    events = select(EventRow).where(of_case).order_by(EventRow.version)
    return (await session.scalars(events.execution_options(populate_existing=True))).all()
