"""Brings cases to the officers' channel, and news of them to whoever asked."""

from __future__ import annotations

from bot.desk.case import Case, NewCase
from bot.desk.desk import Desk
from bot.desk.notices import CaseNotice
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.store import CaseNotFound
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import said as plainly
from bot.handlers.slack.cases import rendering
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.store import Replies, Said
from bot.handlers.slack.workspace import Workspace
from bot.people import Place
from bot.settings import Settings
from bot.texts import Texts

OFFICERS_LANGUAGE = "nb"
_NEWS = {"case.claimed": "slack.claimed", "case.closed": "slack.closed", "case.reopened": "slack.reopened"}
"""What the asker is told of the case, by the kind of the delivery."""
KINDS = ("forward", "case.opened", "case.changed", "case.answered", *_NEWS)
"""The kinds of deliveries that are carried here."""


class CaseCourier:
    """Carries what is owed because of cases."""

    def __init__(
        self,
        settings: Settings,
        workspace: Workspace,
        directory: Directory,
        replies: Replies,
        desk: Desk,
        texts: Texts,
    ) -> None:
        self._settings = settings
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
        """Tell the officers of an answer that did not arrive."""
        if delivery.kind != "case.answered":
            return
        notice = CaseNotice.model_validate(delivery.payload)
        officer = notice.answered_by
        case = await self._desk.undelivered(notice.case_id, officer, delivery.key)
        if channel := self._officers_channel():
            warning = rendering.undelivered(case, officer, self._address(case), self._texts, OFFICERS_LANGUAGE)
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
        channel = self._officers_channel()
        if not channel:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL")
        try:
            case = await self._desk.get(notice.case_id)
        except CaseNotFound as error:
            raise Undeliverable(str(error)) from error
        card = rendering.card(case, self._address(case), self._texts, OFFICERS_LANGUAGE)
        # One message a case, which always says how the case stands now: so its key is the case's, whatever happened.
        post = await self._workspace.post(f"case:{case.id}", channel, card)
        if delivery.kind == "case.changed":
            await self._workspace.change(post, card)

    async def _tell_asker(self, delivery: Delivery) -> None:
        notice = CaseNotice.model_validate(delivery.payload)
        if delivery.kind == "case.answered":
            for number, message in enumerate(rendering.answered(notice, self._texts), start=1):
                await self._workspace.post(f"{delivery.key}#{number}", notice.place, message)
            return
        name = notice.officer.name if notice.officer else ""
        text = self._texts(notice.language, _NEWS[delivery.kind], name=name, case=notice.label)
        await self._workspace.post(delivery.key, notice.place, plainly(text))

    def _officers_channel(self) -> Place | None:
        channel = self._settings.slack_officers_channel
        return Place(platform=PLATFORM, channel=channel, thread="", outsiders=False) if channel else None

    def _address(self, case: Case) -> str:
        return f"{self._settings.public_url}/saker/{case.id}"
