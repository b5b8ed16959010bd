"""Notes under a case's message, as Slack's blocks. Pure; whatever comes from people is escaped on the way."""

from __future__ import annotations

from bot.desk.case import Actor
from bot.desk.noting import LONGEST, Alarm, Note
from bot.desk.team import Person
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, sections
from bot.handlers.slack.cases.officers import user_of
from bot.handlers.slack.cases.quoting import quotation
from bot.handlers.slack.moments import dated
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.texts import Texts

_NAME = 100
_HOLE = "\0"


def rendered(note: Note | Alarm, texts: Texts, language: str) -> Message:
    """The note as a message."""
    if isinstance(note, Alarm):
        return _alarm(note, texts, language)
    ways = " · ".join(link(address, escape(title)) for title, address in note.ways)
    paragraphs = [f"{_mention(note.whom)} {bold(note.lead)}".strip(), quotation(note.text, LONGEST), ways]
    fallback = f"{note.lead}\n{note.text}".strip()
    return Message(clip(fallback, FALLBACK), tuple(sections(each[:SECTION] for each in paragraphs)))


def _alarm(alarm: Alarm, texts: Texts, language: str) -> Message:
    lines = [dated(texts, language, alarm.lead, alarm.due, case=alarm.case)]
    lines += [_mention(alarm.officer) or escape(alarm.holder), _mention(alarm.standing_in)]
    if alarm.leader:
        leader = _mention(alarm.leader) or clip(alarm.leader.name, _NAME)
        lines.append(escape(texts(language, "desk.casework.leader", leader=_HOLE)).replace(_HOLE, leader))
    return Message(clip(alarm.short, FALLBACK), tuple(sections([" ".join(filter(None, lines))])))


def _mention(person: Actor | Person | None) -> str:
    user = user_of(person)
    return f"<@{user}>" if user else ""
