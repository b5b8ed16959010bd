"""Strategies and sources, looked up while somebody writes a message, and shown where a link leads to them.

Public ones only, whoever looks: of the chat that the card will stand in, Teams doesn't tell a bot who reads it, and it
keeps what a link has shown for half an hour, for other chats too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence

import structlog
from microsoft_teams.api.activities.invoke.message_extension import (
    MessageExtensionQueryInvokeActivity,
    MessageExtensionQueryLinkInvokeActivity,
)
from microsoft_teams.api.models import MessagingExtensionInvokeResponse, MessagingExtensionQuery
from microsoft_teams.apps import ActivityContext, App

from bot.handlers.teams.installing.commands import QUERY
from bot.handlers.teams.reaching.cards import Cards, Item, listed, told
from bot.handlers.teams.reaching.speaking import spoken
from bot.library import Findable, Strategies
from bot.lookup import look_up
from bot.pages import Pages, SourceLink, StrategiesLink
from bot.texts import Texts
from knowledge.model import Audience
from knowledge.strategies import Strategy, search

log = structlog.get_logger(__name__)

_PATIENCE = 3.0
"""Seconds to look for sources: Teams waits five for the list."""
_PAGE = 25
_SOURCES = 10
_LONGEST = 200


class LookingUp:
    """Answers whoever searches, and shows where links to the web meeting place lead."""

    def __init__(
        self, findable: Findable, pages: Pages, cards: Cards, texts: Texts, patience: float = _PATIENCE
    ) -> None:
        self._reader = findable.library.reader(Audience.PUBLIC)
        self._strategies = Strategies(findable.library)
        self._finder = findable.finder
        self._pages = pages
        self._cards = cards
        self._texts = texts
        self._patience = patience

    def register(self, app: App) -> None:
        """Let the SDK hand over who searches, and who writes a link of ours."""
        app.on_message_ext_query(self._search)
        app.on_message_ext_query_link(self._unfurl)

    async def _search(
        self, ctx: ActivityContext[MessageExtensionQueryInvokeActivity]
    ) -> MessagingExtensionInvokeResponse:
        asked, language = ctx.activity.value, spoken(ctx.activity)
        sought = _sought(asked)
        found = await self._named(sought)
        if len(sought) == 1 and not found:
            return told(self._texts(language, "teams.search.short"))
        items = [self._cards.strategy(each, language) for each in found]
        if len(sought) > 1:
            known = {(each.document, each.anchor) for each in found}
            items += [each async for each in self._sources(sought, language, known)]
        if not items:
            key = "teams.search.nothing" if sought else "teams.search.empty"
            return told(self._texts(language, key))
        return listed(_page(items, asked))

    async def _named(self, sought: str) -> Sequence[Strategy]:
        """The strategies that are sought: all of them where nothing is."""
        everything = await self._strategies.all()
        found = look_up(everything, sought)
        return () if found.unknown else found.strategies

    async def _sources(self, sought: str, language: str, known: set[tuple[str, str]]) -> AsyncIterator[Item]:
        try:
            async with asyncio.timeout(self._patience):
                evidence = await self._finder.find(sought, language)
        except TimeoutError:
            log.warning("teams.search_slow")
            return
        count = 0
        for each in evidence.found:
            passage = each.passage
            if (passage.document, passage.section) in known or count == _SOURCES:
                continue
            known.add((passage.document, passage.section))
            if document := await self._reader.document(passage.document):
                count += 1
                yield self._cards.source(document, SourceLink(document=document.id, section=passage.section), language)

    async def _unfurl(
        self, ctx: ActivityContext[MessageExtensionQueryLinkInvokeActivity]
    ) -> MessagingExtensionInvokeResponse:
        language = spoken(ctx.activity)
        match self._pages.read(ctx.activity.value.url or ""):
            case SourceLink() as link:
                if document := await self._reader.document(link.document):
                    return listed([self._cards.source(document, link, language)])
            case StrategiesLink() as link:
                if found := search(await self._strategies.all(), link.sought):
                    return listed([self._cards.strategies(found, language)])
        return MessagingExtensionInvokeResponse()  # the link stands as it is


def _sought(asked: MessagingExtensionQuery) -> str:
    """What is typed; empty where the list is opened before anything is."""
    value = next((each.value for each in asked.parameters or () if each.name == QUERY), "")
    return " ".join(value.split())[:_LONGEST] if isinstance(value, str) else ""


def _page(items: Sequence[Item], asked: MessagingExtensionQuery) -> Sequence[Item]:
    options = asked.query_options
    start = max((options and options.skip) or 0, 0)
    return items[start : start + min((options and options.count) or _PAGE, _PAGE)]
