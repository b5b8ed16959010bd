"""Keeps pages from being nested deeper, and tags from being fuller, than can be parsed in reasonable time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

DEEPEST = 500
"""Browsers stop here too. The time that parsing takes grows with the square of the depth."""

_FULLEST = 1_000
"""Attributes of one tag: time grows with their square too."""

_TAG = re.compile(
    r"<!--(?:-?>|.*?(?:-->|\Z))"
    r"|<(?P<end>/?)(?P<name>[a-z][^\s/>]*+)(?P<rest>(?:[^>=]++|=\s*+(?:\"[^\"]*+\"|'[^']*+')?+)*+)>?",
    re.I | re.S,
)
_SCRIPT_ENDS = re.compile(r"</script|\Z", re.I)
_NOT_COUNTED = frozenset(
    "area base br col embed hr img input link meta source track wbr"
    " p li dt dd td th tr thead tbody tfoot colgroup option optgroup html head body".split()
)
"""What has no end tag, or needs none: it is ended by the next of its kind."""
_BARRIERS = frozenset(("applet", "caption", "marquee", "object", "svg", "math", "table", "template"))
"""No end tag in them ends what stands around them."""
_ROOTS, _MOST_ROOTS = frozenset(("html", "body")), 20
"""Every one gives its attributes to the first."""
_FOREIGN = frozenset(("svg", "math"))


def limit_nesting(html: str) -> str:
    """The page, without the tags that are deeper than DEEPEST or have too many attributes. Text is kept."""
    kept: list[str] = []
    at = 0
    for tag in _excess(html):
        kept.append(html[at : tag.start()])
        at = tag.end()
    return " ".join([*kept, html[at:]])


def _tags(html: str, open_: list[str]) -> Iterator[re.Match[str]]:
    at = 0
    while tag := _TAG.search(html, at):
        at = tag.end()
        if tag["name"]:
            yield tag
            if tag["name"].lower() == "script" and not tag["end"] and _FOREIGN.isdisjoint(open_):
                ending = _SCRIPT_ENDS.search(html, at)
                at = ending.start() if ending else len(html)


def _excess(html: str) -> Iterator[re.Match[str]]:
    """The tags that are too deep, or too full."""
    open_: list[str] = []
    left_out: Counter[str] = Counter()
    roots = 0
    for tag in _tags(html, open_):
        name = tag["name"].lower()
        roots += name in _ROOTS and not tag["end"]
        if (name in _ROOTS and roots > _MOST_ROOTS) or (
            len(tag["rest"]) > _FULLEST and len(tag["rest"].split()) > _FULLEST
        ):
            yield tag
        elif name in _NOT_COUNTED:
            continue
        elif not tag["end"] and len(open_) < DEEPEST:
            open_.append(name)
        elif not tag["end"] or left_out[name]:
            left_out[name] += -1 if tag["end"] else 1
            yield tag
        else:
            _end(open_, name)


def _end(open_: list[str], name: str) -> None:
    """End what an end tag of that name ends, with all that is in it."""
    for at in reversed(range(len(open_))):
        if open_[at] == name:
            del open_[at:]
        if at >= len(open_) or open_[at] in _BARRIERS:
            return
