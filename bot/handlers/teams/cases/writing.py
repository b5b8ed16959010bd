"""What askers write in the thread of their case, or to the bot after an officer has asked back: it goes to the case."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from bot import wording
from bot.amending import case_of_message
from bot.desk.case import LONGEST_ANSWER, Case, CaseState, IllegalMove
from bot.desk.desk import Desk
from bot.desk.following_up import meant
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.owing import Owing
from bot.desk.store import CaseNotFound
from bot.guard import Guard, Refused, mask
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.cases.noting import Notes
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.messages import said
from bot.handlers.teams.questions.asking import Heard
from bot.people import Place
from bot.replies import Replies
from bot.texts import Texts

WROTE, REWROTE = "asker.wrote", "asker.rewrote"
"""The kinds of the deliveries that bring to a case what its asker has written more, changed or taken away."""


class Written(BaseModel):
    """What somebody has written about their case, personal data `masked`; `ref` names the message. `gone`: it was taken
    away."""

    model_config = ConfigDict(frozen=True)

    case: str
    text: str
    ref: str
    place: Place
    files: int = 0
    masked: bool = False
    gone: bool = False


class Writing:
    """Hears what people write, before it is taken for a question."""

    def __init__(self, notes: Notes, owing: Owing, replies: Replies, desk: Desk) -> None:
        self._notes = notes
        self._owing = owing
        self._replies = replies
        self._desk = desk
        self._guard = Guard()

    async def heard(self, heard: Heard) -> bool:
        """Whether the message belongs to a case, and is taken care of."""
        if not (heard.direct or heard.in_thread):
            return False
        if not heard.mentioned and await self._notes.heard(heard):
            return True
        case = await self._case(heard)
        if case is None:
            return False
        masked = mask(heard.text) != heard.text
        about = {"text": self._masked(heard.text), "files": heard.files, "masked": masked}
        await self._owe(WROTE, f"{WROTE}:{heard.ref}", case, heard, about)
        return True

    async def changed(self, heard: Heard, version: str) -> None:
        """Let the case know that its asker has changed a message that is part of it; `version` tells the changes
        apart."""
        if not await self._notes.heard(heard):
            await self._rewritten(heard, version, {"text": self._masked(heard.text)})

    async def taken_away(self, heard: Heard) -> None:
        """Let the case know that its asker has taken a message away that is part of it."""
        if not await self._notes.heard(heard, gone=True):
            await self._rewritten(heard, "gone", {"text": "", "gone": True})

    async def _rewritten(self, heard: Heard, version: str, about: Mapping[str, Any]) -> None:
        case = await case_of_message(self._desk, self._replies, heard.ref, heard.key, heard.user)
        if case:
            await self._owe(REWROTE, f"{REWROTE}:{heard.ref}:{version}", case, heard, about)

    async def _owe(self, kind: str, key: str, case: Case, heard: Heard, about: Mapping[str, Any]) -> None:
        written = Written.model_validate({"case": case.id, "ref": heard.ref, "place": heard.place, **about})
        # One lane: what is changed was written before.
        await self._owing.owe(kind, key, f"asker/{case.id}", written.model_dump(mode="json"))

    async def _case(self, heard: Heard) -> Case | None:
        found = [case for case in await self._desk.in_thread(heard.place) if case.asker.id == heard.user]
        if heard.direct or heard.mentioned:
            # A chat goes on for ever, and whoever calls on the bot asks it: only an officer's question comes before.
            return next((case for case in found if case.state is CaseState.ASKED), None)
        return meant(found, says_nothing=wording.says_nothing(heard.text))

    def _masked(self, text: str) -> str:
        with contextlib.suppress(Refused):
            return self._guard.check(text).text
        # Too long for a question, or a sign without words: for an officer it says something all the same.
        return mask(text)[:LONGEST_ANSWER]


class WritingCourier:
    """Brings to cases what their askers have written."""

    def __init__(self, connector: Connector, desk: Desk, texts: Texts) -> None:
        self._connector = connector
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Add it to the case, or tell whoever wrote it why that can't be. Raises Undeliverable."""
        written = Written.model_validate(delivery.payload)
        try:
            case = await self._desk.get(written.case)
            if delivery.kind == WROTE:
                await self._add(case, written)
            elif written.gone:
                await self._desk.retract(case.id, case.asker, written.ref)
            else:
                await self._desk.correct(case.id, case.asker, written.text, written.ref)
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error

    async def give_up(self, delivery: Delivery) -> None:
        """Tell whoever wrote it that it did not come to the case."""
        if delivery.kind == WROTE:
            written = Written.model_validate(delivery.payload)
            await self._tell(
                f"{delivery.key}#given_up", await self._desk.get(written.case), written, "desk.follow_up.lost"
            )

    async def _add(self, case: Case, written: Written) -> None:
        text = written.text
        if written.files:
            files = self._texts(case.language, "desk.follow_up.files", count=written.files)
            text = f"{text}\n\n{files}".strip()
        try:
            await self._desk.follow_up(case.id, case.asker, text, written.ref)
        except IllegalMove:
            return await self._tell(written.ref, case, written, "desk.follow_up.late")
        if written.masked:
            await self._tell(f"{written.ref}#masked", case, written, "desk.follow_up.masked")
        if case.state is CaseState.ASKED:
            return None  # they hear by when the answer is due now
        # Everybody in the thread reads it: so it is said once, and not under each message.
        key = "desk.follow_up.after" if case.state is CaseState.ANSWERED else "desk.follow_up.sent"
        return await self._tell(f"{key}:{case.id}", case, written, key)

    async def _tell(self, mark: str, case: Case, written: Written, key: str) -> None:
        told = said(self._texts(case.language, key, case=case.label))
        await self._connector.post(f"{WROTE}:{PLATFORM}:{mark}", written.place, told)
