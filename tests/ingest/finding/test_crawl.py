from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.fetching import Fetcher, FetchError, Pace
from ingest.finding import Finder
from tests.ingest.finding.looking import Find, source
from tests.peers.town_hall import PDF, TownHall, Worldwide


async def test_a_site_is_what_its_links_lead_to(hall: TownHall, find: Find) -> None:
    found = await find(site="/")
    reason = found.pop("/intern/lonn")
    assert "robots.txt keeps it" in reason
    assert "ask the owner" in reason
    assert found.pop("/").startswith("nett/127-0-0-1-")
    assert found.pop("/naering/").startswith("nett/naering")
    assert found == {
        "/om": "nett/om",
        "/naering/skjenking": "nett/naering/skjenking",
        "/naering/skilt": "nett/naering/skilt",
    }


async def test_no_page_is_asked_for_twice_and_none_that_is_not_allowed(hall: TownHall, find: Find) -> None:
    await find(site="/", depth=5)
    assert sorted(hall.paths) == sorted(set(hall.paths))
    assert not {"/intern/lonn", "/bilde.png", "/vedlegg/skjema.pdf"} & set(hall.paths)
    assert len([asked for asked in hall.asked if asked.path == "/robots.txt"]) == 1


DEEP = {f"/naering/skjenking{end}" for end in ("", "/gebyr", "/gebyr/dypt")}
NEAR = {"/naering/", "/naering/skjenking", "/naering/skilt"}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"depth": 0}, {"/naering/"}),
        ({"depth": 1}, NEAR),
        ({"depth": 2, "exclude": ["/naering/skilt"]}, {"/naering/", "/naering/skjenking", "/naering/skjenking/gebyr"}),
        ({"depth": 3, "include": ["/naering/skjenking/*"]}, DEEP),
        ({"depth": 1, "attachments": True}, {*NEAR, "/vedlegg/skjema.pdf"}),
    ],
)  # fmt: skip
async def test_depth_patterns_and_attachments_say_how_much_is_found(
    find: Find, values: dict[str, Any], expected: set[str]
) -> None:
    assert (await find(site="/naering/", **values)).keys() == expected


async def test_a_page_that_is_not_to_be_indexed_still_leads_on(hall: TownHall, find: Find) -> None:
    hall.publish("/a/", "b", "d", headers={"X-Robots-Tag": "noindex"})
    hall.publish("/a/b", "c", head='<meta name="robots" content="nofollow">')
    hall.publish("/a/c")
    hall.publish("/a/d", 'e" rel="nofollow')
    hall.publish("/a/e")
    assert (await find(site="/a/")).keys() == {"/a/b", "/a/d"}


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("noindex", {"/a/b"}),
        ("max-snippet:5, NONE", set()),
        ("moteplassen: noindex", {"/a/b"}),
        ("googlebot: noindex", {"/a/", "/a/b"}),
        ("nofollow", {"/a/"}),
    ],
)
async def test_the_wishes_of_a_server_are_heeded(hall: TownHall, find: Find, wish: str, expected: set[str]) -> None:
    hall.publish("/a/", "b", headers={"X-Robots-Tag": wish})
    hall.publish("/a/b")
    assert (await find(site="/a/")).keys() - {"error"} == expected


@pytest.mark.parametrize("first", ["a", "b"])
async def test_pages_that_each_call_the_other_canonical_are_brought_in_once(
    hall: TownHall, find: Find, first: str
) -> None:
    other = "b" if first == "a" else "a"
    hall.publish("/x/", first, other, head='<meta name="robots" content="noindex">')
    hall.publish("/x/a", head='<link rel="canonical" href="b">')
    hall.publish("/x/b", head='<link rel="canonical" href="a">')
    assert len(await find(site="/x/")) == 1


async def test_a_page_whose_canonical_is_not_there_is_brought_in(hall: TownHall, find: Find) -> None:
    hall.publish("/x/", head='<link rel="canonical" href="/borte">')
    assert (await find(site="/x/")).keys() == {"/x/"}


async def test_what_moved_is_found_once_and_where_it_is_now(hall: TownHall, find: Find) -> None:
    hall.publish("/x/", "gammel", "ny", "ut", "hemmelig")
    hall.moved |= {"/x/gammel": "/x/ny", "/x/ut": f"{hall.url}/x/ny".replace("127.0.0.1", "localhost")}
    hall.moved["/x/hemmelig"] = "/intern/lonn"
    hall.publish("/x/ny")
    found = await find(site="/x/")
    assert found.keys() == {"/x/", "/x/ny", "/x/hemmelig"}
    assert "robots.txt" in found["/x/hemmelig"]


async def test_a_calendar_without_end_stops_at_the_limit_and_is_told(hall: TownHall, find: Find) -> None:
    for day in range(40):
        hall.publish(f"/kalender?dag={day}", *(f"/kalender?dag={(day + step) % 40}" for step in (1, 2, 3)))
    found = await find(site="/kalender?dag=0", depth=5, limit=7)
    error = found.pop("error")
    assert "beyond the limit of 7 pages" in error
    assert "exclude" in error
    assert (len(found), len(hall.paths), len(set(found.values()))) == (7, 7, 7)


@pytest.mark.parametrize(
    ("path", "status", "expected"),
    [
        ("/naering/skjenking", 503, "answered 503"),
        *(("/naering/skilt", s, f"answered {s}") for s in (401, 403, 500, 520)),
    ],
)
async def test_a_page_that_fails_leaves_open_what_there_is(
    hall: TownHall, find: Find, path: str, status: int, expected: str
) -> None:
    hall.fail(path, status)
    found = await find(site="/naering/")
    assert expected in found[path]
    assert "not all that they lead to is known" in found["error"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [(404, None), (403, None), (429, "without robots.txt"), (500, "without robots.txt"), (503, "without robots.txt")],
)
async def test_without_its_robots_txt_a_site_is_crawled_only_if_it_has_none(
    hall: TownHall, find: Find, status: int, expected: str | None
) -> None:
    hall.fail("/robots.txt", status)
    found = await find(site="/naering/")
    assert (expected in found["error"] and len(found) == 1) if expected else "error" not in found


