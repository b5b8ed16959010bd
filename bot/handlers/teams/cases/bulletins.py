"""Tells a channel of the staff's what has changed in the sources."""

from __future__ import annotations

from bot.desk.outbox import Delivery
from bot.handlers.teams.cases.officers import OFFICERS_LANGUAGE, Officers
from bot.handlers.teams.connector import Connector
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.messages import Message
from bot.handlers.teams.replies.rendering import link
from bot.markdown import clip, escape
from bot.pages import Pages
from bot.sourcing.bulletin import KIND, Bulletin, Item
from bot.sourcing.reporting import happened, headline
from bot.texts import Texts
from ingest.changes import Kind
from knowledge.model import Audience

__all__ = ["KIND", "BulletinCourier"]

_TITLE, _HEADINGS = 150, 250


class BulletinCourier:
    """Carries what has changed to one channel of the staff's. Where an outsider reads along, or Teams doesn't say that
    none does, it tells of public documents only."""

    def __init__(
        self,
        channel: str | None,
        public_url: str,
        connector: Connector,
        officers: Officers,
        directory: Directory,
        texts: Texts,
    ) -> None:
        self._channel = channel
        self._pages = Pages(public_url)
        self._connector = connector
        self._officers = officers
        self._directory = directory
        self._texts = texts

    async def deliver(self, delivery: Delivery) -> None:
        """Post it; nothing where nobody wants it any more, or all of it is hidden from who reads there. Raises
        Undeliverable."""
        if not self._channel:
            return
        place = await self._directory.place(self._officers.place(self._channel))
        told = Bulletin.model_validate(delivery.payload)
        # Of a channel that nothing was heard of, nobody knows whether it is shared with others.
        outsiders = place.outsiders or await self._connector.changed(place) is None
        seen = told.seen_by({Audience.PUBLIC} if outsiders else set(Audience))
        if any(seen.totals.values()):
            await self._connector.post(delivery.key, place, self._message(seen))

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it: the page of sources shows what has changed."""

    def _message(self, seen: Bulletin) -> Message:
        lead = headline(seen, self._texts, OFFICERS_LANGUAGE)
        lines = [self._line(item) for item in seen.items]
        if lines and seen.unnamed:
            more = self._texts(OFFICERS_LANGUAGE, "desk.sources.bulletin.more", count=seen.unnamed)
            lines.append(f"- {escape(more)}")
        way = link(self._pages.sources, self._texts(OFFICERS_LANGUAGE, "desk.sources.bulletin.open"))
        parts = [f"**{escape(lead)}**", "\n".join(lines), way]
        return Message(text="\n\n".join(filter(None, parts)), summary=lead)

    def _line(self, item: Item) -> str:
        title = clip(item.title, _TITLE)
        if item.kind is not Kind.REMOVED:
            title = link(self._pages.source(item.document), item.title[:_TITLE])
        told = f"- {title} – {escape(happened(item, self._texts, OFFICERS_LANGUAGE))}"
        return f"{told}: {clip(', '.join(item.headings), _HEADINGS)}" if item.headings else told
