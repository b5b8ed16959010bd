"""What officers are told under a case's card: what the asker wrote, what the asker was sent, who is meant. The same on
every platform. Pure."""

from __future__ import annotations

import dataclasses
import datetime as dt

from bot.desk.case import TO_ASKER, Actor, Case, Move
from bot.desk.notices import CaseNotice
from bot.desk.source_change import SourceChange
from bot.desk.team import Person, Team
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
    Move.REASSIGNED: "desk.casework.given",
    Move.RETURNED: "desk.casework.sent_back",
    Move.ROUTED: "desk.casework.routed",
    Move.MERGED: "desk.casework.merged",
}
"""What is noted of a case that goes elsewhere."""
CHANGED = "_endret"
"""Where a case's page shows how its sources have changed."""
LONGEST = 2_000
"""Characters of what somebody wrote that a note shows."""
_REASON = 1_000
_NAME = 100


@dataclasses.dataclass(frozen=True)
class Note:
    """A note: its `lead`, what somebody wrote, where more is read (titles and addresses), and whom it is meant for."""

    lead: str
    text: str = ""
    ways: tuple[tuple[str, str], ...] = ()
    whom: Actor | Person | None = None


@dataclasses.dataclass(frozen=True)
class Alarm:
    """That a deadline is near or, where it is `late`, has passed: `lead` is the message's key, filled in with `case`
    and that moment, and `short` the same in a few words. It is for the `officer` who has the case (`holder` says who
    that is where they can't be mentioned), for whoever is `standing_in` for them and, late, for the team's `leader`."""

    lead: str
    case: str
    due: dt.datetime
    short: str
    holder: str
    officer: Actor | None = None
    standing_in: Actor | None = None
    leader: Person | None = None
    late: bool = False


def asker_of(case: Case) -> str:
    """What the asker is called: of a name that is none, the beginning."""
    return case.asker.name[:_NAME]


def noted(
    notice: CaseNotice, case: Case, team: Team, address: str, texts: Texts, language: str, substitute: str = ""
) -> Note | Alarm | None:
    """What is noted of the event; None where the case's card says it all. `team` is the one that has the case,
    `address` where it is in the web, and `substitute` the id of who works for the officer who has it, and is away.

    Of a confidential case the text is left out: it is read in the case.
    """
    text = "" if case.confidential and notice.move not in _AMONG_OFFICERS else notice.text
    if notice.move in OF_MESSAGES:
        return _from_asker(notice, case, text, _way(address, texts, language), texts, language)
    if notice.move in TO_ASKER:
        return _to_asker(notice, case, text, texts, language)
    if notice.move in {Move.REMINDED, Move.ESCALATED}:
        return _from_clock(notice, team, substitute, texts, language)
    if notice.move in {Move.WITHDRAWN, Move.REOPENED}:
        return _turned(notice, case, text, texts, language)
    if notice.source and notice.move is Move.SOURCE_CHANGED:
        return _from_source(notice, notice.source, case, address, texts, language)
    return _passed_on(notice, case, team, text, texts, language)


def merged(notice: CaseNotice, case: Case, main: Case, address: str, texts: Texts, language: str) -> Note | None:
    """What is noted of the event under the card of the case that this one was merged into: that, and what its asker
    writes from then on, to whoever answers. None where that is nothing to them."""
    way = _way(address, texts, language)
    if notice.move is Move.MERGED:
        told = texts(language, "desk.casework.merged_here", case=case.label, into=main.label, name=_name(notice))
        return Note(told, "" if case.confidential else case.question, (way,), main.officer)
    if notice.move in OF_MESSAGES:
        theirs = notice.model_copy(update={"officer": main.officer})
        text = "" if case.confidential else notice.text
        return _from_asker(theirs, case, text, way, texts, language, f"{case.label} · ")
    return None


def _way(address: str, texts: Texts, language: str) -> tuple[str, str]:
    return texts(language, "desk.case.open"), address


def _passed_on(notice: CaseNotice, case: Case, team: Team, text: str, texts: Texts, language: str) -> Note | None:
    key = _PASSED_ON.get(notice.move)
    if key is None:
        return None
    told = texts(language, key, case=case.label, team=team.name, into=notice.into, name=_name(notice))
    whom = notice.officer if notice.move is Move.REASSIGNED else None
    return Note(told, text[:_REASON] if notice.move in _AMONG_OFFICERS else "", (), whom)


def _name(notice: CaseNotice) -> str:
    """Who did it or, of what was given to somebody, who got it."""
    if notice.move is Move.REASSIGNED:
        return notice.officer.name if notice.officer else ""
    return notice.actor.name if notice.actor else ""


def _to_asker(notice: CaseNotice, case: Case, text: str, texts: Texts, language: str) -> Note:
    officer = notice.officer.name if notice.officer else ""
    if case.confidential:
        return Note(texts(language, f"desk.sent.{notice.move}.confidential", name=officer), text)
    return Note(texts(language, f"desk.sent.{notice.move}", name=officer, asker=asker_of(case)), text)


def _from_clock(notice: CaseNotice, team: Team, substitute: str, texts: Texts, language: str) -> Alarm | None:
    if notice.due is None:
        return None
    holder = (
        texts(language, "desk.casework.with", name=notice.officer.name)
        if notice.officer
        else texts(language, "desk.casework.with_nobody")
    )
    late = notice.move is Move.ESCALATED
    return Alarm(
        lead=f"desk.casework.{notice.move}",
        case=notice.label,
        due=notice.due,
        short=texts(language, f"desk.casework.{notice.move}.short", case=notice.label),
        holder=holder,
        officer=notice.officer,
        standing_in=Actor(id=substitute, name="") if substitute else None,
        leader=team.leader if late else None,
        late=late,
    )


def _from_source(
    notice: CaseNotice, source: SourceChange, case: Case, address: str, texts: Texts, language: str
) -> Note:
    """That a source of the case has changed: which one, where everybody in the channel may know what the case is
    about."""
    see = texts(language, "desk.sources.case.see"), f"{address}#{CHANGED}"
    if case.confidential or source.audience is Audience.INTERNAL:
        return Note(texts(language, "desk.sources.case.confidential"), "", (see,), notice.officer)
    told = texts(language, f"desk.sources.case.{source.kind}", title=source.title)
    lead = ": ".join(filter(None, [told, ", ".join(source.headings)]))
    read = () if source.kind is Kind.REMOVED else ((texts(language, "desk.sources.case.read"), source.url),)
    return Note(lead[:_REASON], "", (*read, see), notice.officer)


def _turned(notice: CaseNotice, case: Case, text: str, texts: Texts, language: str) -> Note | None:
    """That the asker has withdrawn the case or wants it looked at again."""
    if notice.actor is None or notice.actor.id != case.asker.id:
        return None
    key = f"desk.from_asker.{notice.move}"
    lead = texts(language, f"{key}.confidential") if case.confidential else texts(language, key, name=asker_of(case))
    return Note(lead, text, (), notice.officer)


def _from_asker(
    notice: CaseNotice, case: Case, text: str, way: tuple[str, str], texts: Texts, language: str, label: str = ""
) -> Note:
    confidential = case.confidential
    lead = (
        texts(language, f"desk.from_asker.{notice.move}.confidential")
        if confidential
        else texts(language, f"desk.from_asker.{notice.move}", name=asker_of(case))
    )
    whom = notice.officer if notice.move is Move.FOLLOWED_UP else None
    return Note(f"{label}{lead}", text, (way,) if confidential or len(text) > LONGEST else (), whom)