@pytest.mark.parametrize(
    ("robots", "expected"),
    [
        ("User-agent: *\nDisallow: /", "robots.txt keeps it"),
        ("User-agent: moteplassen\nDisallow: /naering", "robots.txt keeps it"),
        ("User-agent: *\nCrawl-delay: 86400", "asks for 86400 s"),
    ],
)
async def test_a_site_that_does_not_want_it_is_not_crawled(
    hall: TownHall, find: Find, robots: str, expected: str
) -> None:
    hall.put("/robots.txt", robots.encode(), "text/plain")
    assert expected in (await find(site="/naering/"))["error"]
    assert hall.paths == []


async def test_a_site_that_allows_us_and_nobody_else_is_crawled(hall: TownHall, find: Find) -> None:
    hall.put("/robots.txt", b"User-agent: *\nDisallow: /\n\nUser-agent: Moteplassen\nAllow: /", "text/plain")
    assert "error" not in await find(site="/naering/")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"site": "/finnes-ikke"}, "answered 404"),
        ({"site": "/om", "include": ["/x"]}, "leads to no page"),
        ({"site": "/naering/utkast"}, "leads to no page"),
        ({"site": "/bort"}, "another host; write that address"),
    ],
)
async def test_a_start_that_leads_nowhere_is_told(
    hall: TownHall, find: Find, values: dict[str, Any], expected: str
) -> None:
    hall.moved["/bort"] = f"{hall.url}/om".replace("127.0.0.1", "localhost")
    assert expected in (await find(**values))["error"]


async def test_a_file_without_a_telling_name_is_known_by_its_type(hall: TownHall, find: Find) -> None:
    hall.publish("/x/", "/last-ned/1", "/last-ned/2")
    hall.put("/last-ned/1", b"%PDF-", PDF)
    hall.put("/last-ned/2", b"PK", "application/zip")
    assert (await find(site="/x/", attachments=True)).keys() == {"/x/", "/last-ned/1"}
    assert (await find(site="/x/")).keys() == {"/x/"}


@pytest.mark.parametrize("status", [404, 410])
async def test_a_page_that_is_gone_leaves_nothing_open(hall: TownHall, find: Find, status: int) -> None:
    hall.fail("/naering/skjenking", status)
    assert (await find(site="/naering/")).keys() == {"/naering/", "/naering/skilt"}


async def test_an_attachment_of_another_host_is_not_brought_in_as_ones_own(hall: TownHall, find: Find) -> None:
    hall.publish("/x/", "ute.pdf", "flyttet.pdf", "hemmelig.pdf")
    hall.put("/y.pdf", b"%PDF-", PDF)
    hall.moved["/x/ute.pdf"] = f"{hall.url}/y.pdf".replace("127.0.0.1", "localhost")
    hall.moved |= {"/x/flyttet.pdf": "/y.pdf", "/x/hemmelig.pdf": "/intern/lonn"}
    found = await find(site="/x/", attachments=True)
    assert "another host" in found["/x/ute.pdf"]
    assert "robots.txt keeps it" in found["/x/hemmelig.pdf"]
    assert found["/x/flyttet.pdf"].startswith("nett/x/flyttet-pdf-")


async def test_addresses_that_are_none_are_not_followed(hall: TownHall, find: Find) -> None:
    hall.publish("/x/", "https://xn--a/x", "b", head='<link rel="canonical" href="https://xn--a/">')
    hall.publish("/x/b", head='<base href="https://xn--a/">')
    assert (await find(site="/x/")).keys() == {"/x/", "/x/b"}


async def test_a_page_nested_without_end_holds_nobody_up(hall: TownHall, find: Find) -> None:
    hall.put("/x/", b"<a href='b'>" + b"<div>" * 200_000, "text/html")
    hall.publish("/x/b")
    start = time.perf_counter()
    assert (await find(site="/x/")).keys() == {"/x/", "/x/b"}
    assert time.perf_counter() - start < 10


async def test_a_crawl_is_not_led_into_the_private_network(hall: TownHall, tmp_path: Path) -> None:
    hall.publish("/x/", "ut", f"{hall.url}/intern")
    hall.moved["/x/ut"] = f"{hall.url}/om"
    async with httpx.AsyncClient(transport=Worldwide(hall.url)) as client:
        finder = Finder(Fetcher(client, pace=Pace(0)), tmp_path)
        site = source(tmp_path, site=f"http://{Worldwide.public}/x/", depth=1)
        places = [place async for place in finder.find(site)]
        assert [str(place.location).rpartition("/x/")[2] for place in places] == ["", "ut"]
        with pytest.raises(FetchError, match="private network"):
            await places[1].fetch()
    assert hall.paths == ["/x/", "/x/ut"]


async def test_a_site_sets_its_own_pace(hall: TownHall, client: httpx.AsyncClient, tmp_path: Path) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(round(seconds, 3))

    hall.put("/robots.txt", b"User-agent: *\nCrawl-delay: 7", "text/plain")
    fetcher = Fetcher(client, allow_private=True, pace=Pace(0.5, clock=lambda: 0.0, sleep=sleep))
    assert [place async for place in Finder(fetcher, tmp_path).find(source(tmp_path, site=f"{hall.url}/om", depth=1))]
    assert slept == [0.5] + [7.0] * (len(hall.paths) - 1)
