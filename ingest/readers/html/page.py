"""What a web page says about itself: its title, language, dates, and where on the site it stands."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import TypeAdapter
from selectolax.lexbor import LexborHTMLParser

from ingest.readers.dates import Dates, date_in
from ingest.readers.html.surroundings import label
from ingest.readers.reading import one_line

_PUBLISHED = (
    *("article:published_time", "datepublished", "dcterms.issued", "dcterms.created", "dc.date", "dc.date.created"),
    *("date", "publishdate"),
)
_CHANGED = (
    *("article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified"),
    *("last-modified", "revised"),
)
_SEPARATOR = re.compile(r"\s+[-–—|•·»:]+\s+")
_SITE = re.compile(r"\b(?:fylkes)?kommunen?$|^kommunen?\b|\bbydel\b|municipality\b|^city of\b", re.I)
_CRUMBS = (
    "nav[aria-label*='rødsmule' i], nav[aria-label*='breadcrumb' i], [class*='breadcrumb' i], [id*='breadcrumb' i],"
    " [class*='brodsmule' i], [aria-label*='rødsmule' i]"
)
_STEP = re.compile(r"\s*[»›>/|→]\s*")
_HOME = re.compile(r"(?:du er her:?\s*)?(?:forsid[ea]n?|hjem|heim|heimesid[ea]|start(?:sid[ea]n?)?|home|)", re.I)
_MOST_STEPS = 8
_DEEPEST = 10
_NORWEGIAN = re.compile(r"\b(?:og|er|som|det|du|av|på|til|må)\b", re.I)
_ENGLISH = re.compile(r"\b(?:the|and|of|is|to|you|in|for)\b", re.I)

_JSON = TypeAdapter(Any)
"""Unlike Python's own, refuses half a character ("\\ud800") and what is nested too deeply."""


class Page:
    """What can be read off a page besides its content."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self._tree = tree
        self._data = list(_data(tree))
        self._meta = dict(self._named_values())

    def title(self, heading: str) -> str:
        """The main heading, else what the page is called elsewhere, without the site's name; empty without any."""
        named = self._tree.css_first("head title, title")
        candidates = (heading, self._meta.get("og:title", ""), label(named) if named else "")
        return next((self._without_site(title) for title in map(one_line, candidates) if title), "")

    def language(self, default: str, text: str) -> str:
        """The page's language. "no" says nothing of which, and "en" is often a template's: then it is the source's."""
        root = self._tree.root
        code = ((root.attributes.get("lang") if root else "") or "").lower().partition("-")[0]
        is_of_template = code == "en" and len(_NORWEGIAN.findall(text)) > len(_ENGLISH.findall(text))
        return code if re.fullmatch("[a-z]{2,3}", code) and code != "no" and not is_of_template else default

    def breadcrumbs(self, title: str) -> tuple[str, ...]:
        """The pages above this one, outermost first, without the first page and this one itself."""
        steps = list(self._steps())[:_MOST_STEPS]
        return tuple(step for step in steps if not _HOME.fullmatch(step) and step.lower() != title.lower())

    def published(self, dates: Dates) -> dt.date | None:
        """What people read on the page, else what it tells machines."""
        return dates.get("published") or self._date(_PUBLISHED)

    def changed(self, dates: Dates) -> dt.date | None:
        """What people read on the page, else what it tells machines."""
        return dates.get("changed") or self._date(_CHANGED)

    def _date(self, names: tuple[str, ...]) -> dt.date | None:
        return next(filter(None, (date_in(self._meta.get(name, "")) for name in names)), None)

    def _named_values(self) -> Iterator[tuple[str, str]]:
        for node in self._data:
            for name, value in node.items():
                if isinstance(value, str):
                    yield name.lower(), value
        for meta in self._tree.css("meta[content]"):
            called = meta.attributes.get("property") or meta.attributes.get("name") or meta.attributes.get("itemprop")
            if called:
                yield called.lower(), meta.attributes.get("content") or ""
        for time in self._tree.css("time[itemprop][datetime]"):
            yield (time.attributes.get("itemprop") or "").lower(), time.attributes.get("datetime") or ""

    def _without_site(self, title: str) -> str:
        parts = _SEPARATOR.split(title)
        names = {self._meta.get("og:site_name", "").lower(), ""}
        own = [part for part in parts if part.lower() not in names and not _SITE.search(part)]
        if len(own) == len(parts) or not own:
            return title
        is_first = parts[0] != own[0]
        # What stands between is kept as it is written.
        return title.partition(own[0])[1] + title.partition(own[0])[2] if is_first else _cut(title, parts, len(own))

    def _steps(self) -> Iterator[str]:
        for node in self._data:
            if node.get("@type") == "BreadcrumbList" and isinstance(node.get("itemListElement"), list):
                yield from _listed(node["itemListElement"])
                return
        trail = self._tree.css_first(_CRUMBS)
        if trail is None:
            return
        items = trail.css("li") or []
        texts = map(label, items) if items else _STEP.split(label(trail))
        yield from (text for text in (_STEP.sub(" ", text).strip() for text in texts) if text)


def _cut(title: str, parts: list[str], keep: int) -> str:
    return title[: title.rindex(parts[keep])].rstrip(" -–—|•·»:") if keep < len(parts) else title


def _listed(items: list[Any]) -> Iterator[str]:
    found: list[tuple[int, str]] = []
    for item in items:
        if isinstance(item, dict):
            inner = item.get("item")
            name = item.get("name") or (inner.get("name") if isinstance(inner, dict) else "")
            position = item.get("position")
            found.append((position if isinstance(position, int) else len(found), one_line(str(name or ""))))
    yield from (name for _, name in sorted(found) if name)


def _data(tree: LexborHTMLParser) -> Iterator[Mapping[str, Any]]:
    for script in tree.css("script[type='application/ld+json']"):
        try:
            roots = [_JSON.validate_json(script.text())]
        except ValueError:
            continue
        for _ in range(_DEEPEST):
            nested: list[Any] = []
            for value in roots:
                if isinstance(value, dict):
                    yield value
                    nested += value.values()
                elif isinstance(value, list):
                    nested += value
            roots = nested
