"""What a link to the web meeting place shows in Slack. Pure; whatever comes from sources is escaped on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from babel.dates import format_date
from slack_sdk.models.blocks import Block, ContextBlock, PlainTextObject

from bot.handlers.slack.blocks import bold, markup, quoted, sections
from bot.handlers.slack.home.pages import Pages, SourceLink
from bot.handlers.slack.mrkdwn import clip, escape, link, literal
from bot.texts import LOCALES, Texts
from knowledge.model import Audience, Document, Section
from knowledge.strategies import Strategy

_TITLE = 300
_QUOTE = 600
_STRATEGIES = 5
_PREVIEW = 150
_PRODUCT = "Møteplassen"
_KINDS = frozenset({"plan", "guidance", "law", "routine", "page", "answer"})

Preview = dict[str, Any]
"""The value of one link in a call of chat.unfurl."""


def source(document: Document, asked: SourceLink, language: str, pages: Pages, texts: Texts) -> Preview:
    """A document or a section of it: title, what kind of source it is, its date, and its own words."""
    section = document.section(asked.section) or next((each for each in document.sections if each.text.strip()), None)
    anchor = section.anchor if section and section.anchor == asked.section else ""
    head = [_bold_link(pages.source(document.id, anchor), document.title)]
    if section and section.heading and section.heading != document.title:
        head.append(bold(section.heading[:_TITLE]))
    words = quoted(clip(literal(_words(section, asked.words)), _QUOTE)) if section else ""
    about = [markup(clip(" · ".join(_about(document, language, texts)), _TITLE))]
    blocks = [*sections(["\n".join(filter(None, [*head, words]))]), ContextBlock(elements=about)]
    return _preview(document.title, blocks)


def strategies(found: Sequence[Strategy], language: str, pages: Pages, texts: Texts) -> Preview:
    """The strategies that a search finds: the first ones, and how many there are."""
    title = texts(language, "slack.home.strategies")
    lines = [_strategy(each, pages) for each in found[:_STRATEGIES]]
    count = markup(escape(texts(language, "slack.unfurl.strategies", count=len(found))))
    return _preview(title, [*sections([_bold_link(pages.strategies, title), *lines]), ContextBlock(elements=[count])])


def _strategy(strategy: Strategy, pages: Pages) -> str:
    code = link(pages.source(strategy.document, strategy.anchor), clip(strategy.code, _TITLE))
    return f"{code}  {clip(literal(' '.join(strategy.text.split())), _TITLE)}"


def _bold_link(address: str, label: str) -> str:
    """A link with a bold label."""
    return f"*{link(address, clip(label.replace('*', ''), _TITLE))}*"


def _about(document: Document, language: str, texts: Texts) -> list[str]:
    about = [texts(language, f"slack.unfurl.kind.{document.kind}")] if document.kind in _KINDS else []
    if document.audience is Audience.INTERNAL:
        about.append(texts(language, "slack.unfurl.internal"))
    if date := document.checked or document.changed or document.published:
        about.append(format_date(date, "long", locale=LOCALES[language]))
    return about or [document.source.strip() or _PRODUCT]


def _words(section: Section, words: str) -> str:
    """The words that the link marks, where they stand in the section; else the section from its beginning."""
    wanted = " ".join(words.split())
    return wanted if wanted and wanted in " ".join(section.text.split()) else section.text


def _preview(title: str, blocks: Sequence[Block]) -> Preview:
    shown = PlainTextObject(text=title.strip()[:_PREVIEW] or _PRODUCT).to_dict()
    return {"blocks": [block.to_dict() for block in blocks], "preview": {"title": shown}}
