"""Chroma away: questions are answered by words, which is said; documents wait, and come in when it is back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from langchain_core.embeddings import Embeddings
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.app import create_app
from bot.database import Database
from bot.observing.health import chroma_check
from bot.question import Status
from bot.understanding import Understander
from knowledge.answering import ExtractiveAnswerer
from knowledge.chroma_server import ChromaServer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.retriever import Retriever
from knowledge.vectors import VectorsAway
from tests.chroma.conftest import PAUSE
from tests.conversation.examples import NEVER, Bot
from tests.knowledge.examples import EVERYTHING, guide, split
from tests.peers.proxy import Proxy
from tests.peers.serving import served
from tests.peers.site import running
from tests.sourcing.district import District

SAID = {
    "nb": "Søket er akkurat nå begrenset",
    "nn": "Søket er akkurat no avgrensa",
    "en": "The search is limited right now",
}
BUDGET = 5.0
"""Seconds that a reply may take in all, on a machine that has other things to do."""


class Cutting(Embeddings):
    """The model, and a server that is cut off as soon as that is asked."""

    def __init__(self, model: Embeddings, proxy: Proxy) -> None:
        self._model = model
        self._proxy = proxy

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self._proxy.cut()
        return self._model.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text)


@pytest.fixture
async def bot(
    server: ChromaServer, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, tmp_path: Path
) -> AsyncIterator[Bot]:
    """Holds all examples, with their vectors in the server."""
    with contextlib.closing(Library(tmp_path / "library", embeddings, open_vectors=server)) as library:
        await library.put_all([split(document) for document in EVERYTHING])
        yield Bot(library, embeddings, answerer, Understander(), phone="32 04 00 00")


@pytest.mark.parametrize(
    "break_it",
    [
        pytest.param(Proxy.cut, id="cut"),
        pytest.param(Proxy.hang, id="hangs", marks=pytest.mark.slow),
        pytest.param(lambda proxy: proxy.delay(30), id="slow", marks=pytest.mark.slow),
    ],
)
async def test_a_question_is_answered_by_words_in_time_and_the_reply_says_so(
    bot: Bot, proxy: Proxy, break_it: Callable[[Proxy], None]
) -> None:
    asked = "Når må jeg ha serveringsbevilling for å drive serveringssted?"
    well = await bot.asked(asked)
    assert well.status is Status.ANSWERED
    assert "begrenset" not in well.note
    break_it(proxy)
    start = time.perf_counter()
    limited = await bot.asked(asked)
    assert time.perf_counter() - start < BUDGET
    assert limited.status is Status.ANSWERED
    assert limited.citations == well.citations
    assert limited.note.split("\n")[-1].startswith(SAID["nb"])
    exact = await bot.asked("Hva sier serveringsloven § 3?")
    assert "begrenset" not in exact.note, "what is named exactly is found without"
    proxy.mend()
    await asyncio.sleep(PAUSE)
    back = await bot.asked(asked)
    assert (back.claims, back.confidence, back.note) == (well.claims, well.confidence, well.note)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
async def test_who_abstains_says_so_too_in_the_language_of_the_question(bot: Bot, proxy: Proxy, language: str) -> None:
    proxy.cut()
    asking = bot.but(threshold=NEVER)
    reply = await asking.asked("Hvor høyt er Galdhøpiggen?", language=language, audience=Audience.INTERNAL)
    assert reply.status is Status.ABSTAINED
    assert SAID[language] in reply.note
    assert "32 04 00 00" in reply.note


async def test_a_document_that_could_not_be_put_in_leaves_the_library_as_it_was(
    server: ChromaServer, proxy: Proxy, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False, open_vectors=server)) as library:
        await library.put(*split(guide("guides/skilt", "Skilt må omsøkes.")))
        proxy.cut()
        with pytest.raises(VectorsAway):
            await library.put(*split(guide("guides/skilt", "Skilt er frie.")))
        reader = library.reader(Audience.PUBLIC)
        held = await reader.document("guides/skilt")
        assert held
        assert held.sections[0].text == "Skilt må omsøkes."
        with pytest.raises(VectorsAway):
            await library.remove("guides/skilt")
        assert await reader.document("guides/skilt") is None, "what is taken out is not found, whatever is away"
        proxy.mend()
        await library.put(*split(guide("guides/torg", "Torget er åpent.")))
        finder = Retriever(reader=reader, embeddings=embeddings)
        found = await finder.find("skilt")
        assert [each.passage.text for each in found.found] == ["Torget er åpent."]
        assert not found.limited


async def test_scheduled_documents_wait_for_chroma_and_come_in_when_it_is_back(
    server: ChromaServer, proxy: Proxy, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False, open_vectors=server)) as library:
        async with running() as site:
            district = District(tmp_path, library, site)
            stop = asyncio.Event()
            proxy.cut()
            with contextlib.closing(district.ledger), capture_logs() as logged:
                going = asyncio.create_task(district.schedule().run(stop))
                async with asyncio.timeout(30):
                    while "ingest.waits" not in events(logged):
                        await asyncio.sleep(0.01)
                    assert await library.holdings() == {}
                    proxy.mend()
                    while "ingest.done" not in events(logged):
                        await asyncio.sleep(0.01)
                stop.set()
                await asyncio.wait_for(going, 10)
            assert "ingest.crashed" not in events(logged)
            assert await library.is_complete()
            assert set(await library.holdings()) == {"guides/torg", "kommunen/skilt"}
            assert server(tmp_path, "public").count() == 2


def events(logged: list[EventDict]) -> list[str]:
    return [each["event"] for each in logged]


async def test_a_run_that_chroma_leaves_midway_is_told_in_one_word_and_loses_nothing(
    server: ChromaServer, proxy: Proxy, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    with contextlib.closing(
        Library(tmp_path / "library", Cutting(embeddings, proxy), warm=False, open_vectors=server)
    ) as library:
        async with running() as site:
            district = District(tmp_path, library, site)
            with contextlib.closing(district.ledger):
                with pytest.raises(VectorsAway):
                    await district.schedule().look()
                assert await library.holdings() == {}
    proxy.mend()
    again = ChromaServer(server.url, prefix=server.prefix)
    with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False, open_vectors=again)) as library:
        async with running() as site:
            (tmp_path / "again").mkdir()
            district = District(tmp_path / "again", library, site)
            with contextlib.closing(district.ledger):
                await district.schedule().look()
            assert set(await library.holdings()) == {"guides/torg", "kommunen/skilt"}


async def test_vectors_that_a_server_has_lost_are_brought_back_though_no_source_is_due(
    server: ChromaServer, proxy: Proxy, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False, open_vectors=server)) as library:
        async with running() as site:
            district = District(tmp_path, library, site)
            with contextlib.closing(district.ledger):
                await district.schedule().look()
                assert await district.schedule().look() is None, "nothing is due"
                vectors = server(tmp_path, "public")
                vectors.remove(sorted(vectors.entries()))
                proxy.cut()
                assert await district.schedule().look() is None, "nothing is known to be lost"
                proxy.mend()
                await asyncio.sleep(PAUSE)
                report = await district.schedule().look()
                assert report
                assert (report.added, report.changed, report.removed) == (0, 0, 0)
                assert vectors.count() == 2
                assert await district.schedule().look() is None


async def test_health_says_that_the_search_is_limited_and_that_questions_can_be_asked(
    server: ChromaServer, proxy: Proxy, tmp_path: Path
) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'app.db'}")
    async with (
        served(create_app([], database, [], checks=[chroma_check(server.try_it)])) as url,
        httpx.AsyncClient(base_url=url) as asking,
    ):
        assert (await asking.get("/health")).json() == {"status": "ok"}
        proxy.hang()
        start = time.perf_counter()
        told = await asking.get("/health")
        assert (told.status_code, told.json()) == (200, {"status": "limited", "away": ["chroma"]})
        assert time.perf_counter() - start < BUDGET
        proxy.mend()
        assert (await asking.get("/health")).json() == {"status": "ok"}
    await database.close()
