"""What has changed in the sources, as officers read it. The same on every platform. Pure."""

from __future__ import annotations

from bot.sourcing.bulletin import Bulletin, Item
from bot.texts import Texts
from ingest.changes import Kind


def headline(seen: Bulletin, texts: Texts, language: str) -> str:
    """How many documents each thing happened to."""
    counts = {kind: count for kind in Kind if (count := seen.totals[kind])}
    counted = [texts(language, f"desk.sources.bulletin.count.{kind}", count=count) for kind, count in counts.items()]
    return texts(language, "desk.sources.bulletin.lead", what=" · ".join(counted))


def happened(item: Item, texts: Texts, language: str) -> str:
    """What happened to the document."""
    return texts(language, f"desk.sources.bulletin.kind.{item.kind}")
