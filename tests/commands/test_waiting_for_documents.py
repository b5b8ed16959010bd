"""The first start of several processes: one brings the documents in, the others say once that they wait for it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from bot.commands.documents import fill_if_unfinished
from bot.settings import Settings
from knowledge.library import Library
from tests.town import FILES, write

WAITS = "Another process indexes the documents; waiting for it."


class Alike(Embeddings):
    """Whatever a text says, it means the same."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0, 0.0]


class Impatient(Library):
    """As another process opens it, which looks a few times a second whether it is its turn."""

    looks = 0

    @contextlib.asynccontextmanager
    async def lock(self, patience: float = 0.1) -> AsyncIterator[None]:
        self.looks += 1
        async with super().lock(patience):
            yield


def opened(folder: Path) -> Impatient:
    return Impatient(folder / "library", Alike(), warm=False)


async def until_looked(library: Impatient, times: int) -> None:
    async with asyncio.timeout(30):
        while library.looks < times:
            await asyncio.sleep(0.01)


async def test_who_waits_says_so_once_and_brings_nothing_in_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    settings = Settings(_env_file=None, data_dir=tmp_path, sources=write(tmp_path / "town"))
    with contextlib.closing(opened(tmp_path)) as one, contextlib.closing(opened(tmp_path)) as other:
        async with one.lock():
            await one.begin()
            waiting = asyncio.create_task(fill_if_unfinished(settings, other))
            await until_looked(other, 4)
            await one.end()
        await asyncio.wait_for(waiting, 30)
        assert capsys.readouterr().err == f"{WAITS}\n"
        assert await other.holdings() == {}, "it was brought in again"
    assert caplog.messages == []


async def test_who_waited_for_one_that_was_killed_goes_on_and_says_that_it_was_interrupted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(_env_file=None, data_dir=tmp_path, sources=write(tmp_path / "town"))
    with contextlib.closing(opened(tmp_path)) as one, contextlib.closing(opened(tmp_path)) as other:
        async with one.lock():
            await one.begin()
            waiting = asyncio.create_task(fill_if_unfinished(settings, other))
            await until_looked(other, 3)
        await asyncio.wait_for(waiting, 60)
        told = capsys.readouterr().err
        assert told.splitlines()[0] == WAITS
        assert told.count("Indexing was interrupted, going on with") == 1
        assert "First use" not in told
        assert len(await other.holdings()) == len(FILES) - 1
        assert await other.is_complete()
