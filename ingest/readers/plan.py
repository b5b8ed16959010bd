"""Reads a policy area of the municipality's plan: its page, or its page copied to a text file."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from ingest.fetching import Fetched
from ingest.readers.html import read_html
from ingest.readers.reading import ReadError, decode, document, is_html, one_line
from ingest.sources import Source
from knowledge.model import Document, Section
from knowledge.references import strategy_key

_DATES = re.compile(r"Publisert:\s*(\d\d)\.(\d\d)\.(\d{4})\b.*?Sist endret:\s*(\d\d)\.(\d\d)\.(\d{4})\b")
_STRATEGY = re.compile(r"[–•*-]?\s*([A-Z]\d{1,2})\.\s+(\S.*)")
_NUMBER = re.compile(r"\d+\. (?=[A-Z]\d)")
_GOAL = "Hovedmål"
_STRATEGIES = "Delmål og strategier"
_CAPTION = re.compile(r"Grafisk framstilling|ILL\.:|Slik vil vi ha det|Strategier$")


@dataclass(frozen=True)
class _Page:
    title: str
    published: dt.date | None
    changed: dt.date | None
    lines: list[str]
    """All under the title and the dates."""


def read_plan(fetched: Fetched, source: Source) -> Document:
    """The plan's policy area: introduction, main goal, and each strategy as a section keyed by area and code.

    It is the page itself, or a text file that it was copied to; both give the same. Captions of pictures and lines that
    only lead over to the next part are left out.
    """
    page = _of_html(fetched, source) if is_html(decode(fetched)) else _of_text(fetched)
    try:
        goal = page.lines.index(_GOAL)
        strategies = page.lines.index(_STRATEGIES, goal)
    except ValueError as error:
        raise _not_a_plan(fetched, f'no "{_GOAL}", or no "{_STRATEGIES}" after it') from error
    sections = [
        *_prose("intro", page.title, page.lines[:goal]),
        *_prose("hovedmal", _GOAL, page.lines[goal + 1 : strategies]),
        *_strategies(fetched, page.title, page.lines[strategies + 1 :]),
    ]
    return document(
        fetched, source, page.title, sections, area=source.area or page.title, published=page.published,
        changed=page.changed,
    )  # fmt: skip


def _of_text(fetched: Fetched) -> _Page:
    lines = [one_line(line) for line in decode(fetched).split("\n")]
    dated = next((number for number, line in enumerate(lines) if _DATES.match(line)), None)
    title = next(filter(None, reversed(lines[:dated])), "") if dated is not None else ""
    if dated is None or not title:
        raise _not_a_plan(fetched, 'no title above a line of "Publisert: ... Sist endret: ..."')
    return _Page(title, *_dates(fetched, lines[dated]), lines[dated + 1 :])


def _of_html(fetched: Fetched, source: Source) -> _Page:
    page = read_html(fetched, source)
    lines: list[str] = []
    above: tuple[str, ...] = page.sections[0].path
    for section in page.sections:
        headings = (*section.path, section.heading)
        same = next((at for at, (old, new) in enumerate(zip(above, headings, strict=False)) if old != new), len(above))
        for heading in headings[same:]:
            lines += ["", heading] if heading != page.title else []
        lines += ["", *(_NUMBER.sub("", one_line(line)) for line in section.text.split("\n"))]
        above = headings
    return _Page(page.title, page.published, page.changed, lines)


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
