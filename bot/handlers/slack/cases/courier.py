"""Brings cases to the officers' channels, and news of them to whoever asked."""

from __future__ import annotations

import structlog

from bot.desk.carrying import case_of
from bot.desk.case import Case, Move
from bot.desk.describing_cases import NEWS
from bot.desk.desk import Desk
from bot.desk.notices import WRITTEN, CaseNotice
from bot.desk.outbox import Delivery, Undeliverable
from bot.error_ids import new_error_id
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import rendering, telling
from bot.handlers.slack.cases.officers_channel import OfficersChannel
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.store import Replies
from bot.handlers.slack.workspace import Workspace
from bot.replies import Said
from bot.texts import Texts

log = structlog.get_logger(__name__)

KINDS = ("forward", "case.opened", "case.changed", *WRITTEN, *NEWS)
"""The kinds of deliveries that are carried here."""


class CaseCourier:
    """Carries what is owed because of cases."""

    def __init__(
        self,
        channel: OfficersChannel,
        workspace: Workspace,
        whispers: Whispers,
        directory: Directory,
        replies: Replies,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._channel = channel
        self._workspace = workspace
        self._whispers = whispers
        self._directory = directory
        self._replies = replies
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Bring a question to the officers, or news of a case. Raises Undeliverable."""
        match delivery.kind:
            case "forward":
                await self._forward(delivery)
            case "case.opened" | "case.changed":
                await self._tell_officers(delivery)
            case _:
                await self._tell_asker(delivery)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell the officers of what one of them wrote and did not arrive, and whoever asked that nobody was reached."""
        if delivery.kind == "forward":
            await self._apologize(delivery)
        elif delivery.kind == "case.opened":
            await self._own_up(delivery)
        elif delivery.kind == "case.changed":
            await self._own_up_to_colleagues(delivery)
        elif delivery.kind in WRITTEN:
            notice = CaseNotice.model_validate(delivery.payload)
            case = await self._desk.undelivered(notice.case_id, notice.answered_by, delivery.key)
            await self._channel.warn(f"{delivery.key}#given_up", notice, case)

    async def _forward(self, delivery: Delivery) -> None:
        said = await self._replies.get(delivery.payload["reply"])
        if said is None:
            raise Undeliverable("the reply is gone")
        # What somebody sends by a shortcut has been shown to them there: that is the question.
        question = delivery.payload.get("question") or said.question.text
        case = await self._open(said, question, delivery.payload["name"])
        told = telling.forwarded(case, self._texts, masked=delivery.payload.get("masked", False))
        await self._workspace.post(delivery.key, case.place, told)

    async def _open(self, said: Said, question: str, handle: str) -> Case:
        # Only now does a name matter: who just asks stays an id. And no name is worth keeping a case from the officers.
        asker, place = said.question.asker, said.question.place
        name = await self._directory.name(place.workspace, asker.id, default=handle)
        return await self._desk.open(said.case(question, name))

    async def _apologize(self, delivery: Delivery) -> None:
        """Tell whoever pressed the button what has become of it."""
        said = await self._replies.get(delivery.payload["reply"])
        if said is None:
            return  # nobody knows any more who that was
        language, asker = said.reply.language, said.question.asker
        if case := await self._desk.of_reply(said.reply.id):
            # Only to say so in the thread was in vain.
            text = self._texts(language, "desk.case.forward.known", case=case.label)
        else:
            error_id = new_error_id()
            log.error("slack.not_forwarded", error_id=error_id, key=delivery.key)
            text = self._texts(language, "desk.case.forward.lost", id=error_id)
        await self._whispers.tell(said.question.place, asker.id, plainly(text))

    async def _own_up(self, delivery: Delivery) -> None:
        """Tell whoever waits that the officers' channel was not reached. The case stays open, for the web shows it."""
        notice = CaseNotice.model_validate(delivery.payload)
        error_id = new_error_id()
        log.error("slack.officers_unreached", error_id=error_id, key=delivery.key)
        if notice.place.platform == PLATFORM:
            text = self._texts(notice.language, "desk.casework.unreached", case=notice.label, id=error_id)
            await self._workspace.post(f"{delivery.key}#given_up", notice.place, plainly(text))

    async def _own_up_to_colleagues(self, delivery: Delivery) -> None:
        """Tell the team that gave a case away that it did not arrive; of all else the case's message says how it stands
        when the next thing happens, and the web does at once."""
        notice = CaseNotice.model_validate(delivery.payload)
        log.error("slack.card_not_changed", key=delivery.key, move=notice.move)
        if notice.move is Move.ROUTED:
            await self._channel.unreached(f"{delivery.key}#given_up", await self._desk.get(notice.case_id))

    async def _tell_officers(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        case = await case_of(self._desk, notice.case_id)
        if delivery.kind == "case.changed":
            await self._channel.change(delivery.key, notice, case)
        else:
            await self._channel.open(case)

    async def _tell_asker(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        if delivery.kind in WRITTEN:
            for number, message in enumerate(rendering.answered(notice, self._texts), start=1):
                await self._workspace.post(f"{delivery.key}#{number}", notice.place, message)
            return
        case = await case_of(self._desk, notice.case_id)
        await self._workspace.post(delivery.key, notice.place, telling.news(notice, case, delivery.kind, self._texts))
