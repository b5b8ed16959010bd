"""Lists of pages that sites publish: sitemaps and feeds."""

from __future__ import annotations

import asyncio
import io
from xml.etree.ElementTree import Element, ParseError

import feedparser
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ingest.addresses import host_of, key_of, normal
from ingest.fetching import Fetched, Fetcher, FetchError
from ingest.fetching.fetcher import SIZE_LIMIT
from ingest.fetching.unpacking import gunzip, too_large

_MOST_SITEMAPS = 100
_LARGEST_FEED = 1024 * 1024
"""Made to be slow, one of this size takes seconds to parse."""
_MOST_ADDRESSES = 50_000
"""Of one sitemap, as sitemaps.org has it."""


async def listed_in_sitemap(fetcher: Fetcher, address: str) -> list[str]:
    """The addresses of the same host in a sitemap, or in all sitemaps of an index, each once.

    Raises FetchError where one of them can't be had or understood.
    """
    waiting, seen, host = [address], {key_of(address)}, host_of(address)
    found: dict[str, None] = {}
    while waiting:
        fetched = await fetcher.fetch(waiting.pop(0))
        sitemaps, pages = await asyncio.to_thread(_read_sitemap, fetched, host)
        found |= dict.fromkeys(pages)
        for sitemap in sitemaps:
            if key_of(sitemap) not in seen:
                seen.add(key_of(sitemap))
                waiting.append(sitemap)
        if len(seen) > _MOST_SITEMAPS:
            raise FetchError(f"{address}: leads to more than {_MOST_SITEMAPS} sitemaps; name one of them instead")
    return list(found)


async def listed_in_feed(fetcher: Fetcher, address: str) -> list[str]:
    """The addresses of the entries of a feed, in its order.

    Raises FetchError where it can't be had or understood, or has none: nobody means to take all pages out so.
    """
    fetched = await fetcher.fetch(address)
    return await asyncio.to_thread(_read_feed, fetched)


def _read_sitemap(fetched: Fetched, host: str) -> tuple[list[str], list[str]]:
    try:
        root = fromstring(gunzip(fetched.content, str(fetched.location), SIZE_LIMIT), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise FetchError(f"{fetched.location}: is no sitemap ({error}); give the address of its XML") from error
    match _name(root):
        case "sitemapindex":
            return _addresses(root, "sitemap", fetched.url, host), []
        case "urlset":
            return [], _addresses(root, "url", fetched.url, host)
        case other:
            what = f"is no sitemap but <{other[:40]}>"
            raise FetchError(f"{fetched.location}: {what}; give the address of a <urlset> or <sitemapindex>")


def _addresses(root: Element, name: str, base: str, host: str) -> list[str]:
    entries = [child for child in root if _name(child) == name][:_MOST_ADDRESSES]
    written = (child.text or "" for entry in entries for child in entry if _name(child) == "loc")
    return [address for text in written if (address := normal(text, base)) and host_of(address) == host]


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _read_feed(fetched: Fetched) -> list[str]:
    if len(fetched.content) > _LARGEST_FEED:
        raise too_large(str(fetched.location), _LARGEST_FEED)
    # As a file, because what looks like an address would be fetched.
    feed = feedparser.parse(io.BytesIO(fetched.content), sanitize_html=False, resolve_relative_uris=False)
    if not feed.get("version"):
        reason = feed.get("bozo_exception", "there is neither <rss> nor <feed> in it")
        raise FetchError(f"{fetched.location}: is no feed ({reason}); give the address of an RSS or Atom feed")
    links = (normal(entry.get("link", ""), fetched.url) for entry in feed.entries if entry.get("link"))
    entries = list(dict.fromkeys(link for link in links if link))
    if not entries:
        raise FetchError(f"{fetched.location}: leads to no page; if the feed is no longer used, take the source out")
    return entries
