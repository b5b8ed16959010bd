from __future__ import annotations

import os
import ssl
from pathlib import Path

import httpx
import pytest

from ingest.fetching import Fetcher, FetchError, Pace
from tests.peers.certificate import certificate
from tests.peers.site import PAGE, Site, running
from tests.peers.town_hall import Worldwide


async def test_a_page_comes_with_what_the_server_says_about_it(site: Site, client: httpx.AsyncClient) -> None:
    fetched = await Fetcher(client, allow_private=True, pace=Pace(0)).fetch(f"{site.url}/skilt.html")
    assert fetched.content.decode() == PAGE
    assert (fetched.media_type, fetched.charset) == ("text/html", "utf-8")
    assert (fetched.etag, fetched.last_modified) == ('"1"', "Mon, 02 Mar 2026 10:00:00 GMT")
    assert fetched.url == f"{site.url}/skilt.html"


async def test_a_name_is_resolved_here_and_still_sent_as_host(site: Site, client: httpx.AsyncClient) -> None:
    address = site.url.replace("127.0.0.1", "localhost")
    fetched = await Fetcher(client, allow_private=True, pace=Pace(0)).fetch(f"{address}/skilt.html#part")
    assert fetched.url == f"{address}/skilt.html"
    assert site.hosts == [address.removeprefix("http://")]


async def test_a_file_comes_with_its_type(tmp_path: Path, client: httpx.AsyncClient) -> None:
    path = tmp_path / "å.md"
    path.write_text("# Hei")
    fetched = await Fetcher(client, pace=Pace(0)).fetch(path)
    assert (fetched.content, fetched.media_type, fetched.url) == (b"# Hei", "text/markdown", path.as_uri())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("missing.md", "not there"), (".", "not a file"), ("big.md", "larger than"), ("pipe", "not a file")],
)
async def test_a_file_that_is_not_fit_is_refused(
    tmp_path: Path, client: httpx.AsyncClient, name: str, expected: str
) -> None:
    (tmp_path / "big.md").write_bytes(b"x" * 2001)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(FetchError, match=expected):
        await Fetcher(client, limit=2000, pace=Pace(0)).fetch(tmp_path / name)


async def test_a_file_of_exactly_the_limit_is_fetched(tmp_path: Path, client: httpx.AsyncClient) -> None:
    (tmp_path / "a.md").write_bytes(b"x" * 2000)
    assert len((await Fetcher(client, limit=2000, pace=Pace(0)).fetch(tmp_path / "a.md")).content) == 2000


async def test_up_to_five_redirects_are_followed(site: Site, client: httpx.AsyncClient) -> None:
    fetcher = Fetcher(client, allow_private=True, pace=Pace(0))
    fetched = await fetcher.fetch(f"{site.url}/to/5")
    assert fetched.url == f"{site.url}/skilt.html"
    assert fetched.location == f"{site.url}/to/5"
    with pytest.raises(FetchError, match="more than 5 times"):
        await fetcher.fetch(f"{site.url}/to/6")


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://k.no/a", "gopher://k.no"])
async def test_a_redirect_to_anything_but_the_web_is_refused(
    site: Site, client: httpx.AsyncClient, target: str
) -> None:
    with pytest.raises(FetchError, match=f"{site.url}.*leads to"):
        await Fetcher(client, allow_private=True, pace=Pace(0)).fetch(f"{site.url}/away?url={target}")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "0.0.0.0", "127.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.8"]
)
async def test_private_addresses_are_refused_without_a_request(
    site: Site, client: httpx.AsyncClient, host: str
) -> None:
    port = httpx.URL(site.url).port
    with pytest.raises(FetchError, match="private network"):
        await Fetcher(client, pace=Pace(0)).fetch(f"http://{host}:{port}/skilt.html")
    assert site.asked == []


