"""Brings cases to the officers' channels, and news of them to whoever asked."""

from __future__ import annotations

import contextlib

import structlog

from bot.desk.carrying import case_of
from bot.desk.case import Case, Move
from bot.desk.describing_cases import NEWS
from bot.desk.desk import Desk
from bot.desk.notices import WRITTEN, CaseNotice
from bot.desk.outbox import Delivery, Undeliverable
from bot.error_ids import new_error_id
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.cases import telling
from bot.handlers.teams.cases.channel import OfficersChannel
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.messages import said as plainly
from bot.handlers.teams.replies.showing import Showing
from bot.replies import Replies, Said
from bot.texts import Texts

log = structlog.get_logger(__name__)

KINDS = ("forward", "case.opened", "case.changed", *WRITTEN, *NEWS)
"""The kinds of deliveries that are carried here."""


class CaseCourier:
    """Carries what is owed because of cases."""

    def __init__(
        self,
        channel: OfficersChannel,
        connector: Connector,
        showing: Showing,
        directory: Directory,
        replies: Replies,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._channel = channel
        self._connector = connector
        self._showing = showing
        self._directory = directory
        self._replies = replies
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Bring a question to the officers, or news of a case. Raises Undeliverable."""
        match delivery.kind:
            case "forward":
                await self._forward(delivery)
            case "case.opened":
                await self._channel.show(await self._case(delivery))
            case "case.changed":
                notice = CaseNotice.model_validate(delivery.payload)
                await self._channel.change(delivery.key, notice, await self._case(delivery))
            case _:
                await self._tell_asker(delivery)

    async def give_up(self, delivery: Delivery) -> None:
        """Tell the officers of what one of them wrote and did not arrive, and whoever asked that nobody was reached."""
        log.error("teams.given_up", kind=delivery.kind, key=delivery.key)
        if delivery.kind == "forward":
            await self._apologize(delivery)
        elif delivery.kind == "case.opened":
            await self._own_up_to_asker(delivery)
        elif delivery.kind in WRITTEN:
            await self._own_up(delivery)
        elif delivery.kind == "case.changed":
            await self._own_up_to_colleagues(delivery)

    async def _forward(self, delivery: Delivery) -> None:
        said = await self._replies.get(delivery.payload["reply"])
        if said is None:
            raise Undeliverable("the reply is gone")
        case = await self._open(said, delivery.payload["question"], delivery.payload["name"])
        told = telling.forwarded(case, self._texts, masked=delivery.payload.get("masked", False))
        await self._connector.post(delivery.key, case.place, told)
        # The case is open and told of; the card under the reply also says so to whoever looks at it anew.
        with contextlib.suppress(Undeliverable):
            await self._showing.forwarded(said, case, delivery.payload["account"])

    async def _open(self, said: Said, question: str, called: str) -> Case:
        # Only now does a name matter: who just asks stays an id. And no name is worth keeping a case from the officers.
        asker, place = said.question.asker, said.question.place
        name = await self._directory.name(place, asker.id, default=called or asker.id)
        return await self._desk.open(said.case(question, name))

    async def _apologize(self, delivery: Delivery) -> None:
        said = await self._replies.get(delivery.payload["reply"])
        if said is None or await self._desk.of_reply(said.reply.id):
            return
        error_id = new_error_id()
        log.error("teams.not_forwarded", error_id=error_id, key=delivery.key)
        told = plainly(self._texts(said.reply.language, "desk.case.forward.lost", id=error_id))
        await self._connector.post(f"{delivery.key}#given_up", said.question.place, told)

    async def _own_up(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        case = await self._desk.undelivered(notice.case_id, notice.answered_by, delivery.key)
        key = "desk.case.undelivered" if notice.move is Move.ANSWERED else "desk.case.undelivered.written"
        told = self._texts(OFFICERS_LANGUAGE, key, case=case.label, name=notice.answered_by.name)
        await self._channel.tell(f"{delivery.key}#given_up", case, plainly(told))

    async def _own_up_to_asker(self, delivery: Delivery) -> None:
        """Tell whoever waits that the officers' channel was not reached. The case stays open, for the web shows it."""
        notice = CaseNotice.model_validate(delivery.payload)
        error_id = new_error_id()
        log.error("teams.officers_unreached", error_id=error_id, key=delivery.key)
        if notice.place.platform == PLATFORM:
            told = self._texts(notice.language, "desk.casework.unreached", case=notice.label, id=error_id)
            await self._connector.post(f"{delivery.key}#given_up", notice.place, plainly(told))

    async def _own_up_to_colleagues(self, delivery: Delivery) -> None:
        """Tell the team that gave a case away that it did not arrive; of all else the case's card says how it stands
        when the next thing happens, and the web does at once."""
        if CaseNotice.model_validate(delivery.payload).move is Move.ROUTED:
            await self._channel.unreached(f"{delivery.key}#given_up", await self._case(delivery))

    async def _case(self, delivery: Delivery) -> Case:
        return await case_of(self._desk, CaseNotice.model_validate(delivery.payload).case_id)

    async def _tell_asker(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        if delivery.kind in WRITTEN:
            messages = telling.answered(notice, self._texts)
        else:
            messages = (telling.news(notice, await self._case(delivery), delivery.kind, self._texts),)
        for number, message in enumerate(messages, start=1):
            await self._connector.post(f"{delivery.key}#{number}", notice.place, message)
