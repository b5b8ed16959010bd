"""Cases and news of them as Slack's blocks. Pure; whatever comes from people is escaped on the way."""

from __future__ import annotations

from slack_sdk.models.blocks import SectionBlock

from bot.desk.case import Case, Officer
from bot.desk.notices import CaseNotice
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, markup, quoted, sections
from bot.handlers.slack.mrkdwn import clip, escape, link, split
from bot.texts import Texts

_PIECES = 3
_QUESTION = 2_000


def answered(notice: CaseNotice, texts: Texts) -> tuple[Message, ...]:
    """An officer's answer, whole: in several messages where one can't hold it."""
    name = notice.officer.name if notice.officer else ""
    heading = texts(notice.language, "slack.answered", name=name, case=notice.label)
    pieces = split(notice.text, SECTION)
    messages = [sections(pieces[start : start + _PIECES]) for start in range(0, len(pieces), _PIECES)]
    messages[0].insert(0, SectionBlock(text=markup(bold(heading))))
    text = clip(f"{heading}\n\n{notice.text}", FALLBACK)
    return tuple(Message(text, tuple(blocks)) for blocks in messages)


def card(case: Case, address: str, texts: Texts, language: str) -> Message:
    """A case as the officers see it in their channel: how far it has come, the question, and where it is worked on.

    Who is in that channel is for Slack to know, so a confidential question is left out.
    """
    heading = " · ".join([case.label, texts(language, f"desk.state.{case.state}"), *_officer(case)])
    question = "" if case.confidential else case.question
    paragraphs = [bold(heading), quoted(clip(question, _QUESTION))]
    paragraphs.append(link(address, escape(texts(language, "slack.case.open"))))
    return Message(clip(f"{heading}: {question}" if question else heading, FALLBACK), tuple(sections(paragraphs)))


def undelivered(case: Case, officer: Officer, address: str, texts: Texts, language: str) -> Message:
    """News for the officers' channel: an answer has not reached whoever asked."""
    told = texts(language, "slack.undelivered", case=case.label, name=officer.name)
    way = link(address, escape(texts(language, "slack.case.open")))
    return Message(clip(told, FALLBACK), tuple(sections([clip(told, SECTION), way])))


def _officer(case: Case) -> list[str]:
    return [case.officer.name] if case.officer else []
