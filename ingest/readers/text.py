"""Reads plain text: paragraphs, lists, and headings where they are clear."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.fetching import Fetched
from ingest.readers.dates import Dates
from ingest.readers.outline import Outline
from ingest.readers.reading import decode, document, one_line, refuse_html, title_of
from ingest.sources import Source
from knowledge.model import Document

_UNDERLINE = re.compile(r"([=*~_-])\1{2,}")
_HEADING = re.compile(r"(?:§\s*)?(?P<number>\d+(?:\.\d+)*)?\.?\s*[A-ZÆØÅ§].{1,78}[^\s.,;:!]")
_ITEM = re.compile(r"(?:[-–•*]|\d{1,2}[.)]|[a-zæøå][.)])\s")
_FULL = 50
"""Lines of fewer characters were ended on purpose."""


def read_text(fetched: Fetched, source: Source) -> Document:
    """The document of a text file.

    A heading is a line that is underlined, or a short one that stands alone over a paragraph and ends like no sentence.
    Lines that were broken to fit a width are joined. Raises ReadError where the file is no text.
    """
    text = decode(fetched)
    refuse_html(fetched, text)
    dates = Dates()
    blocks = list(filter(None, (_lines(part, dates) for part in re.split(r"\n\s*\n", text))))
    first = _heading(blocks, 0)
    title = title_of(fetched, source, source.title, first[1] if first else "")
    outline = Outline(title)
    for number, block in enumerate(blocks):
        heading = _heading(blocks, number)
        if heading and number > 0:
            outline.heading(heading[0], heading[1])
        lines = block[heading[2] :] if heading else block
        outline.block("\n".join(_joined(lines)))
    return document(
        fetched, source, title, outline.sections(), published=dates.get("published"), changed=dates.get("changed"),
        checked=dates.get("checked"),
    )  # fmt: skip


def _lines(block: str, dates: Dates) -> list[str]:
    lines = (line.strip() for line in block.split("\n"))
    return [line for line in lines if line and not dates.take(line)]


def _heading(blocks: Sequence[Sequence[str]], number: int) -> tuple[int, str, int] | None:
    """Level, text and lines of the heading that a block begins with; None where it begins with none."""
    block = blocks[number] if number < len(blocks) else [""]
    if len(block) > 1 and _UNDERLINE.fullmatch(block[1]) and not _UNDERLINE.fullmatch(block[0]):
        return (1 if block[1][0] == "=" else 2), one_line(block[0]), 2
    following = blocks[number + 1] if number + 1 < len(blocks) else [""]
    match = _HEADING.fullmatch(block[0]) if len(block) == 1 else None
    if match is None or (_ITEM.match(block[0]) and not match["number"]) or len(" ".join(following)) <= len(block[0]):
        return None
    return len(match["number"].split(".")) + 1 if match["number"] else 2, one_line(block[0]), 1


def _joined(lines: Sequence[str]) -> list[str]:
    longest = max(map(len, lines), default=0)
    joined = list(map(one_line, lines[:1]))
    for before, line in pairwise(lines):
        if longest >= _FULL and len(before) > 0.7 * longest and not _ITEM.match(line):
            joined[-1] += f" {one_line(line)}"
        else:
            joined.append(one_line(line))
    return joined
