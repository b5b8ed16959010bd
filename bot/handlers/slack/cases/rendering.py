"""Cases and news of them as Slack's blocks. Pure; whatever comes from people is escaped on the way."""

from __future__ import annotations

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from bot.desk.case import Case, CaseState, Move
from bot.desk.notices import CaseNotice
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, markup, said, sections
from bot.handlers.slack.mrkdwn import clip, escape, link, split
from bot.texts import Texts

_PIECES = 3
_STANDINGS = {
    CaseState.FORWARDED: "waiting",
    CaseState.CLAIMED: "taken",
    CaseState.ASKED: "asked",
    CaseState.ANSWERED: "answered",
    CaseState.MERGED: "merged",
    CaseState.WITHDRAWN: "withdrawn",
}
"""How the asker is told that a case stands; in all other states nothing more comes of it."""


def sent_before(case: Case, texts: Texts) -> Message:
    """What an asker is told who sends the same question again: that it is a case, and how that stands."""
    name = case.officer.name if case.officer else ""
    standing = texts(case.language, f"slack.forward.again.{_STANDINGS.get(case.state, 'over')}", name=name)
    return said(f"{texts(case.language, 'slack.forward.again', case=case.label)} {standing}")


def answered(notice: CaseNotice, texts: Texts) -> tuple[Message, ...]:
    """What an officer wrote to the asker, whole: in several messages where one can't hold it."""
    name = notice.officer.name if notice.officer else ""
    heading = texts(notice.language, f"slack.{notice.move}", name=name, case=notice.label)
    pieces = split(notice.text, SECTION)
    messages = [sections(pieces[start : start + _PIECES]) for start in range(0, len(pieces), _PIECES)]
    messages[0].insert(0, SectionBlock(text=markup(bold(heading))))
    if notice.move is Move.ASKED_BACK:
        messages[-1].append(ContextBlock(elements=[markup(escape(texts(notice.language, "slack.asked_back.how")))]))
    text = clip(f"{heading}\n\n{notice.text}", FALLBACK)
    return tuple(Message(text, tuple(blocks)) for blocks in messages)


def undelivered(notice: CaseNotice, address: str, texts: Texts, language: str) -> Message:
    """News for the officers' channel: what one of them wrote has not reached whoever asked."""
    key = "slack.undelivered" if notice.move is Move.ANSWERED else "slack.undelivered.written"
    told = texts(language, key, case=notice.label, name=notice.answered_by.name)
    way = link(address, escape(texts(language, "slack.case.open")))
    return Message(clip(told, FALLBACK), tuple(sections([clip(told, SECTION), way])))
