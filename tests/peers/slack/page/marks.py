"""Slack's texts as HTML. Whatever people or the bot wrote is escaped on the way."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

from markdown_it import MarkdownIt

from tests.peers.slack.state import State

_TOKEN = re.compile(r"<([^<>\n]+)>")
_STYLES = (
    (re.compile(r"`([^`\n]+)`"), r"<code>\1</code>"),
    (re.compile(r"(?<![\w*])\*([^*\n]+)\*(?![\w*])"), r"<b>\1</b>"),
    (re.compile(r"(?<![\w_/])_([^_\n]+)_(?![\w_])"), r"<i>\1</i>"),
    (re.compile(r"(?<![\w~])~([^~\n]+)~(?![\w~])"), r"<s>\1</s>"),
)
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_SAFE = ("http://", "https://", "mailto:", "tel:")


class Html(str):
    """HTML that the templates take as it is."""

    __slots__ = ()

    def __html__(self) -> str:
        return self


def mrkdwn(slack: State, text: str) -> Html:
    """A text in Slack's own markup."""
    parts: list[str] = []
    end = 0
    for found in _TOKEN.finditer(text):
        parts += [_styled(text[end : found.start()]), _reference(slack, found[1])]
        end = found.end()
    parts.append(_styled(text[end:]))
    lines = "".join(parts).split("\n")
    # Every part was escaped when it was made.
    return Html("".join(_line(line) for line in lines))


def plain(text: str) -> Html:
    """A text without markup, line by line."""
    return Html(html.escape(text).replace("\n", "<br>"))


def _line(line: str) -> str:
    quote = line.removeprefix("&gt;")
    return f"<blockquote>{quote}</blockquote>" if quote != line else f"<div>{line or '<br>'}</div>"


def _styled(text: str) -> str:
    shown = html.escape(html.unescape(text))
    for pattern, style in _STYLES:
        shown = pattern.sub(style, shown)
    return shown


def _reference(slack: State, told: str) -> str:
    target, _, label = html.unescape(told).partition("|")
    if target.startswith("@"):
        person = slack.people.get(target[1:])
        return f'<span class="mention">@{html.escape(person.name if person else label or target[1:])}</span>'
    if target.startswith("#"):
        named = {each.id: each.name for each in slack.channels.values()}
        return f'<span class="mention">#{html.escape(named.get(target[1:]) or label or target[1:])}</span>'
    if target.startswith("!"):
        return f'<span class="mention">{html.escape(label or "@" + target[1:])}</span>'
    if not target.startswith(_SAFE):
        return html.escape(label or target)
    return f'<a href="{html.escape(target)}" target="_blank" rel="noopener">{html.escape(label or target)}</a>'


def markdown(text: str) -> Html:
    """A text in the markup that the rest of the world uses."""
    # The renderer escapes what looks like HTML, and makes no links of dangerous addresses.
    return Html(_MARKDOWN.render(text))


def rich(block: Mapping[str, Any]) -> str:
    """What a block of rich text says, without its looks."""
    if "elements" in block:
        return "".join(rich(each) for each in block["elements"])
    return str(block.get("text") or block.get("url") or block.get("name") or "")
