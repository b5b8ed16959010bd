"""Notes under a case's card, as messages. Pure; whatever comes from people is escaped on the way."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.case import Actor
from bot.desk.noting import LONGEST, Alarm, Note
from bot.desk.team import Person
from bot.handlers.teams.cases.officers import user_of
from bot.handlers.teams.messages import Message, mention
from bot.handlers.teams.moments import moment
from bot.handlers.teams.replies.rendering import link
from bot.markdown import clip, escape
from bot.texts import Texts

_LEAD = 1_000


def rendered(note: Note | Alarm, texts: Texts, language: str) -> Message:
    """The note as a message, in which whom it is for is mentioned, where they are somebody in Teams."""
    if isinstance(note, Alarm):
        return _alarm(note, texts, language)
    whom = _mentioned([note.whom])
    lead = " ".join([*(mention(name) for _, name in whom), f"**{clip(note.lead, _LEAD)}**"])
    ways = " · ".join(link(address, title) for title, address in note.ways)
    text = "\n\n".join(filter(None, [lead, _quoted(note.text), ways]))
    return Message(text=text, summary=note.lead, mentioned=whom)


def _alarm(alarm: Alarm, texts: Texts, language: str) -> Message:
    due = moment(alarm.due, language)
    whom = _mentioned([alarm.officer, alarm.standing_in, alarm.leader])
    lines = [escape(texts(language, alarm.lead, case=alarm.case, moment=due))]
    if not _mentioned([alarm.officer]):
        lines.append(escape(alarm.holder))
    lines += [mention(name) for _, name in _mentioned([alarm.officer, alarm.standing_in])]
    if alarm.leader:
        led = mention(alarm.leader.name) if _mentioned([alarm.leader]) else escape(alarm.leader.name)
        lines.append(escape(texts(language, "desk.casework.leader", leader="\0")).replace("\0", led))
    return Message(text=" ".join(lines), summary=alarm.short, mentioned=whom)


def _mentioned(people: Iterable[Actor | Person | None]) -> tuple[tuple[str, str], ...]:
    """Those of them who are somebody in Teams: their ids and names, each once."""
    found = {user_of(each): each.name for each in people if each and user_of(each)}
    return tuple((user, name or user) for user, name in found.items())


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in clip(text, LONGEST).split("\n")) if text else ""
