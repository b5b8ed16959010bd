"""What a link to the web meeting place shows in Slack. Pure; whatever comes from sources is escaped on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from slack_sdk.models.blocks import Block, ContextBlock, PlainTextObject

from bot import previews
from bot.handlers.slack.blocks import bold, markup, quoted, sections
from bot.handlers.slack.mrkdwn import clip, escape, link, literal
from bot.pages import Pages, SourceLink
from bot.texts import Texts
from knowledge.model import Document
from knowledge.strategies import Strategy

_TITLE = 300
_QUOTE = 600
_STRATEGIES = 5
_PREVIEW = 150
_PRODUCT = "Møteplassen"

Preview = dict[str, Any]
"""The value of one link in a call of chat.unfurl."""


def source(document: Document, asked: SourceLink, language: str, pages: Pages, texts: Texts) -> Preview:
    """A document or a section of it: title, what kind of source it is, its date, and its own words."""
    shown = previews.preview(document, asked, language, texts)
    head = [_bold_link(pages.source(document.id, shown.anchor), shown.title)]
    if shown.heading:
        head.append(bold(shown.heading[:_TITLE]))
    words = quoted(clip(literal(shown.words), _QUOTE)) if shown.words else ""
    about = [markup(clip(shown.about, _TITLE))]
    blocks = [*sections(["\n".join(filter(None, [*head, words]))]), ContextBlock(elements=about)]
    return _preview(document.title, blocks)


def strategies(found: Sequence[Strategy], language: str, pages: Pages, texts: Texts) -> Preview:
    """The strategies that a search finds: the first ones, and how many there are."""
    title = texts(language, "slack.home.strategies")
    lines = [_strategy(each, pages) for each in found[:_STRATEGIES]]
    count = markup(escape(texts(language, "reply.preview.strategies", count=len(found))))
    return _preview(title, [*sections([_bold_link(pages.strategies, title), *lines]), ContextBlock(elements=[count])])


def _strategy(strategy: Strategy, pages: Pages) -> str:
    code = link(pages.source(strategy.document, strategy.anchor), clip(strategy.code, _TITLE))
    return f"{code}  {clip(literal(' '.join(strategy.text.split())), _TITLE)}"


def _bold_link(address: str, label: str) -> str:
    """A link with a bold label."""
    return f"*{link(address, clip(label.replace('*', ''), _TITLE))}*"


def _preview(title: str, blocks: Sequence[Block]) -> Preview:
    shown = PlainTextObject(text=title.strip()[:_PREVIEW] or _PRODUCT).to_dict()
    return {"blocks": [block.to_dict() for block in blocks], "preview": {"title": shown}}
