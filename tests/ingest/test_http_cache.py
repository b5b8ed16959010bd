from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import zlib
from pathlib import Path

import httpx
import pytest

from ingest.fetching import Fetcher, FetchError, Pace
from ingest.http_cache import HttpCache, Stored
from tests.peers.town_hall import PDF, TownHall

PAGE = Stored(b"x" * 5000, "text/html", "utf-8", '"1"', "Mon, 02 Mar 2026 10:00:00 GMT", "noindex")
DAY = 86400.0


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "http.db"


def fetcher(client: httpx.AsyncClient, file: Path) -> Fetcher:
    """A fetcher as after a restart."""
    return Fetcher(client, allow_private=True, attempts=1, pace=Pace(0), cache=HttpCache(file))


async def test_what_did_not_change_is_not_sent_again(hall: TownHall, client: httpx.AsyncClient, file: Path) -> None:
    hall.put("/a", b"%PDF- one", PDF, {"x-robots-tag": "noindex"})
    first = await fetcher(client, file).fetch(f"{hall.url}/a")
    assert await fetcher(client, file).fetch(f"{hall.url}/a") == first
    assert hall.asked[1].headers["if-none-match"] == first.etag
    hall.put("/a", b"%PDF- two", PDF)
    changed = await fetcher(client, file).fetch(f"{hall.url}/a")
    assert (changed.content, changed.robots) == (b"%PDF- two", None)
    assert changed.digest != first.digest
    assert (await fetcher(client, file).fetch(f"{hall.url}/a")).content == b"%PDF- two"


async def test_what_is_held_of_a_page_is_held_of_where_it_moved(
    hall: TownHall, client: httpx.AsyncClient, file: Path
) -> None:
    hall.publish("/ny")
    hall.publish("/nyere", text="Nytt.")
    hall.moved["/gammel"] = "/ny"
    await fetcher(client, file).fetch(f"{hall.url}/gammel")
    again = await fetcher(client, file).fetch(f"{hall.url}/gammel")
    assert (again.location, again.url) == (f"{hall.url}/gammel", f"{hall.url}/ny")
    hall.moved["/gammel"] = "/nyere"
    assert b"Nytt." in (await fetcher(client, file).fetch(f"{hall.url}/gammel")).content


async def test_what_is_not_to_be_stored_is_not(hall: TownHall, client: httpx.AsyncClient, file: Path) -> None:
    hall.publish("/a", headers={"cache-control": "private, no-store"})
    for _ in range(2):
        await fetcher(client, file).fetch(f"{hall.url}/a")
    assert not any("if-none-match" in asked.headers for asked in hall.asked)


async def test_a_page_that_is_gone_is_not_made_up_for(hall: TownHall, client: httpx.AsyncClient, file: Path) -> None:
    hall.publish("/a")
    await fetcher(client, file).fetch(f"{hall.url}/a")
    del hall.pages["/a"]
    with pytest.raises(FetchError, match="404"):
        await fetcher(client, file).fetch(f"{hall.url}/a")


async def test_nothing_changed_is_no_answer_where_nothing_is_held(
    hall: TownHall, client: httpx.AsyncClient, file: Path
) -> None:
    hall.fail("/a", 304)
    with pytest.raises(FetchError, match="answered 304"):
        await fetcher(client, file).fetch(f"{hall.url}/a")


def test_it_is_kept_small_and_whole(file: Path) -> None:
    cache = HttpCache(file)
    asyncio.run(cache.put("a", PAGE))
    assert asyncio.run(HttpCache(file).get("a")) == PAGE
    assert asyncio.run(cache.get("b")) is None
    assert PAGE.content not in file.read_bytes()


async def test_what_is_not_used_for_90_days_is_forgotten(file: Path) -> None:
    now = 0.0
    cache = HttpCache(file, clock=lambda: now)
    await cache.put("used", PAGE)
    await cache.put("unused", PAGE)
    now = 80 * DAY
    assert await cache.get("used")
    now = 91 * DAY
    await cache.put("new", PAGE)
    assert [await cache.get(address) is not None for address in ("used", "unused", "new")] == [True, False, True]


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + b"\xff" * 9000], ids=["text", "broken"])
def test_a_damaged_file_is_begun_anew(file: Path, caplog: pytest.LogCaptureFixture, content: bytes) -> None:
    file.parent.mkdir()
    file.write_bytes(content)
    cache = HttpCache(file)
    assert asyncio.run(cache.get("a")) is None
    assert "begun anew" in caplog.text
    asyncio.run(cache.put("a", PAGE))
    assert asyncio.run(cache.get("a")) == PAGE


def test_what_is_not_as_it_was_put_is_not_given(file: Path) -> None:
    asyncio.run(HttpCache(file).put("a", PAGE))
    with contextlib.closing(sqlite3.connect(file)) as database, database:
        database.execute("update answers set body = ?", (zlib.compress(b"forged"),))
    assert asyncio.run(HttpCache(file).get("a")) is None


async def test_a_page_is_fetched_where_the_cache_cannot_be_kept(
    hall: TownHall, client: httpx.AsyncClient, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    hall.publish("/a")
    assert (await fetcher(client, tmp_path / "file" / "http.db").fetch(f"{hall.url}/a")).content
    assert "cannot be used" in caplog.text


async def test_two_may_write_at_once(file: Path) -> None:
    caches = [HttpCache(file), HttpCache(file)]
    await asyncio.gather(*(caches[number % 2].put(str(number), PAGE) for number in range(20)))
    assert [await caches[0].get(str(number)) for number in range(20)] == [PAGE] * 20
