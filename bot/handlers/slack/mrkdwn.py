"""Slack's markup, both ways: what people type as plain text, and plain text as what Slack takes literally."""

from __future__ import annotations

import re
from urllib.parse import quote

LONGEST_ADDRESS = 1_000

_MARKUP = re.compile(r"<([^<>]*)>")
_FORMATTING = re.compile(r"(?<![^\W_])[*_~`]|[*_~`](?![^\W_])")
_JOINER = "\u2060"
"""Is not seen, and parts what would be taken together."""
_HALF_AN_ENTITY = re.compile(r"&[a-z]*$")


def plain(text: str) -> str:
    """What somebody typed, as they saw it: links as their labels, channels by name, without mentions of people.

    Slack makes links of e-mail addresses and phone numbers; as plain text the guard can find and mask them.
    """
    unlinked = _MARKUP.sub(_shown, text)
    return unlinked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").strip()


def _shown(markup: re.Match[str]) -> str:
    target, _, label = markup[1].partition("|")
    if target.startswith(("@", "!")):
        return ""
    if target.startswith("#"):
        return f"#{label}" if label else ""
    return label or target.removeprefix("mailto:").removeprefix("tel:")


def escape(text: str) -> str:
    """The text with nothing left that Slack would take for a mention, a link or an entity."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def literal(text: str) -> str:
    """The text, to be escaped yet, with nothing that Slack would take for bold, italics, a strike or code.

    Its markup has no escapes for these: they mean themselves where they are not at a word's edge.
    """
    return _FORMATTING.sub(lambda found: f"{_JOINER}{found[0]}{_JOINER}", text)


def clip(text: str, limit: int) -> str:
    """The text, escaped; its beginning and "…" where that is longer than the limit."""
    return shortened(escape(text.strip()), limit)


def shortened(escaped: str, limit: int) -> str:
    """What is escaped already; its beginning and "…" where that is longer than the limit."""
    if len(escaped) <= limit:
        return escaped
    return escaped[: _cut(escaped, limit - 1)].rstrip() + "…"


def split(text: str, limit: int) -> list[str]:
    """The text, escaped, in pieces within the limit; cut at a line's or a word's end where there is one."""
    pieces, rest = [], escape(text.strip())
    while len(rest) > limit:
        cut = _cut(rest, limit)
        pieces.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [piece for piece in [*pieces, rest] if piece]


def link(address: str, label: str) -> str:
    """A link with an escaped label on one line; the label alone where Slack could not open the address."""
    label = " ".join(label.split())
    target = escape(re.sub(r"[<>|\s]", lambda found: quote(found[0]), address))
    if not target.startswith(("https://", "http://")) or len(target) > LONGEST_ADDRESS:
        return label
    return f"<{target}|{label or target}>"


def _cut(escaped: str, limit: int) -> int:
    for gap in ("\n", " "):
        found = escaped.rfind(gap, limit // 2, limit + 1)
        if found > 0:
            return found
    entity = _HALF_AN_ENTITY.search(escaped[:limit])
    return entity.start() if entity else limit
