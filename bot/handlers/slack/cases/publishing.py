"""Tells the officers in their channel what is to be done about published answers: approve them, look at them again."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery, Undeliverable
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, sections
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.slack.cases.quoting import fitting, quotation
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.handlers.slack.workspace import Workspace
from bot.pages import Pages
from bot.publishing.answer import PublishedAnswer
from bot.publishing.notices import PROPOSED, REVIEW, AnswerNotice
from bot.publishing.reporting import first_case, report
from bot.texts import Texts

KINDS = (PROPOSED, REVIEW)
"""The kinds of deliveries that are carried here."""

_QUESTION = 500


class PublishingCourier:
    """Carries what officers are to do about published answers to the channel of the team whose case it was."""

    def __init__(self, public_url: str, workspace: Workspace, officers: Officers, desk: Desk, texts: Texts) -> None:
        self._pages = Pages(public_url)
        self._workspace = workspace
        self._officers = officers
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Tell the team. Raises Undeliverable."""
        answer = AnswerNotice.model_validate(delivery.payload).answer
        case = await first_case(answer, self._desk)
        channel = await (self._officers.channel(case) if case else self._officers.channel_of(""))
        if channel is None:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL")
        await self._workspace.post(delivery.key, channel, self._told(delivery.kind, answer, case))

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the page of published answers shows what is to be done."""

    def _told(self, kind: str, answer: PublishedAnswer, case: Case | None) -> Message:
        told = report(kind, answer, case, self._texts, OFFICERS_LANGUAGE)
        concerns = [f"• {escape(concern)}" for concern in told.concerns]
        paragraphs = [bold(told.lead), quotation(told.question, _QUESTION), "\n".join(fitting(concerns, SECTION))]
        if case:
            way = escape(self._texts(OFFICERS_LANGUAGE, "desk.case.open"))
            paragraphs.append(link(self._pages.case(case.id), way))
        return Message(clip(f"{told.lead} {told.question}".strip(), FALLBACK), tuple(sections(paragraphs)))
