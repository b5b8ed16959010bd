"""Vectors in a real Chroma server: the same as in files, and quick to say so where it is away."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from chromadb.api.models.Collection import Collection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.settings import Settings
from knowledge.chroma_server import ChromaServer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.retriever import Retriever
from knowledge.vectors import VectorIndex, Vectors, VectorsAway
from tests.chroma.conftest import PAUSE
from tests.knowledge.examples import directions, guide, split
from tests.peers.proxy import Proxy
from tests.peers.serving import served
from tests.town import moteplassen

FOLDER = Path("/nowhere")


def test_a_server_finds_what_files_do_in_more_entries_than_it_takes_at_once(
    server: ChromaServer, tmp_path: Path
) -> None:
    vectors = directions(1400)
    entries = [f"e{number}" for number in range(len(vectors))]
    served, embedded = server(FOLDER, "all"), VectorIndex(tmp_path, "all")
    with contextlib.closing(embedded):
        for index in (served, embedded):
            index.add(entries, vectors.tolist())
            index.add(entries[:2], vectors[:2].tolist())
            index.remove(entries[2:1100])
        assert served.count() == embedded.count() == 302
        assert served.entries() == embedded.entries() == {*entries[:2], *entries[1100:]}
        exact = vectors @ vectors[0]
        for index in (served, embedded):
            found = index.search(vectors[0].tolist(), 5)
            assert max(found, key=lambda entry: found[entry]) == "e0"
            assert found == pytest.approx({entry: exact[int(entry[1:])] for entry in found}, abs=1e-4)


def test_what_one_process_writes_another_sees_at_once_also_in_a_collection_that_was_made_anew(
    server: ChromaServer, proxy: Proxy, prefix: str
) -> None:
    here, there = (direction.tolist() for direction in directions(2))
    with contextlib.closing(ChromaServer(f"http://127.0.0.1:{proxy.port}", prefix=prefix)) as elsewhere:
        ours, theirs = server(FOLDER, "shared"), elsewhere(FOLDER, "shared")
        ours.add(["one"], [here])
        assert list(theirs.search(here, 5)) == ["one"]
        theirs.add(["two"], [there])
        assert list(ours.search(there, 5)) == ["two", "one"]
        elsewhere.write(f"{prefix}-shared", lambda collection, _: collection._client.delete_collection(collection.name))
        assert ours.search(here, 5) == {}
        ours.add(["three"], [here])
        assert list(theirs.search(here, 5)) == ["three"]


def test_a_collection_that_was_made_before_is_searched_as_thoroughly_as_one_made_now(
    server: ChromaServer, proxy: Proxy, prefix: str
) -> None:
    def made_before(collection: Collection, most: int) -> None:
        api, name = collection._client, collection.name
        api.delete_collection(name)
        api.create_collection(name, configuration={"hnsw": {"space": "ip"}})

    def held(collection: Collection) -> int:
        return int(collection.configuration_json["hnsw"]["ef_search"])

    now = server.ask(f"{prefix}-all", held)
    server.write(f"{prefix}-all", made_before)
    with contextlib.closing(ChromaServer(f"http://127.0.0.1:{proxy.port}", prefix=prefix)) as starting:
        assert starting.ask(f"{prefix}-all", held) == now > 100


@pytest.mark.parametrize(
    ("break_it", "seconds"),
    [
        pytest.param(Proxy.cut, 0.9, id="cut"),
        pytest.param(Proxy.hang, 2.0, id="hangs"),
        pytest.param(lambda proxy: proxy.delay(30), 2.0, id="slow", marks=pytest.mark.slow),
    ],
)
def test_nobody_waits_long_for_a_server_that_is_away_and_the_log_says_once_that_it_went_and_came(
    server: ChromaServer,
    proxy: Proxy,
    caplog: pytest.LogCaptureFixture,
    break_it: Callable[[Proxy], None],
    seconds: float,
) -> None:
    vector = directions(1)[0].tolist()
    vectors = server(FOLDER, "broken")
    vectors.add(["one"], [vector])
    caplog.set_level(logging.INFO, "knowledge.chroma_server")
    break_it(proxy)
    assert took(vectors, vector) < seconds
    assert [took(vectors, vector) < 0.1 for _ in range(20)] == [True] * 20
    time.sleep(PAUSE)
    assert took(vectors, vector) < seconds
    assert took(vectors, vector) < 0.1
    proxy.mend()
    time.sleep(PAUSE)
    assert [list(vectors.search(vector, 1)) for _ in range(3)] == [["one"]] * 3
    told = [record.getMessage() for record in caplog.records]
    url = f"http://127.0.0.1:{proxy.port}"
    assert [line.startswith(f"Chroma at {url} is away (") for line in told] == [True, False]
    assert told[1] == f"Chroma at {url} is back"


def took(vectors: Vectors, vector: list[float]) -> float:
    """How many seconds it took to say that the server is away."""
    start = time.perf_counter()
    with pytest.raises(VectorsAway):
        vectors.search(vector, 1)
    return time.perf_counter() - start


def test_connections_from_before_a_restart_cost_no_answer(server: ChromaServer, proxy: Proxy) -> None:
    vector = directions(1)[0].tolist()
    vectors = server(FOLDER, "restarted")
    vectors.add(["one"], [vector])
    for _ in range(3):
        assert list(vectors.search(vector, 1)) == ["one"]
        proxy.cut()
        proxy.mend()


async def test_what_a_lost_catalogue_left_in_a_server_is_taken_out(
    server: ChromaServer, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    skilt, torg = guide("guides/skilt", "Skilt må omsøkes."), guide("guides/torg", "Torget er åpent.")
    with contextlib.closing(Library(tmp_path / "one", embeddings, warm=False, open_vectors=server)) as library:
        await library.put_all([split(skilt), split(torg)])
    again = ChromaServer(server.url, prefix=server.prefix)
    with contextlib.closing(Library(tmp_path / "other", embeddings, warm=False, open_vectors=again)) as library:
        await library.put(*split(torg))
        assert again(FOLDER, "public").count() == 2
        await library.begin()
        assert [entry.split("@")[0] for entry in again(FOLDER, "public").entries()] == ["guides/torg#om"]
        finder = Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings)
        assert [found.passage.text for found in (await finder.find("torget")).found] == ["Torget er åpent."]


async def test_a_token_is_sent_and_what_keeps_us_out_counts_as_away() -> None:
    async def heartbeat(request: Request) -> JSONResponse:
        let_in = request.headers.get("authorization") == "Bearer hush"
        return JSONResponse({"nanosecond heartbeat": 1} if let_in else {}, 200 if let_in else 403)

    async with served(Starlette(routes=[Route("/api/v2/heartbeat", heartbeat)])) as url:
        await asyncio.to_thread(ChromaServer(url, "hush").try_it)
        with pytest.raises(VectorsAway, match="is away"):
            await asyncio.to_thread(ChromaServer(url, "wrong").try_it)
        with pytest.raises(VectorsAway) as told:
            await asyncio.to_thread(ChromaServer(f"{url}/elsewhere", "hush").try_it)
        assert "hush" not in str(told.value)


@pytest.mark.parametrize("url", ["chroma:8000", "ftp://chroma", "http://me:hush@chroma:8000", "http://"])
def test_addresses_that_are_none_are_refused_and_passwords_not_repeated(tmp_path: Path, url: str) -> None:
    result = moteplassen("check", "--data-dir", tmp_path, CHROMA_URL=url)
    assert result.exit_code == 1
    assert "chroma_url: Value error, should be http(s)://host:port" in result.stderr
    assert "hush" not in result.output


def test_check_says_whether_the_server_can_be_reached(tmp_path: Path, proxy: Proxy) -> None:
    def found() -> tuple[str, str]:
        checked = moteplassen("check", "--json", "--data-dir", tmp_path, CHROMA_URL=f"http://127.0.0.1:{proxy.port}")
        return next((each["state"], each["detail"]) for each in json.loads(checked.stdout) if each["part"] == "vectors")

    assert found() == ("ok", f"in Chroma at http://127.0.0.1:{proxy.port}")
    proxy.cut()
    state, detail = found()
    assert state == "bad"
    assert "is away (ConnectError): start it, or correct MOTEPLASSEN_CHROMA_URL" in detail
    assert Settings(_env_file=None, chroma_url="https://chroma.example/").chroma_url == "https://chroma.example"
