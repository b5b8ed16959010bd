"""Tells the officers in their channel what is to be done about published answers: approve them, look at them again."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery, Undeliverable
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.messages import Message
from bot.handlers.teams.replies.rendering import link
from bot.markdown import clip, escape
from bot.pages import Pages
from bot.publishing.answer import PublishedAnswer
from bot.publishing.notices import PROPOSED, REVIEW, AnswerNotice
from bot.publishing.reporting import first_case, report
from bot.texts import Texts

KINDS = (PROPOSED, REVIEW)
"""The kinds of deliveries that are carried here."""

_QUESTION, _CONCERN, _MOST = 500, 300, 10


class PublishingCourier:
    """Carries what officers are to do about published answers to the channel of the team whose case it was."""

    def __init__(self, public_url: str, connector: Connector, officers: Officers, desk: Desk, texts: Texts) -> None:
        self._pages = Pages(public_url)
        self._connector = connector
        self._officers = officers
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Tell the team. Raises Undeliverable."""
        answer = AnswerNotice.model_validate(delivery.payload).answer
        case = await first_case(answer, self._desk)
        channel = self._officers.channel_of(case.team if case else "")
        if channel is None:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_TEAMS_OFFICERS_CHANNEL")
        await self._connector.post(delivery.key, channel, self._told(delivery.kind, answer, case))

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the page of published answers shows what is to be done."""

    def _told(self, kind: str, answer: PublishedAnswer, case: Case | None) -> Message:
        told = report(kind, answer, case, self._texts, OFFICERS_LANGUAGE)
        paragraphs = [f"**{escape(told.lead)}**"]
        if told.question:
            paragraphs.append(f"> {clip(' '.join(told.question.split()), _QUESTION)}")
        paragraphs.append("\n".join(f"- {clip(each, _CONCERN)}" for each in told.concerns[:_MOST]))
        if case:
            way = self._texts(OFFICERS_LANGUAGE, "desk.case.open")
            paragraphs.append(link(self._pages.case(case.id), way))
        return Message(text="\n\n".join(filter(None, paragraphs)), summary=told.lead)
