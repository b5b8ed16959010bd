"""Notes under a case's message: what the asker wrote, what the asker was sent, and who is meant. Pure."""

from __future__ import annotations

from bot.desk.case import TO_ASKER, Case, Move
from bot.desk.notices import CaseNotice
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, sections
from bot.handlers.slack.cases.card import asker_of
from bot.handlers.slack.cases.officers import user_of
from bot.handlers.slack.cases.quoting import quotation
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.texts import Texts

CHANGES = frozenset({Move.CORRECTED, Move.RETRACTED})
"""What happens to a message of the asker's."""
OF_MESSAGES = CHANGES | {Move.FOLLOWED_UP}
"""What is about a message of the asker's."""

_LONGEST = 2_000
_REASON = 1_000


def noted(notice: CaseNotice, case: Case, address: str, texts: Texts, language: str) -> Message | None:
    """What is noted of the event; None where the case's message says it all.

    Of a confidential case the text is left out: it is read in the case.
    """
    way = link(address, escape(texts(language, "slack.case.open")))
    text = "" if case.confidential and notice.move is not Move.RETURNED else notice.text
    officer = notice.officer.name if notice.officer else ""
    if notice.move in OF_MESSAGES:
        return _from_asker(notice, case, text, way, texts, language)
    if notice.move in TO_ASKER:
        lead = texts(language, f"slack.sent.{notice.move}", name=officer, asker=asker_of(case))
        if case.confidential:
            lead = texts(language, f"slack.sent.{notice.move}.confidential", name=officer)
        return _message(lead, text, "")
    if notice.move is Move.REASSIGNED:
        lead = texts(language, "slack.casework.given", name=officer, case=case.label)
        return _message(lead, "", "", _mention(notice))
    if notice.move is Move.RETURNED:
        return _message(texts(language, "slack.casework.sent_back", case=case.label), text[:_REASON], "")
    return None


def _from_asker(notice: CaseNotice, case: Case, text: str, way: str, texts: Texts, language: str) -> Message:
    confidential = case.confidential
    lead = (
        texts(language, f"slack.from_asker.{notice.move}.confidential")
        if confidential
        else texts(language, f"slack.from_asker.{notice.move}", name=asker_of(case))
    )
    mention = _mention(notice) if notice.move is Move.FOLLOWED_UP else ""
    return _message(lead, text, way if confidential or len(text) > _LONGEST else "", mention)


def _message(lead: str, text: str, way: str, mention: str = "") -> Message:
    paragraphs = [f"{mention} {bold(lead)}".strip(), quotation(text, _LONGEST), way]
    fallback = f"{lead}\n{text}".strip()
    return Message(clip(fallback, FALLBACK), tuple(sections(each[:SECTION] for each in paragraphs)))


def _mention(notice: CaseNotice) -> str:
    user = user_of(notice.officer)
    return f"<@{user}>" if user else ""
