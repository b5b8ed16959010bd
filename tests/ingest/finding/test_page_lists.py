from __future__ import annotations

import gzip

import pytest

from tests.ingest.finding.looking import Find
from tests.peers.town_hall import TownHall, rss, sitemap


async def test_sitemaps_of_an_index_are_read_packed_or_not(hall: TownHall, find: Find) -> None:
    pages = [f"{hall.url}{path}" for path in ("/om", "/naering/skilt", "/naering/skjenking?utm_campaign=x", "/borte")]
    hall.put("/kart.xml", sitemap(f"{hall.url}/1.xml.gz", f"{hall.url}/2.xml", index=True), "text/xml")
    hall.put("/1.xml.gz", gzip.compress(sitemap(*pages)), "application/gzip")
    hall.put("/2.xml", sitemap(f"{hall.url}/intern/lonn", "https://nav.no/x", f"{hall.url}/om#a"), "text/xml")
    found = await find(sitemap="/kart.xml", exclude=["/naering/skilt"])
    assert "robots.txt keeps it" in found.pop("/intern/lonn")
    assert found == {"/om": "nett/om", "/naering/skjenking": "nett/naering/skjenking"}


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<html><body>", "is no sitemap"),
        (b"<html></html>", "no sitemap but <html>"),
        (BOMB, "is no sitemap"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><urlset/>', "is no sitemap"),
        (b"\x1f\x8b\x08 broken", "packed"),
        (b"", "is no sitemap"),
        (sitemap(), "leads to no page"),
        (sitemap("https://xn--a/"), "leads to no page"),
    ],
    ids=["html", "xhtml", "entities", "external", "broken gzip", "nothing", "empty", "no address"],
)
async def test_what_is_no_sitemap_is_told(hall: TownHall, find: Find, content: bytes, expected: str) -> None:
    hall.put("/kart.xml", content, "text/xml")
    assert expected in (await find(sitemap="/kart.xml"))["error"]


async def test_a_sitemap_with_a_part_that_fails_tells_nothing_of_what_is_gone(hall: TownHall, find: Find) -> None:
    hall.put("/kart.xml", sitemap(f"{hall.url}/1.xml", index=True), "text/xml")
    assert "answered 404" in (await find(sitemap="/kart.xml"))["error"]


async def test_the_newest_entries_of_a_feed_are_found(hall: TownHall, find: Find) -> None:
    hall.put("/rss", rss("/om", "/naering/skilt", "javascript:alert(1)", "/naering/skjenking"), "application/rss+xml")
    assert (await find(feed="/rss", limit=2)).keys() == {"/om", "/naering/skilt"}


async def test_what_looks_like_an_address_is_no_feed_from_there(hall: TownHall, find: Find) -> None:
    hall.put("/ekte", rss("/om"), "application/rss+xml")
    hall.put("/rss", f"{hall.url}/ekte".encode(), "application/rss+xml")
    assert "is no feed" in (await find(feed="/rss"))["error"]
    assert hall.paths == ["/rss"]


@pytest.mark.parametrize("content", [b"<html>", b"", b"\xff\xfe\0"])
async def test_what_is_no_feed_is_told(hall: TownHall, find: Find, content: bytes) -> None:
    hall.put("/rss", content, "application/rss+xml")
    assert "is no feed" in (await find(feed="/rss"))["error"]


@pytest.mark.parametrize("links", [(), ("https://xn--a/",)], ids=["no entries", "no address"])
async def test_a_feed_with_nothing_in_it_tells_nothing_of_what_is_gone(
    hall: TownHall, find: Find, links: tuple[str, ...]
) -> None:
    hall.put("/rss", rss(*links), "application/rss+xml")
    assert "leads to no page" in (await find(feed="/rss"))["error"]


async def test_a_feed_of_which_nothing_is_wanted_is_no_mistake(hall: TownHall, find: Find) -> None:
    hall.put("/rss", rss("/om"), "application/rss+xml")
    assert await find(feed="/rss", include=["/naering/*"]) == {}


async def test_a_feed_that_would_take_minutes_to_read_is_refused(hall: TownHall, find: Find) -> None:
    hall.put("/rss", b"<rss version='2.0'><channel><item><title>" + b"<" * 10_000_000, "application/rss+xml")
    assert "larger than 1 MB" in (await find(feed="/rss"))["error"]
