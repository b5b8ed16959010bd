"""Notes under a case's message: what the asker wrote, what the asker was sent, and who is meant. Pure."""

from __future__ import annotations

from bot.desk.case import TO_ASKER, Case, Move, Officer
from bot.desk.notices import CaseNotice
from bot.desk.source_change import SourceChange
from bot.desk.team import Person, Team
from bot.handlers.slack.blocks import FALLBACK, SECTION, Message, bold, sections
from bot.handlers.slack.cases.card import asker_of
from bot.handlers.slack.cases.officers import user_of
from bot.handlers.slack.cases.quoting import quotation
from bot.handlers.slack.moments import dated
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.texts import Texts
from ingest.changes import Kind
from knowledge.model import Audience

CHANGES = frozenset({Move.CORRECTED, Move.RETRACTED})
"""What happens to a message of the asker's."""
OF_MESSAGES = CHANGES | {Move.FOLLOWED_UP}
"""What is about a message of the asker's."""

_AMONG_OFFICERS = frozenset({Move.RETURNED, Move.ROUTED})
"""What has a text that an officer wrote to colleagues."""
_PASSED_ON = {
    Move.REASSIGNED: "slack.casework.given",
    Move.RETURNED: "slack.casework.sent_back",
    Move.ROUTED: "slack.casework.routed",
    Move.MERGED: "slack.casework.merged",
}
"""What is noted of a case that goes elsewhere."""
CHANGED = "_endret"
"""Where a case's page shows how its sources have changed."""
_LONGEST = 2_000
_REASON = 1_000
_NAME = 100
_HOLE = "\0"


def noted(
    notice: CaseNotice, case: Case, team: Team, address: str, texts: Texts, language: str, substitute: str = ""
) -> Message | None:
    """What is noted of the event; None where the case's message says it all. `team` is the one that has the case, and
    `substitute` the id of who works for the officer who has it, and is away.

    Of a confidential case the text is left out: it is read in the case.
    """
    way = link(address, escape(texts(language, "slack.case.open")))
    text = "" if case.confidential and notice.move not in _AMONG_OFFICERS else notice.text
    if notice.move in OF_MESSAGES:
        return _from_asker(notice, case, text, way, texts, language)
    if notice.move in TO_ASKER:
        return _to_asker(notice, case, text, texts, language)
    if notice.move in {Move.REMINDED, Move.ESCALATED}:
        return _from_clock(notice, team, substitute, texts, language)
    if notice.move in {Move.WITHDRAWN, Move.REOPENED}:
        return _turned(notice, case, text, texts, language)
    if notice.source and notice.move is Move.SOURCE_CHANGED:
        return _from_source(notice, notice.source, case, address, texts, language)
    return _passed_on(notice, case, team, text, texts, language)


def merged(notice: CaseNotice, case: Case, main: Case, address: str, texts: Texts, language: str) -> Message | None:
    """What is noted of the event under the message of the case that this one was merged into: that, and what its asker
    writes from then on, to whoever answers. None where that is nothing to them."""
    way = link(address, escape(texts(language, "slack.case.open")))
    if notice.move is Move.MERGED:
        told = texts(language, "slack.casework.merged_here", case=case.label, into=main.label, name=_name(notice))
        return _message(told, "" if case.confidential else case.question, way, _mention(main.officer))
    if notice.move in OF_MESSAGES:
        theirs = notice.model_copy(update={"officer": main.officer})
        text = "" if case.confidential else notice.text
        return _from_asker(theirs, case, text, way, texts, language, f"{case.label} · ")
    return None


def _passed_on(notice: CaseNotice, case: Case, team: Team, text: str, texts: Texts, language: str) -> Message | None:
    key = _PASSED_ON.get(notice.move)
    if key is None:
        return None
    told = texts(language, key, case=case.label, team=team.name, into=notice.into, name=_name(notice))
    mention = _mention(notice.officer) if notice.move is Move.REASSIGNED else ""
    return _message(told, text[:_REASON] if notice.move in _AMONG_OFFICERS else "", "", mention)