@pytest.mark.parametrize(
    "host",
    [
        *("169.254.169.254", "224.0.0.1", "[fe80::1]", "[fd00::1]", "[fec0::1]", "[64:ff9b::10.0.0.1]"),
        *("[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[::7f00:1]", "[::ffff:0:127.0.0.1]"),
    ],
)
async def test_other_inner_addresses_are_refused(client: httpx.AsyncClient, host: str) -> None:
    with pytest.raises(FetchError, match="private network"):
        await Fetcher(client, pace=Pace(0)).fetch(f"http://{host}/latest/meta-data")


async def test_a_public_page_cannot_redirect_into_the_private_network(site: Site) -> None:
    async with httpx.AsyncClient(transport=Worldwide(site.url)) as client:
        fetcher = Fetcher(client, pace=Pace(0))
        assert (await fetcher.fetch(f"http://{Worldwide.public}/skilt.html")).content.decode() == PAGE
        with pytest.raises(FetchError, match="private network"):
            await fetcher.fetch(f"http://{Worldwide.public}/away?url={site.url}/secret")
    assert site.asked == ["/skilt.html", "/away"]


async def test_a_certificate_must_be_for_the_name_in_the_address(tmp_path: Path) -> None:
    pem = certificate("localhost", tmp_path / "site.pem")
    trust = ssl.create_default_context(cafile=pem)
    async with running(pem) as site, httpx.AsyncClient(verify=trust, trust_env=False) as client:
        fetcher = Fetcher(client, allow_private=True, attempts=1, pace=Pace(0))
        named = site.url.replace("127.0.0.1", "localhost")
        assert (await fetcher.fetch(f"{named}/skilt.html")).content.decode() == PAGE
        with pytest.raises(FetchError, match="certificate"):
            await fetcher.fetch(f"{site.url}/skilt.html")
        plain = f"http://localhost:{httpx.URL(site.url).port}"
        with pytest.raises(FetchError, match="redirects from https to http"):
            await fetcher.fetch(f"{named}/away?url={plain}/skilt.html")


async def test_a_failure_that_passes_is_tried_again(site: Site, client: httpx.AsyncClient) -> None:
    site.failures["/skilt.html"] = [503, 429]
    assert (
        await Fetcher(client, allow_private=True, pace=Pace(0)).fetch(f"{site.url}/skilt.html")
    ).content.decode() == PAGE
    assert len(site.asked) == 3


async def test_a_failure_that_stays_is_told_after_three_tries(site: Site, client: httpx.AsyncClient) -> None:
    site.failures["/skilt.html"] = [503] * 9
    with pytest.raises(FetchError, match="answered 503; try again later"):
        await Fetcher(client, allow_private=True, pace=Pace(0)).fetch(f"{site.url}/skilt.html")
    assert len(site.asked) == 3


async def test_what_is_not_there_is_asked_for_once(site: Site, client: httpx.AsyncClient) -> None:
    with pytest.raises(FetchError, match="answered 404; check the address"):
        await Fetcher(client, allow_private=True, pace=Pace(0)).fetch(f"{site.url}/gone.html")
    assert site.asked == ["/gone.html"]


async def test_a_page_without_end_is_cut_off(site: Site, client: httpx.AsyncClient) -> None:
    with pytest.raises(FetchError, match="larger than 1 MB"):
        await Fetcher(client, allow_private=True, limit=1024 * 1024, pace=Pace(0)).fetch(f"{site.url}/flood")


async def test_a_slow_page_is_given_up(site: Site, client: httpx.AsyncClient) -> None:
    with pytest.raises(FetchError, match=r"longer than 0\.3 s"):
        await Fetcher(client, allow_private=True, timeout=0.3, pace=Pace(0)).fetch(f"{site.url}/slow")


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("http://finnes-ikke.invalid/", "there is no host finnes-ikke.invalid"),
        ("http://127.0.0.1:1/", "cannot be fetched"),
        ("ftp://k.no/a", "only http and https"),
        ("http://k.no:port/", "invalid address"),
        ("http://xn--a/", "invalid address"),
    ],
)
async def test_an_address_that_leads_nowhere_is_said_so(client: httpx.AsyncClient, address: str, expected: str) -> None:
    with pytest.raises(FetchError, match=expected):
        await Fetcher(client, allow_private=True, attempts=1, pace=Pace(0)).fetch(address)
