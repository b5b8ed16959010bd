"""Brings cases to the officers' channel, and news of them to whoever asked."""

from __future__ import annotations

from bot.database import now
from bot.desk.case import Case, NewCase
from bot.desk.desk import Desk
from bot.desk.notices import WRITTEN, CaseNotice
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.store import CaseNotFound
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import noting, rendering
from bot.handlers.slack.cases.card import card
from bot.handlers.slack.cases.cards import key_of
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.store import Post, Replies, Said
from bot.handlers.slack.workspace import Workspace
from bot.texts import Texts

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
        public_url: str,
        workspace: Workspace,
        directory: Directory,
        officers: Officers,
        replies: Replies,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._public_url = public_url
        self._officers = officers
        self._workspace = workspace
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
        """Tell the officers of what one of them wrote and did not arrive."""
        if delivery.kind not in WRITTEN:
            return
        notice = CaseNotice.model_validate(delivery.payload)
        case = await self._desk.undelivered(notice.case_id, notice.answered_by, delivery.key)
        if channel := await self._officers.channel(case):
            warning = rendering.undelivered(notice, self._address(case), self._texts, OFFICERS_LANGUAGE)
            await self._workspace.post(f"{delivery.key}#given_up", channel, warning)

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

    async def _tell_officers(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        try:
            case = await self._desk.get(notice.case_id)
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error
        channel = await self._officers.channel(case)
        if not channel:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL")
        message = card(case, self._address(case), self._texts, OFFICERS_LANGUAGE, now())
        # One message a case, which always says how the case stands now: so its key is the case's, whatever happened.
        post = await self._workspace.post(key_of(case), channel, message)
        if delivery.kind == "case.changed":
            await self._workspace.change(post, message)
            await self._note(delivery, notice, case, post)

    async def _note(self, delivery: Delivery, notice: CaseNotice, case: Case, post: Post) -> None:
        """Note under the case's message what has happened, where that is more than the message says."""
        noted = noting.noted(notice, case, self._address(case), self._texts, OFFICERS_LANGUAGE)
        if noted is None:
            return
        channel = await self._officers.channel(case)
        if channel is None:
            return
        under = channel.model_copy(update={"channel": post.channel, "thread": post.ts})
        if notice.move not in noting.OF_MESSAGES:
            await self._workspace.post(f"{delivery.key}#noted", under, noted)
            return
        # What the asker writes has one copy here, which changes with it: so its key is the message's.
        copy = await self._workspace.post(f"follow_up:{notice.ref}", under, noted)
        if notice.move in noting.CHANGES:
            await self._workspace.change(copy, noted)

    async def _tell_asker(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        if delivery.kind in WRITTEN:
            for number, message in enumerate(rendering.answered(notice, self._texts), start=1):
                await self._workspace.post(f"{delivery.key}#{number}", notice.place, message)
            return
        name = notice.officer.name if notice.officer else ""
        text = self._texts(notice.language, _NEWS[delivery.kind], name=name, case=notice.label)
        await self._workspace.post(delivery.key, notice.place, plainly(text))

    def _address(self, case: Case) -> str:
        return f"{self._public_url}/saker/{case.id}"
