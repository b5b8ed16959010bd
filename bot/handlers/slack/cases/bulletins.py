"""Tells the officers' channel for it what has changed in the sources."""

from __future__ import annotations

import functools

from bot.desk.outbox import Delivery
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.blocks import FALLBACK, Message, bold, sections
from bot.handlers.slack.cases.officers import OFFICERS_LANGUAGE
from bot.handlers.slack.clients import Clients
from bot.handlers.slack.directory import Directory
from bot.handlers.slack.mrkdwn import clip, escape, link
from bot.handlers.slack.workspace import Workspace
from bot.pages import Pages
from bot.people import Place
from bot.sourcing.bulletin import KIND, Bulletin, Item
from bot.sourcing.reporting import happened, headline
from bot.texts import Texts
from ingest.changes import Kind
from knowledge.model import Audience

__all__ = ["KIND", "BulletinCourier"]

_TITLE = 150
_HEADINGS = 250


class BulletinCourier:
    """Carries what has changed to one channel of the staff's. Where an outsider reads along, or Slack doesn't say that
    none does, it tells of public documents only."""

    def __init__(
        self,
        channel: str | None,
        public_url: str,
        clients: Clients,
        workspace: Workspace,
        directory: Directory,
        texts: Texts,
    ) -> None:
        self._channel = channel
        self._pages = Pages(public_url)
        self._clients = clients
        self._workspace = workspace
        self._directory = directory
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Post it; nothing where nobody wants it any more, or all of it is hidden from who reads there. Raises
        Undeliverable."""
        if not self._channel:
            return
        home = await self._clients.home()
        place = Place(platform=PLATFORM, workspace=home, channel=self._channel, thread="")
        has_outsiders = (await self._directory.place(place)).outsiders
        told = Bulletin.model_validate(delivery.payload)
        seen = told.seen_by({Audience.PUBLIC} if has_outsiders else set(Audience))
        if any(seen.totals.values()):
            await self._workspace.post(delivery.key, place, self._message(seen))

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the page of sources shows what has changed."""

    def _message(self, seen: Bulletin) -> Message:
        said = functools.partial(self._texts, OFFICERS_LANGUAGE)
        lead = headline(seen, self._texts, OFFICERS_LANGUAGE)
        lines = [self._line(item) for item in seen.items]
        if lines and seen.unnamed:
            lines.append(escape(said("desk.sources.bulletin.more", count=seen.unnamed)))
        way = link(self._pages.sources, escape(said("desk.sources.bulletin.open")))
        return Message(clip(lead, FALLBACK), tuple(sections([bold(lead), *lines, way])))

    def _line(self, item: Item) -> str:
        address = "" if item.kind is Kind.REMOVED else self._pages.source(item.document)
        title = link(address, clip(item.title, _TITLE))
        told = f"• {title} – {escape(happened(item, self._texts, OFFICERS_LANGUAGE))}"
        return f"{told}: {clip(', '.join(item.headings), _HEADINGS)}" if item.headings else told
