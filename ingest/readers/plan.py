"""Reads a policy area of the municipality's plan, as its page reads when copied to a text file."""

from __future__ import annotations

import datetime as dt
import re

from ingest.fetching import Fetched
from ingest.readers.reading import ReadError, decode, document, one_line, refuse_html
from ingest.sources import Source
from knowledge.model import Document, Section
from knowledge.references import strategy_key

_DATES = re.compile(r"Publisert:\s*(\d\d)\.(\d\d)\.(\d{4})\b.*?Sist endret:\s*(\d\d)\.(\d\d)\.(\d{4})\b")
_STRATEGY = re.compile(r"[–•*-]?\s*([A-Z]\d{1,2})\.\s+(\S.*)")
_GOAL = "Hovedmål"
_STRATEGIES = "Delmål og strategier"
_CAPTION = re.compile(r"Grafisk framstilling|ILL\.:|Slik vil vi ha det|Strategier$")


def read_plan(fetched: Fetched, source: Source) -> Document:
    """The plan's policy area: introduction, main goal, and each strategy as a section keyed by area and code.

    Captions of pictures and lines that only lead over to the next part are left out.
    """
    text = decode(fetched)
    refuse_html(fetched, text)
    lines = [one_line(line) for line in text.split("\n")]
    dated = next((number for number, line in enumerate(lines) if _DATES.match(line)), None)
    title = next(filter(None, reversed(lines[:dated])), "") if dated is not None else ""
    if dated is None or not title:
        raise _not_a_plan(fetched, 'no title above a line of "Publisert: ... Sist endret: ..."')
    try:
        goal = lines.index(_GOAL, dated)
        strategies = lines.index(_STRATEGIES, goal)
    except ValueError as error:
        raise _not_a_plan(fetched, f'no "{_GOAL}", or no "{_STRATEGIES}" after it') from error
    published, changed = _dates(fetched, lines[dated])
    sections = [
        *_prose("intro", title, lines[dated + 1 : goal]),
        *_prose("hovedmal", _GOAL, lines[goal + 1 : strategies]),
        *_strategies(fetched, title, lines[strategies + 1 :]),
    ]
    return document(fetched, source, title, sections, area=source.area or title, published=published, changed=changed)


def _dates(fetched: Fetched, line: str) -> tuple[dt.date, dt.date]:
    match = _DATES.match(line)
    numbers = [int(number) for number in match.groups()] if match else []
    try:
        return dt.date(*reversed(numbers[:3])), dt.date(*reversed(numbers[3:]))
    except ValueError as error:
        raise _not_a_plan(fetched, f'no date in "{line}"') from error


def _prose(anchor: str, heading: str, lines: list[str]) -> list[Section]:
    paragraphs: list[str] = [""]
    for line in lines:
        if not line:
            paragraphs.append("")
        elif not _CAPTION.match(line):
            paragraphs[-1] = f"{paragraphs[-1]} {line}".strip()
    text = "\n\n".join(filter(None, paragraphs))
    return [Section(anchor=anchor, heading=heading, text=text)] if text else []


def _strategies(fetched: Fetched, title: str, lines: list[str]) -> list[Section]:
    found: dict[str, str] = {}
    others: list[str] = []
    code = ""
    for line in lines:
        strategy = _STRATEGY.match(line)
        if strategy:
            code = strategy[1]
            if code in found:
                raise _not_a_plan(fetched, f"two strategies {code}")
            found[code] = strategy[2]
        elif code and line:
            found[code] += f" {line}"
        else:
            code = ""
            others.append(line)
    if not found:
        raise _not_a_plan(fetched, 'no strategies such as "– A1. ..."')
    return [
        *_prose("delmal-og-strategier", _STRATEGIES, others),
        *(
            Section(
                anchor=code.lower(),
                heading=code,
                text=text,
                path=(_STRATEGIES,),
                keys=(strategy_key(title, code),),
            )
            for code, text in found.items()
        ),
    ]


def _not_a_plan(fetched: Fetched, what: str) -> ReadError:
    return ReadError(fetched, f"does not read like a policy area of the plan: {what}", "copy the page's text again")
