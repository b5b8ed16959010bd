"""Brings cases to the officers' channel, and news of them to whoever asked."""

from __future__ import annotations

import secrets

import structlog

from bot.desk.case import Case, NewCase
from bot.desk.desk import Desk
from bot.desk.notices import WRITTEN, CaseNotice
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.store import CaseNotFound
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import rendering
from bot.handlers.slack.cases.officers_channel import OfficersChannel
from bot.handlers.slack.cases.whispering import Whispers
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.store import Replies, Said
from bot.handlers.slack.workspace import Workspace
from bot.texts import Texts

log = structlog.get_logger(__name__)

_NEWS = {
    "case.claimed": "slack.claimed",
    "case.reassigned": "slack.reassigned",
    "case.closed": "slack.closed",
    "case.reopened": "slack.reopened",
}
"""What the asker is told of the case, by the kind of the delivery."""
KINDS = ("forward", "case.opened", "case.changed", *WRITTEN, *_NEWS)
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
        elif delivery.kind in WRITTEN:
            notice = CaseNotice.model_validate(delivery.payload)
            case = await self._desk.undelivered(notice.case_id, notice.answered_by, delivery.key)
            await self._channel.warn(f"{delivery.key}#given_up", notice, case)

    async def _forward(self, delivery: Delivery) -> None:
        said = await self._replies.get(delivery.payload["reply"])
        if said is None:
            raise Undeliverable("the reply is gone")
        case = await self._open(said, delivery.payload["name"])
        text = self._texts(case.language, "slack.forwarded", case=case.label)
        await self._workspace.post(delivery.key, case.place, plainly(text))

    async def _open(self, said: Said, handle: str) -> Case:
        # Only now does a name matter: who just asks stays an id. And no name is worth keeping a case from the officers.
        asker, place = said.question.asker, said.question.place
        name = await self._directory.name(place.workspace, asker.id, default=handle)
        request = NewCase(
            reply_id=said.reply.id,
            question=said.question.text,
            language=said.reply.language,
            asker=asker.model_copy(update={"name": name}),
            place=place,
            audience=said.question.audience,
            history=said.question.history,
            nearest=said.reply.nearest,
            draft=said.reply.draft,
        )
        return await self._desk.open(request)

    async def _apologize(self, delivery: Delivery) -> None:
        """Tell whoever pressed the button what has become of it."""
        said = await self._replies.get(delivery.payload["reply"])
        if said is None:
            return  # nobody knows any more who that was
        language, asker = said.reply.language, said.question.asker
        if case := await self._desk.of_reply(said.reply.id):
            # Only to say so in the thread was in vain.
            text = self._texts(language, "slack.forward.known", case=case.label)
        else:
            error_id = secrets.token_hex(4)
            log.error("slack.not_forwarded", error_id=error_id, key=delivery.key)
            text = self._texts(language, "slack.forward.lost", id=error_id)
        await self._whispers.tell(said.question.place, asker.id, plainly(text))

    async def _own_up(self, delivery: Delivery) -> None:
        """Tell whoever waits that the officers' channel was not reached. The case stays open, for the web shows it."""
        notice = CaseNotice.model_validate(delivery.payload)
        error_id = secrets.token_hex(4)
        log.error("slack.officers_unreached", error_id=error_id, key=delivery.key)
        if notice.place.platform == PLATFORM:
            text = self._texts(notice.language, "slack.casework.unreached", case=notice.label, id=error_id)
            await self._workspace.post(f"{delivery.key}#given_up", notice.place, plainly(text))

    async def _tell_officers(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        try:
            case = await self._desk.get(notice.case_id)
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error
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
        name = notice.officer.name if notice.officer else ""
        text = self._texts(notice.language, _NEWS[delivery.kind], name=name, case=notice.label)
        await self._workspace.post(delivery.key, notice.place, plainly(text))
