"""Plain text as standard Markdown, which Slack (in streams and in blocks of that name) and Teams take: shown as it is.

Pure.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

from bot.emphasis import stressed

# "<", ">" and "&" are also what Slack makes mentions of, and Teams tags, whatever a backslash says to Markdown.
_ENTITIES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_MARKUP = re.compile(r"([\\`*_~\[\]|])")
_AT_LINE_START = re.compile(r"[-#+=]|\d{1,9}[.)]")
_BEHIND_NUMBER = re.compile(r"^(\d{1,9})([.)])")
_CALLS = re.compile(r"@(?=(?:here|channel|everyone)\b)", re.IGNORECASE)
_JOINER = "\u2060"
"""Is not seen, and parts what would be taken together."""


def escape(text: str) -> str:
    """The text with nothing left that Markdown, Slack or Teams would take for more than it says, line by line."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    # Two spaces before it: Markdown makes nothing of a line's end otherwise.
    return "  \n".join(_line(line) for line in lines if line)


def split(text: str, limit: int) -> list[str]:
    """The text, escaped, in pieces within the limit; cut at a line's or a word's end where there is one."""
    return list(_pieces(text, limit))


def stress(piece: str) -> str:
    """An escaped text with its amounts, deadlines and dates in bold."""
    return stressed(piece, "**", "**")


def clip(text: str, limit: int) -> str:
    """The text, escaped; its beginning and "…" where that is longer than the limit."""
    pieces = [*itertools.islice(_pieces(text, limit), 2)]
    if len(pieces) <= 1:
        return "".join(pieces)
    return f"{next(_pieces(text, limit - 1))}…"


def _pieces(text: str, limit: int) -> Iterator[str]:
    rest = text.strip()
    while rest:
        cut = _longest(rest, limit)
        if cut < len(rest):
            cut = _gap(rest, cut)
        if piece := escape(rest[:cut]):
            yield piece
        rest = rest[cut:].strip()


def _line(line: str) -> str:
    escaped = _CALLS.sub(f"@{_JOINER}", _MARKUP.sub(r"\\\1", line.translate(_ENTITIES)))
    if _AT_LINE_START.match(line):
        return _BEHIND_NUMBER.sub(r"\1\\\2", escaped) if line[0].isdigit() else f"\\{escaped}"
    return escaped


def _longest(text: str, limit: int) -> int:
    """How much of the text is within the limit when it is escaped; one character at the least."""
    fits, breaks = 1, min(len(text), limit) + 1
    while breaks - fits > 1:
        middle = (fits + breaks) // 2
        if len(escape(text[:middle])) <= limit:
            fits = middle
        else:
            breaks = middle
    return fits


def _gap(text: str, cut: int) -> int:
    for gap in ("\n", " "):
        found = text.rfind(gap, cut // 2, cut + 1)
        if found > 0:
            return found
    return cut
