"""Keeps pages from being nested deeper than can be parsed in reasonable time."""

from __future__ import annotations

import re
from collections.abc import Iterator

DEEPEST = 500
"""Browsers stop here too. The time that parsing takes grows with the square of the depth."""

_TAG = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<raw>script|style|textarea|title)\b.*?(?:</(?P=raw)|\Z)|<(?P<end>/?)(?P<name>[a-z][a-z0-9-]*)",
    re.I | re.S,
)
_NOT_COUNTED = frozenset(
    "area base br col embed hr img input link meta source track wbr"
    " p li dt dd td th tr thead tbody tfoot colgroup option optgroup html head body".split()
)
"""What has no end tag, or needs none: it is ended by the next of its kind."""


def limit_nesting(html: str) -> str:
    """The page; where it is nested too deeply, without the tags that are deeper than DEEPEST. Text is kept."""
    if all(depth <= DEEPEST for _, depth in _tags(html)):
        return html
    kept: list[str] = []
    at = 0
    for tag, depth in _tags(html):
        if depth > DEEPEST:
            kept.append(html[at : tag.start()])
            at = html.find(">", tag.end()) + 1 or len(html)
    return " ".join([*kept, html[at:]])


def _tags(html: str) -> Iterator[tuple[re.Match[str], int]]:
    """The tags that nest, and how deep what they begin or end is."""
    depth = 0
    for tag in _TAG.finditer(html):
        if not tag["name"] or tag["name"].lower() in _NOT_COUNTED:
            continue
        if not tag["end"]:
            depth += 1
        yield tag, depth
        if tag["end"]:
            depth = max(0, depth - 1)
