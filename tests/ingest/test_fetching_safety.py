"""Servers that mean harm, or are just broken; and what is asked of those that are neither."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from email.utils import formatdate
from time import time

import httpx
import pytest

from ingest.fetching import Fetcher, FetchError, Pace, open_client
from tests.peers.town_hall import HTML, TownHall, Worldwide

MB = 1024 * 1024


def fetcher(client: httpx.AsyncClient, *, attempts: int = 1, limit: int = 4 * MB, timeout: float = 10) -> Fetcher:
    return Fetcher(
        client,
        allow_private=True,
        attempts=attempts,
        limit=limit,
        timeout=timeout,
        pace=Pace(0),
        contact="it@kommune.no",
    )


def bare_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"x" * 200_000)),
        ("x-gzip", gzip.compress(b"x" * 200_000)),
        ("deflate", zlib.compress(b"x" * 200_000)),
        ("deflate", bare_deflate(b"x" * 200_000)),
        ("identity", b"x" * 200_000),
        ("gzip", gzip.compress(b"x" * 200_000) + b"\0" * 10),
    ],
    ids=["gzip", "x-gzip", "deflate", "bare deflate", "identity", "padded"],
)
async def test_a_packed_page_is_unpacked(
    hall: TownHall, client: httpx.AsyncClient, encoding: str, packed: bytes
) -> None:
    hall.put("/a", packed, HTML, {"content-encoding": encoding})
    assert (await fetcher(client).fetch(f"{hall.url}/a")).content == b"x" * 200_000


@pytest.mark.parametrize(
    ("encoding", "content", "expected"),
    [
        ("gzip", gzip.compress(bytes(64 * MB)), "larger than 4 MB"),
        ("deflate", zlib.compress(bytes(64 * MB)), "larger than 4 MB"),
        ("gzip, gzip", gzip.compress(gzip.compress(bytes(64 * MB))), "comes packed as gzip, gzip"),
        ("br", b"x", "comes packed as br, which was not asked for"),
        ("zstd", b"x", "comes packed as zstd"),
        ("gzip", gzip.compress(b"")[:10] + b"\0\0\0\xff\xff" * MB, "larger than 4 MB"),
        ("gzip", gzip.compress(b"x" * 1000)[:-9], "ends in the middle"),
        ("gzip", b"<html>not packed</html>", "is packed wrongly"),
        ("gzip", gzip.compress(b"a") + gzip.compress(b"b"), "goes on after the end"),
    ],
    ids=["gzip", "deflate", "twice", "brotli", "zstd", "of nothing", "cut off", "not packed", "two"],
)
async def test_a_page_that_is_packed_with_harm_or_wrongly_is_refused(
    hall: TownHall, client: httpx.AsyncClient, encoding: str, content: bytes, expected: str
) -> None:
    hall.put("/a", content, HTML, {"content-encoding": encoding})
    with pytest.raises(FetchError, match=expected):
        await fetcher(client).fetch(f"{hall.url}/a")


async def test_what_is_packed_within_a_page_is_not_unpacked(hall: TownHall, client: httpx.AsyncClient) -> None:
    inner = gzip.compress(bytes(64 * MB))
    hall.put("/a", gzip.compress(inner), HTML, {"content-encoding": "gzip"})
    assert (await fetcher(client).fetch(f"{hall.url}/a")).content == inner


async def test_a_page_that_comes_drop_by_drop_is_given_up(hall: TownHall, client: httpx.AsyncClient) -> None:
    with pytest.raises(FetchError, match=r"longer than 0\.3 s"):
        await fetcher(client, timeout=0.3).fetch(f"{hall.url}/drypp")


async def test_endless_headers_are_refused(client: httpx.AsyncClient) -> None:
    async def bomb(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"x-%d: %s\r\n" % (n, b"x" * 1000) for n in range(5000)))
        writer.close()

    async with await asyncio.start_server(bomb, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FetchError, match="cannot be fetched"):
            await fetcher(client).fetch(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx", b"SSH-2.0-OpenSSH\r\n"])
async def test_what_speaks_no_http_to_the_end_is_told(client: httpx.AsyncClient, answer: bytes) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(FetchError, match="cannot be fetched"):
            await fetcher(client).fetch(f"http://127.0.0.1:{port}/")


async def test_servers_learn_who_asks_and_nothing_else(hall: TownHall, client: httpx.AsyncClient) -> None:
    hall.publish("/a", headers={"set-cookie": "who=you; Path=/"})
    hall.moved["/b"] = f"{hall.url}/a".replace("://", "://me:secret@")
    client.cookies.set("session", "s", domain="127.0.0.1")
    for _ in range(2):
        await fetcher(client).fetch(f"{hall.url}/b")
    for asked in hall.asked:
        assert asked.headers["user-agent"] == "Moteplassen (+it@kommune.no)"
        assert not {"cookie", "authorization", "referer"} & set(asked.headers)


async def test_no_proxy_is_taken_from_the_environment(hall: TownHall, monkeypatch: pytest.MonkeyPatch) -> None:
    hall.publish("/a")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    async with open_client() as client:
        assert (await fetcher(client).fetch(f"{hall.url}/a")).content


async def test_a_redirect_to_an_inner_address_by_name_is_refused(hall: TownHall) -> None:
    hall.moved["/ut"] = hall.url.replace("127.0.0.1", "localhost")
    async with httpx.AsyncClient(transport=Worldwide(hall.url)) as client:
        with pytest.raises(FetchError, match="localhost is inside a private network"):
            await Fetcher(client, pace=Pace(0)).fetch(f"http://{Worldwide.public}/ut")


async def test_a_redirect_to_a_host_that_cannot_be_is_told(hall: TownHall, client: httpx.AsyncClient) -> None:
    hall.moved["/ut"] = "https://xn--a/"
    with pytest.raises(FetchError, match="/ut: redirects to an invalid address"):
        await fetcher(client).fetch(f"{hall.url}/ut")


@pytest.mark.parametrize("status", [401, 403, 404, 410, 418, 451, 500, 501])
async def test_an_error_page_is_never_taken_for_the_document(
    hall: TownHall, client: httpx.AsyncClient, status: int
) -> None:
    hall.fail("/a", status)
    with pytest.raises(FetchError, match=f"answered {status}") as error:
        await fetcher(client).fetch(f"{hall.url}/a")
    assert error.value.status == status


async def test_a_server_that_says_when_is_asked_then(hall: TownHall, client: httpx.AsyncClient) -> None:
    hall.publish("/a")
    hall.fail("/a", 503, 1, retry_after="1")
    start = time()
    await fetcher(client, attempts=2).fetch(f"{hall.url}/a")
    assert 0.9 < time() - start < 5


@pytest.mark.parametrize(
    "after", ["3600", formatdate(time() + 3600, usegmt=True), "9" * 400], ids=["seconds", "a date", "digits"]
)
async def test_a_server_that_asks_for_more_time_than_there_is_is_left_alone(
    hall: TownHall, client: httpx.AsyncClient, after: str
) -> None:
    hall.fail("/a", 503, retry_after=after)
    hall.publish("/b")
    patient = fetcher(client, attempts=3)
    with pytest.raises(FetchError, match=r"answered 503; try again in \d+ s"):
        await patient.fetch(f"{hall.url}/a")
    with pytest.raises(FetchError, match="is left alone for another"):
        await patient.fetch(f"{hall.url}/b")
    assert hall.paths == ["/a"]


@pytest.mark.parametrize("after", ["soon", "-1", "", "Mon, 99 Foo 2026", "١"])
async def test_a_time_that_cannot_be_understood_is_no_time(
    hall: TownHall, client: httpx.AsyncClient, after: str
) -> None:
    hall.fail("/a", 503, retry_after=after.encode("utf-8").decode("latin-1"))
    with pytest.raises(FetchError, match="answered 503; try again later"):
        await fetcher(client).fetch(f"{hall.url}/a")
