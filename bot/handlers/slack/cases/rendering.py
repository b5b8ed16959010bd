"""Cases and news of them as Slack's blocks. Pure; whatever comes from people is escaped on the way."""

from __future__ import annotations

from slack_sdk.models.blocks import ContextBlock, SectionBlock

from bot.desk.case import Case, Move
from bot.desk.describing_cases import standing
from bot.desk.notices import CaseNotice
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, markup, said, sections
from bot.handlers.slack.mrkdwn import clip, escape, link, split
from bot.texts import Texts

_PIECES = 3


def sent_before(case: Case, texts: Texts) -> Message:
    """What an asker is told who sends the same question again: that it is a case, and how that stands."""
    return said(standing(case, texts))


def answered(notice: CaseNotice, texts: Texts) -> tuple[Message, ...]:
    """What an officer wrote to the asker, whole: in several messages where one can't hold it."""
    name = notice.officer.name if notice.officer else ""
    heading = texts(notice.language, f"desk.case.{notice.move}", name=name, case=notice.label)
    pieces = split(notice.text, SECTION)
    messages = [sections(pieces[start : start + _PIECES]) for start in range(0, len(pieces), _PIECES)]
    messages[0].insert(0, SectionBlock(text=markup(bold(heading))))
    if notice.move is Move.ASKED_BACK:
        messages[-1].append(ContextBlock(elements=[markup(escape(texts(notice.language, "desk.case.asked_back.how")))]))
    text = clip(f"{heading}\n\n{notice.text}", FALLBACK)
    return tuple(Message(text, tuple(blocks)) for blocks in messages)


def undelivered(notice: CaseNotice, address: str, texts: Texts, language: str) -> Message:
    """News for the officers' channel: what one of them wrote has not reached whoever asked."""
    key = "desk.case.undelivered" if notice.move is Move.ANSWERED else "desk.case.undelivered.written"
    told = texts(language, key, case=notice.label, name=notice.answered_by.name)
    way = link(address, escape(texts(language, "desk.case.open")))
    return Message(clip(told, FALLBACK), tuple(sections([clip(told, SECTION), way])))