def _name(notice: CaseNotice) -> str:
    """Who did it or, of what was given to somebody, who got it."""
    if notice.move is Move.REASSIGNED:
        return notice.officer.name if notice.officer else ""
    return notice.actor.name if notice.actor else ""


def _to_asker(notice: CaseNotice, case: Case, text: str, texts: Texts, language: str) -> Message:
    officer = notice.officer.name if notice.officer else ""
    if case.confidential:
        return _message(texts(language, f"slack.sent.{notice.move}.confidential", name=officer), text, "")
    return _message(texts(language, f"slack.sent.{notice.move}", name=officer, asker=asker_of(case)), text, "")


def _from_clock(notice: CaseNotice, team: Team, substitute: str, texts: Texts, language: str) -> Message | None:
    """That a deadline is near, to whoever has the case, or works for them; that it has passed, to the leader too."""
    if notice.due is None:
        return None
    lines = [dated(texts, language, f"slack.casework.{notice.move}", notice.due, case=notice.label)]
    lines.append(_mention(notice.officer) or _unmentioned(notice, texts, language))
    if substitute:
        lines.append(_mention(Officer(id=substitute, name="")))
    if notice.move is Move.ESCALATED and team.leader:
        leader = _mention(team.leader) or clip(team.leader.name, _NAME)
        lines.append(escape(texts(language, "slack.casework.leader", leader=_HOLE)).replace(_HOLE, leader))
    told = " ".join(filter(None, lines))
    return Message(
        clip(texts(language, f"slack.casework.{notice.move}.short", case=notice.label), FALLBACK),
        tuple(sections([told])),
    )


def _unmentioned(notice: CaseNotice, texts: Texts, language: str) -> str:
    if notice.officer:
        return escape(texts(language, "slack.casework.with", name=notice.officer.name))
    return escape(texts(language, "slack.casework.with_nobody"))


def _from_source(
    notice: CaseNotice, source: SourceChange, case: Case, address: str, texts: Texts, language: str
) -> Message:
    """That a source of the case has changed: which one, where everybody in the channel may know what the case is
    about."""
    see = link(f"{address}#{CHANGED}", escape(texts(language, "desk.sources.case.see")))
    if case.confidential or source.audience is Audience.INTERNAL:
        return _message(texts(language, "desk.sources.case.confidential"), "", see, _mention(notice.officer))
    told = texts(language, f"desk.sources.case.{source.kind}", title=source.title)
    lead = ": ".join(filter(None, [told, ", ".join(source.headings)]))
    read = "" if source.kind is Kind.REMOVED else link(source.url, escape(texts(language, "desk.sources.case.read")))
    return _message(lead[:_REASON], "", " · ".join(filter(None, [read, see])), _mention(notice.officer))


def _turned(notice: CaseNotice, case: Case, text: str, texts: Texts, language: str) -> Message | None:
    """That the asker has withdrawn the case or wants it looked at again."""
    if notice.actor is None or notice.actor.id != case.asker.id:
        return None
    key = f"slack.from_asker.{notice.move}"
    lead = texts(language, f"{key}.confidential") if case.confidential else texts(language, key, name=asker_of(case))
    return _message(lead, text, "", _mention(notice.officer))


def _from_asker(
    notice: CaseNotice, case: Case, text: str, way: str, texts: Texts, language: str, label: str = ""
) -> Message:
    confidential = case.confidential
    lead = (
        texts(language, f"slack.from_asker.{notice.move}.confidential")
        if confidential
        else texts(language, f"slack.from_asker.{notice.move}", name=asker_of(case))
    )
    mention = _mention(notice.officer) if notice.move is Move.FOLLOWED_UP else ""
    return _message(f"{label}{lead}", text, way if confidential or len(text) > _LONGEST else "", mention)


def _message(lead: str, text: str, way: str, mention: str = "") -> Message:
    paragraphs = [f"{mention} {bold(lead)}".strip(), quotation(text, _LONGEST), way]
    fallback = f"{lead}\n{text}".strip()
    return Message(clip(fallback, FALLBACK), tuple(sections(each[:SECTION] for each in paragraphs)))


def _mention(person: Officer | Person | None) -> str:
    user = user_of(person)
    return f"<@{user}>" if user else ""
