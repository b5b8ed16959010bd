"""What follows from what people write about cases: notes stay among officers, and askers' words come to the case."""

from __future__ import annotations

from slack_sdk.models.blocks import ActionsBlock, Block, ButtonElement, PlainTextObject

from bot.amending import case_of_message
from bot.desk.carrying import case_of
from bot.desk.case import OPEN, TO_ASKER, Case, CaseState, IllegalMove
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import Message
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases.casework import ASKER_REWROTE, ASKER_WROTE, OFFICER_REWROTE, OFFICER_WROTE, Written
from bot.handlers.slack.cases.modals import RELAY
from bot.handlers.slack.cases.officers import Officers
from bot.handlers.slack.cases.relaying import Note
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.store import Replies
from bot.handlers.slack.workspace import Workspace
from bot.texts import Texts

_SENDABLE = OPEN | {CaseState.ANSWERED}
"""The states of a case in which an officer can send its asker something."""
KINDS = (OFFICER_WROTE, OFFICER_REWROTE, ASKER_WROTE, ASKER_REWROTE)


class CorrespondenceCourier:
    """Carries what is owed because people write, change or take away something about a case."""

    def __init__(
        self,
        workspace: Workspace,
        whispers: Whispers,
        officers: Officers,
        replies: Replies,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._workspace = workspace
        self._whispers = whispers
        self._officers = officers
        self._replies = replies
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Remind an officer of who reads a note, or bring an asker's words to the case. Raises Undeliverable."""
        written = Written.model_validate(delivery.payload)
        case = await case_of(self._desk, written.case)
        match delivery.kind:
            case "officer.wrote":
                await self._remind(case, written)
            case "officer.rewrote":
                await self._warn(case, written)
            case "asker.wrote":
                await self._add(case, written)
            case _:
                await self._change(case, written)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell an asker that what they wrote did not come to the case; a note was for nobody."""
        if delivery.kind == ASKER_WROTE:
            written = Written.model_validate(delivery.payload)
            case = await self._desk.get(written.case)
            told = plainly(self._texts(case.language, "desk.follow_up.lost", case=case.label))
            await self._workspace.post(f"{delivery.key}#given_up", written.place, told)

    async def _remind(self, case: Case, written: Written) -> None:
        colleague = await self._officers.colleague(written.workspace, written.user)
        told = plainly(self._texts(colleague.language, "desk.note.internal"))
        if colleague.officer and case.state in _SENDABLE:
            told = self._with_button(told, written, colleague.language, "desk.note.send")
        await self._whispers.tell(written.place, written.user, told)

    async def _warn(self, case: Case, written: Written) -> None:
        sent = await self._desk.about(written.ref)
        if sent is None or sent[1].move not in TO_ASKER:
            return
        colleague = await self._officers.colleague(written.workspace, written.user)
        key = "desk.note.deleted_after" if written.gone else "desk.note.sent_before"
        told = plainly(self._texts(colleague.language, key, name=case.asker.name))
        # Of a note that is gone there is no text to begin a correction with.
        if colleague.officer and case.state in _SENDABLE and not written.gone:
            told = self._with_button(told, written, colleague.language, "desk.note.correct")
        await self._whispers.tell(written.place, written.user, told)

    async def _add(self, case: Case, written: Written) -> None:
        known = await self._desk.about(written.ref) is not None
        text = written.text
        if written.files:
            files = self._texts(case.language, "desk.follow_up.files", count=written.files)
            text = f"{text}\n\n{files}".strip()
        try:
            await self._desk.follow_up(case.id, case.asker, text, written.ref)
        except IllegalMove:
            told = self._texts(case.language, "desk.follow_up.late", case=case.label)
        else:
            key = "desk.follow_up.after" if case.state is CaseState.ANSWERED else "desk.follow_up.sent"
            told = self._texts(case.language, key, case=case.label)
        if written.masked:
            told = f"{told} {self._texts(case.language, 'desk.follow_up.masked')}"
        if not known:
            await self._whispers.tell(written.place, written.user, plainly(told))

    async def _change(self, latest: Case, written: Written) -> None:
        reply = f"reply:{PLATFORM}:{written.channel}:{written.ts}"
        case = await case_of_message(self._desk, self._replies, written.ref, reply, latest.asker.id)
        if case is None:
            return
        if written.gone:
            await self._desk.retract(case.id, case.asker, written.ref)
        else:
            await self._desk.correct(case.id, case.asker, written.text, written.ref)

    def _with_button(self, message: Message, written: Written, language: str, key: str) -> Message:
        note = Note(case=written.case, channel=written.channel, thread=written.thread, ts=written.ts)
        button = ButtonElement(
            text=PlainTextObject(text=self._texts(language, key)), action_id=RELAY, value=note.model_dump_json()
        )
        blocks: tuple[Block, ...] = (*message.blocks, ActionsBlock(elements=[button]))
        return Message(message.text, blocks)
