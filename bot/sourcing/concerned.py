"""Which cases a change of a source concerns: those that cite what it changed. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote

from bot.desk.case import SYSTEM, Case, Event, Move
from bot.desk.moves import RULES
from bot.desk.source_change import SourceChange
from ingest.changes import Change, Kind
from ingest.ledger import Noted
from knowledge.model import Audience, Citation

UNSETTLED = frozenset(RULES[Move.SOURCE_CHANGED].to)
"""The states of a case that a change of its sources still matters to."""

_WHOLLY = frozenset({Kind.REMOVED, Kind.MISSING})
"""What happens to all sections of a document."""
_ADDRESS = re.compile(r"[^\s(<]*/kilde/([^\s?#)>]*[^\s?#)>.,;])(?:\?[^\s#)>]*)?(?:#([^\s)>]*[^\s)>.,;]))?")


def told(case: Case, noted: Noted, moment: dt.datetime) -> Event | None:
    """What the change is to the case, to which it happens in that moment; None where nothing that the case cites reads
    otherwise now, or is gone."""
    if noted.at < case.opened:
        return None  # what was found for it was that already
    is_closed = _is_closed_to(case, noted.change)
    change = _as_removed(noted.change) if is_closed else noted.change
    cited = [each for each in _cited(case) if _is_hit(each, change)]
    if not cited:
        return None
    title = _title(cited) if is_closed else change.title
    source = SourceChange(
        number=noted.number,
        kind=change.kind,
        document=change.document,
        title=title,
        audience=change.audience,
        url=cited[0].url,
        anchors=tuple(dict.fromkeys(each.section for each in cited if each.section)),
        headings=tuple(dict.fromkeys(filter(None, (_heading(each, change, title) for each in cited)))),
    )
    return Event(move=Move.SOURCE_CHANGED, actor=SYSTEM, moment=moment, ref=_ref(noted), source=source)


def _ref(noted: Noted) -> str:
    return f"sources:{noted.at.isoformat()}:{noted.number}"


def _cited(case: Case) -> Iterator[Citation]:
    """What the bot has found for the case, and what the answer that it was given links to."""
    yield from case.citations
    for found in _ADDRESS.finditer(case.answer or ""):
        section = unquote(found[2] or "")
        yield Citation(document=unquote(found[1]), section=section, title="", url=found[0], quote="")


def _is_closed_to(case: Case, change: Change) -> bool:
    """May what was public when it was found for the case no longer be read by its asker?"""
    return case.audience is Audience.PUBLIC and (change.was, change.audience) == (Audience.PUBLIC, Audience.INTERNAL)


def _as_removed(change: Change) -> Change:
    return change.model_copy(update={"kind": Kind.REMOVED, "sections": ()})


def _title(cited: Sequence[Citation]) -> str:
    """What the document was called when it was cited, which the case tells already."""
    return next((each.title.partition(" – ")[0] for each in cited if each.title), cited[0].document)


def _is_hit(citation: Citation, change: Change) -> bool:
    if citation.document != change.document:
        return False
    if change.kind in _WHOLLY:
        return True
    return citation.section in change.anchors if citation.section else bool(change.anchors)


def _heading(citation: Citation, change: Change, title: str) -> str:
    """What the cited section is called: as it was when it was cited, where the change says nothing of it."""
    now = (section.heading for section in change.sections if section.anchor == citation.section)
    return next(now, citation.title.removeprefix(f"{title} – ") if citation.section else "")
