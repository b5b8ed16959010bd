"""Bringing documents in may be broken off: soon, and without leaving anything behind that is still written."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Section
from tests.knowledge.examples import document, split


class WaitingEmbeddings(CachedEmbeddings):
    """Makes no vectors before it may."""

    def __init__(self, made: CachedEmbeddings) -> None:
        self._made = made
        self.calls = 0
        self.asked, self.may = threading.Event(), threading.Event()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.calls += 1
        self.asked.set()
        assert self.may.wait(20)
        return self._made.embed_documents(texts)


@pytest.mark.parametrize("warm", [True, False])
async def test_what_is_cancelled_ends_before_the_next_vectors_and_adds_nothing(
    embeddings: CachedEmbeddings, tmp_path: Path, warm: bool
) -> None:
    sections = [Section(anchor=f"s{each}", heading=f"Del {each}", text=f"Setning {each}.") for each in range(70)]
    long = split(document("guides/lang", *sections))
    waiting = WaitingEmbeddings(embeddings)
    library = Library(tmp_path, waiting, warm=warm)
    async with library.lock():
        putting = asyncio.create_task(library.put_all([long]))
        await asyncio.to_thread(waiting.asked.wait, 20)
        putting.cancel()
        await asyncio.sleep(0.05)
        assert not putting.done(), "something is still written"
        waiting.may.set()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(putting, 5)
        assert waiting.calls == 1
        assert await library.holdings() == {}
        await library.put_all([long])
    assert set(await library.holdings()) == {"guides/lang"}
    library.close()
