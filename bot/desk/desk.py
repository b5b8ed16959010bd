"""The desk: what people do with cases. Each use case is one transaction that also owes whoever must hear of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Database, now
from bot.desk.case import Actor, Case, CaseState, Event, Move, NewCase, Officer
from bot.desk.notices import deliveries
from bot.desk.outbox import Outbox
from bot.desk.store import Cases
from bot.people import Asker, Place

ALL = tuple(CaseState)

_GARBLING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, changes of the writing direction, and halves of characters that no database takes."""


class Desk:
    """The case officers' desk. Who may do what here is for the caller to know; what a case allows is known here.

    `officer_platforms` are those whose officers' channel hears of every case.
    """

    def __init__(self, database: Database, outbox: Outbox, officer_platforms: Sequence[str] = ()) -> None:
        self._database = database
        self._outbox = outbox
        self._officer_platforms = officer_platforms

    async def open(self, request: NewCase) -> Case:
        """Hand a question to the officers. A reply that has opened a case already gives that case."""
        async with self._database.writing() as session:
            case, event = await Cases(session).add(request)
            if event:
                await self._tell(session, case, event)
            return case

    async def claim(self, case_id: str, officer: Officer) -> Case:
        """Take the case. Raises CaseNotFound, or IllegalMove where somebody has it or it is done."""
        return await self._move(case_id, Move.CLAIMED, officer)

    async def release(self, case_id: str, officer: Officer) -> Case:
        """Lay the case back. Raises CaseNotFound, or IllegalMove where somebody else has it or it is done."""
        return await self._move(case_id, Move.RELEASED, officer)

    async def reassign(self, case_id: str, officer: Officer, to: Officer) -> Case:
        """Give the case to somebody. Raises CaseNotFound, or IllegalMove where somebody else has it or it is done."""
        return await self._move(case_id, Move.REASSIGNED, officer, to=to)

    async def send_back(self, case_id: str, officer: Officer, reason: str = "") -> Case:
        """Lay the case back as one that belongs elsewhere. Raises CaseNotFound, or IllegalMove where somebody else has
        it or it is done."""
        return await self._move(case_id, Move.RETURNED, officer, clean(reason))

    async def ask_back(self, case_id: str, officer: Officer, text: str, ref: str = "") -> Case:
        """Ask the asker for more, and thereby take the case. `ref` as in an Event. Raises as `answer` does."""
        return await self._move(case_id, Move.ASKED_BACK, officer, clean(text), ref)

    async def answer(self, case_id: str, officer: Officer, text: str, ref: str = "") -> Case:
        """Answer, and thereby take, the case; `ref` as in an Event. Raises CaseNotFound, or IllegalMove where somebody
        else has it, it is done, or the text is empty or too long."""
        return await self._move(case_id, Move.ANSWERED, officer, clean(text), ref)

    async def supplement(self, case_id: str, officer: Officer, text: str, ref: str) -> Case:
        """Add something to one's answer, once for what `ref` names. Raises CaseNotFound, or IllegalMove where the case
        is not answered, somebody else has answered it, or the text is empty or too long."""
        return await self._once(case_id, Move.SUPPLEMENTED, officer, clean(text), ref)

    async def follow_up(self, case_id: str, asker: Asker, text: str, ref: str) -> Case:
        """Add what the asker writes more, once for what `ref` names. Raises CaseNotFound, or IllegalMove where the case
        is closed or the text is empty or too long."""
        return await self._once(case_id, Move.FOLLOWED_UP, asker, clean(text), ref)

    async def correct(self, case_id: str, asker: Asker, text: str, ref: str) -> Case:
        """Note that the asker has changed what `ref` names. Raises CaseNotFound."""
        return await self._once(case_id, Move.CORRECTED, asker, clean(text), ref)

    async def withdraw(self, case_id: str, asker: Asker, ref: str) -> Case:
        """Note that the asker has taken away what `ref` names. Raises CaseNotFound."""
        return await self._once(case_id, Move.WITHDRAWN, asker, "", ref)

    async def close(self, case_id: str, by: Officer | Asker) -> Case:
        """End the case, answered or not. Raises CaseNotFound, or IllegalMove where somebody else has claimed it."""
        return await self._move(case_id, Move.CLOSED, by)

    async def reopen(self, case_id: str, by: Officer | Asker) -> Case:
        """Put a case that was answered or closed back into the queue. Raises CaseNotFound."""
        return await self._move(case_id, Move.REOPENED, by)

    async def undelivered(self, case_id: str, officer: Officer, key: str) -> Case:
        """Note, once for each delivery, that the officer's answer did not reach the asker. Raises CaseNotFound."""
        async with self._database.writing() as session:
            case, event = await Cases(session).undelivered(case_id, officer, key)
            if event:
                await self._tell(session, case, event)
            return case

    async def get(self, case_id: str) -> Case:
        """The case. Raises CaseNotFound."""
        async with self._database.reading() as session:
            return await Cases(session).get(case_id)

    async def of_reply(self, reply_id: str) -> Case | None:
        """The case that the reply has opened, if any."""
        return (await self.of_replies([reply_id])).get(reply_id)

    async def of_replies(self, reply_ids: Collection[str]) -> Mapping[str, Case]:
        """The cases that these replies have opened, by reply."""
        async with self._database.reading() as session:
            return {case.reply_id: case for case in await Cases(session).of_replies(reply_ids)}

    async def in_thread(self, place: Place) -> Sequence[Case]:
        """The cases that were opened in that thread, latest first."""
        async with self._database.reading() as session:
            return await Cases(session).in_thread(place)

    async def asked_of(self, platform: str, asker_id: str) -> Sequence[Case]:
        """The cases that wait for that person to say more, latest first."""
        async with self._database.reading() as session:
            return await Cases(session).asked_of(platform, asker_id)

    async def about(self, ref: str) -> tuple[Case, Event] | None:
        """The latest thing that happened because of the message that `ref` names, and the case it happened to."""
        async with self._database.reading() as session:
            return await Cases(session).about(ref)

    async def list(self, states: Collection[CaseState] = ALL, limit: int = 100) -> Sequence[Case]:
        """The latest cases in these states, latest first."""
        async with self._database.reading() as session:
            return await Cases(session).list(states, limit)

    async def counts(self) -> Mapping[CaseState, int]:
        """How many cases there are in each state."""
        async with self._database.reading() as session:
            return await Cases(session).counts()

    async def events(self, case_id: str) -> Sequence[Event]:
        """What happened to the case, in order. Raises CaseNotFound."""
        async with self._database.reading() as session:
            return await Cases(session).events(case_id)

    async def _move(
        self, case_id: str, move: Move, by: Officer | Asker, text: str = "", ref: str = "", to: Officer | None = None
    ) -> Case:
        event = Event(move=move, actor=Actor(id=by.id, name=by.name), moment=now(), text=text, ref=ref, to=to)
        async with self._database.writing() as session:
            case, changed = await Cases(session).change(case_id, event)
            if changed:
                await self._tell(session, case, event)
            return case

    async def _once(self, case_id: str, move: Move, by: Officer | Asker, text: str, ref: str) -> Case:
        event = Event(move=move, actor=Actor(id=by.id, name=by.name), moment=now(), text=text, ref=ref)
        async with self._database.writing() as session:
            case, changed = await Cases(session).once(case_id, event)
            if changed:
                await self._tell(session, case, event)
            return case

    async def _tell(self, session: AsyncSession, case: Case, event: Event) -> None:
        for delivery in deliveries(case, event, self._officer_platforms):
            await self._outbox.put(session, delivery)


def clean(text: str) -> str:
    """The text as it is kept: trimmed, line breaks as "\\n", and nothing that could garble what stands around it."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _GARBLING.sub("", unified).strip()
