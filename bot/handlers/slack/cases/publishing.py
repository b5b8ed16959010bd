"""Tells the officers in their channel what is to be done about published answers: approve them, look at them again."""

from __future__ import annotations

from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Delivery, Undeliverable
from bot.desk.store import CaseNotFound
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, sections
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.slack.cases.quoting import fitting, quotation
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.handlers.slack.workspace import Workspace
from bot.publishing.answer import AnswerState, PublishedAnswer
from bot.publishing.concerns import told
from bot.publishing.notices import PROPOSED, REVIEW, AnswerNotice
from bot.texts import Texts
from knowledge.model import Audience

KINDS = (PROPOSED, REVIEW)
"""The kinds of deliveries that are carried here."""

_QUESTION = 500


class PublishingCourier:
    """Carries what officers are to do about published answers to the channel of the team whose case it was."""

    def __init__(self, public_url: str, workspace: Workspace, officers: Officers, desk: Desk, texts: Texts) -> None:
        self._public_url = public_url
        self._workspace = workspace
        self._officers = officers
        self._desk = desk
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Tell the team. Raises Undeliverable."""
        answer = AnswerNotice.model_validate(delivery.payload).answer
        case = await self._case(answer)
        channel = await (self._officers.channel(case) if case else self._officers.channel_of(""))
        if channel is None:
            raise Undeliverable("no officers' channel is set; set MOTEPLASSEN_SLACK_OFFICERS_CHANNEL")
        await self._workspace.post(delivery.key, channel, self._told(delivery.kind, answer, case))

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the page of published answers shows what is to be done."""

    async def _case(self, answer: PublishedAnswer) -> Case | None:
        try:
            return await self._desk.get(answer.cases[0])
        except (CaseNotFound, IndexError):
            return None

    def _told(self, kind: str, answer: PublishedAnswer, case: Case | None) -> Message:
        key = "slack.publishing.proposed" if kind == PROPOSED else "slack.publishing.review"
        lead = self._texts(OFFICERS_LANGUAGE, key, name=answer.proposer.name, team=answer.team)
        question = answer.question if _is_open(answer, case) else ""
        concerns = [
            f"• {escape(told(concern, OFFICERS_LANGUAGE, self._texts))}"
            for concern in (answer.concerns if kind == REVIEW else ())
        ]
        paragraphs = [bold(lead), quotation(question, _QUESTION), "\n".join(fitting(concerns, SECTION))]
        if case:
            way = escape(self._texts(OFFICERS_LANGUAGE, "slack.case.open"))
            paragraphs.append(link(f"{self._public_url}/saker/{case.id}", way))
        return Message(clip(f"{lead} {question}".strip(), FALLBACK), tuple(sections(paragraphs)))


def _is_open(answer: PublishedAnswer, case: Case | None) -> bool:
    """May everybody in the officers' channel read the question? Who that is, is for Slack to know."""
    published = answer.state is AnswerState.PUBLISHED
    return answer.audience is Audience.PUBLIC and (published or case is None or not case.confidential)
