"""The bot over the examples' documents, with and without a chat model."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.understanding import Understander
from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from tests.conversation.examples import Bot
from tests.knowledge.conftest import answerer, embeddings, library, shelf
from tests.peers.openai import OpenAI, running

__all__ = ["answerer", "embeddings", "library", "shelf"]


@pytest.fixture(scope="session")
def understander() -> Understander:
    """Read once: its language models take a second to load."""
    return Understander()


@pytest.fixture
async def openai() -> AsyncIterator[OpenAI]:
    async with running() as openai:
        yield openai


@pytest.fixture
def bot(
    library: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, understander: Understander
) -> Bot:
    """Holds all examples and has no chat model."""
    return Bot(library, embeddings, answerer, understander)
