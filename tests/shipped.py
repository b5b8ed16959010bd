"""What ships, indexed whole."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path

from bot.settings import CORPUS, Settings
from bot.sourcing.opening import open_pipeline
from bot.wiring import Knowledge, open_knowledge
from ingest.sources import load_sources


@contextlib.contextmanager
def indexed(data_dir: Path) -> Iterator[Knowledge]:
    """All that ships in a library in this folder, and a conversation over it without a chat model."""
    settings = Settings(data_dir=data_dir, sources=CORPUS, openai_api_key=None, openai_base_url=None)
    with contextlib.closing(open_knowledge(settings)) as knowledge:
        asyncio.run(_fill(settings, knowledge))
        yield knowledge


async def _fill(settings: Settings, knowledge: Knowledge) -> None:
    async with open_pipeline(settings, knowledge.library) as pipeline:
        report = await pipeline.run(load_sources(settings.sources))
    assert not report.failed, report.failed
