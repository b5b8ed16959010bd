"""What a page says to those who follow links."""

from __future__ import annotations

from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser

from ingest.addresses import normal
from ingest.fetching import Fetched
from ingest.fetching.fetcher import AGENT
from ingest.readers.html.nesting import limit_nesting

HTML = {"text/html", "application/xhtml+xml"}
_MOST_LINKS = 5000


@dataclass(frozen=True)
class Page:
    """Where a page leads to, each address once, and what it asks for. `canonical` is where it really stands."""

    links: tuple[str, ...]
    canonical: str | None
    is_indexed: bool
    is_followed: bool


def read_page(fetched: Fetched) -> Page:
    """What stands in the links and the head of a page, and in the server's headers. Blocking."""
    tree = LexborHTMLParser(limit_nesting(_text(fetched)))
    base_tag = tree.css_first("base[href]")
    base = normal(base_tag.attributes.get("href") or "", fetched.url) if base_tag else None
    found = (node.attributes for node in tree.css("a[href], area[href]"))
    hrefs = [each.get("href") or "" for each in found if "nofollow" not in (each.get("rel") or "").lower().split()]
    links = (normal(href, base or fetched.url) for href in hrefs[:_MOST_LINKS])
    canonical = tree.css_first('link[rel~="canonical" i][href]')
    wishes = _wishes(tree, fetched)
    return Page(
        links=tuple(dict.fromkeys(link for link in links if link)),
        canonical=normal(canonical.attributes.get("href") or "", base or fetched.url) if canonical else None,
        is_indexed=not wishes & {"noindex", "none"},
        is_followed=not wishes & {"nofollow", "none"},
    )


def _text(fetched: Fetched) -> str:
    try:
        return fetched.content.decode(fetched.charset or "utf-8", "replace")
    except LookupError:
        return fetched.content.decode("utf-8", "replace")


def _wishes(tree: LexborHTMLParser, fetched: Fetched) -> set[str]:
    wishes = [fetched.robots or ""]
    for meta in tree.css("meta[name][content]"):
        if (meta.attributes.get("name") or "").lower() in {"robots", AGENT.lower()}:
            wishes.append(meta.attributes.get("content") or "")
    # A server's wish for one robot is written "googlebot: noindex", and is none for us.
    return {wish.strip() for wish in ",".join(wishes).lower().replace(f"{AGENT.lower()}:", "").split(",")}
