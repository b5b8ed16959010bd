"""Strategies and sources as cards in a message. Pure; whatever comes from sources is escaped on the way."""

from __future__ import annotations

import html
from collections.abc import Sequence

from microsoft_teams.api.models import (
    AdaptiveCardAttachment,
    MessagingExtensionAttachment,
    MessagingExtensionAttachmentLayout,
    MessagingExtensionResponse,
    MessagingExtensionResult,
    MessagingExtensionResultType,
    ThumbnailCard,
    ThumbnailCardAttachment,
    card_attachment,
)
from microsoft_teams.cards import AdaptiveCard, CardElement, OpenUrlAction, TextBlock
from pydantic import BaseModel, ConfigDict

from bot.markdown import clip, escape
from bot.pages import Pages, SourceLink
from bot.previews import preview
from bot.texts import Texts
from knowledge.model import Document
from knowledge.strategies import Strategy

_TITLE, _WORDS, _BESIDE = 300, 1_500, 200
_STRATEGIES = 5


class Item(BaseModel):
    """Something that can be put into a message: `title` and `words` are what a list shows of it."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    title: str
    words: str
    card: AdaptiveCard


class Cards:
    """Makes cards of what there is to cite."""

    def __init__(self, pages: Pages, texts: Texts) -> None:
        self._pages = pages
        self._texts = texts

    def strategy(self, strategy: Strategy, language: str) -> Item:
        """A strategy of the plan, whole."""
        title = " · ".join(filter(None, [strategy.code, strategy.area_title]))
        address = self._pages.source(strategy.document, strategy.anchor)
        about = self._texts(language, "reply.preview.kind.plan")
        return self._item(title, "", strategy.text, about, address, language)

    def source(self, document: Document, asked: SourceLink, language: str) -> Item:
        """A document, or a section of it."""
        shown = preview(document, asked, language, self._texts)
        address = self._pages.source(document.id, shown.anchor)
        return self._item(shown.title, shown.heading, shown.words, shown.about, address, language)

    def strategies(self, found: Sequence[Strategy], language: str) -> Item:
        """The strategies that a search finds: the first ones, and how many there are."""
        title = self._texts(language, "teams.search.strategies")
        lines = "\n".join(f"{each.code}  {' '.join(each.text.split())[:_TITLE]}" for each in found[:_STRATEGIES])
        about = self._texts(language, "reply.preview.strategies", count=len(found))
        return self._item(title, "", lines, about, self._pages.strategies, language)

    def _item(self, title: str, heading: str, words: str, about: str, address: str, language: str) -> Item:
        body: list[CardElement] = [TextBlock(text=clip(title, _TITLE), wrap=True, weight="Bolder", style="heading")]
        if heading:
            body.append(TextBlock(text=clip(heading, _TITLE), wrap=True, weight="Bolder"))
        if words.strip():
            body.append(TextBlock(text=clip(words, _WORDS), wrap=True))
        body.append(TextBlock(text=clip(about, _TITLE), wrap=True, is_subtle=True, size="Small"))
        way = OpenUrlAction(title=self._texts(language, "teams.search.open"), url=address)
        card = AdaptiveCard(body=body, actions=[way], fallback_text=escape(title[:_TITLE]))
        beside = " ".join(f"{heading} {words}".split())
        return Item(title=title[:_TITLE], words=beside[:_BESIDE], card=card)


def listed(items: Sequence[Item]) -> MessagingExtensionResponse:
    """The items to choose from, or the one that a link leads to."""
    return MessagingExtensionResponse(
        compose_extension=MessagingExtensionResult(
            type=MessagingExtensionResultType.RESULT,
            attachment_layout=MessagingExtensionAttachmentLayout.LIST,
            attachments=list(map(_attached, items)),
        )
    )


def told(text: str) -> MessagingExtensionResponse:
    """What is said in place of a list."""
    result = MessagingExtensionResult(type=MessagingExtensionResultType.MESSAGE, text=text)
    return MessagingExtensionResponse(compose_extension=result)


def _attached(item: Item) -> MessagingExtensionAttachment:
    card = card_attachment(AdaptiveCardAttachment(content=item.card))
    # Of a preview Teams takes the text, but not the title, for HTML.
    shown = ThumbnailCard(title=item.title, text=html.escape(item.words), images=None)
    preview = card_attachment(ThumbnailCardAttachment(content=shown))
    return MessagingExtensionAttachment(content_type=card.content_type, content=card.content, preview=preview)
