"""The pages of the web meeting place: their addresses are made for links, and read where somebody shares one."""

from __future__ import annotations

import html
from urllib.parse import parse_qs, quote, unquote, urlsplit

from pydantic import BaseModel, ConfigDict


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class SourceLink(_Value):
    """Leads to a document, perhaps to a section of it, perhaps with words to be marked there."""

    document: str
    section: str = ""
    words: str = ""


class StrategiesLink(_Value):
    """Leads to the strategies of the plan, or to those that a search finds."""

    sought: str = ""


class CaseLink(_Value):
    """Leads to a case."""

    case: str


Link = SourceLink | StrategiesLink | CaseLink


class Pages:
    """Knows where things are in the web meeting place."""

    def __init__(self, public_url: str) -> None:
        self._root = public_url
        self._host = _place(public_url)

    def source(self, document: str, section: str = "") -> str:
        """A document, or a section of it."""
        return f"{self._root}/kilde/{quote(document)}" + (f"#{quote(section)}" if section else "")

    def case(self, case: str) -> str:
        """A case."""
        return f"{self._root}/saker/{quote(case)}"

    @property
    def cases(self) -> str:
        """The officers' queue."""
        return f"{self._root}/saker"

    @property
    def sources(self) -> str:
        """The sources, and what has changed in them."""
        return f"{self._root}/kilder"

    @property
    def strategies(self) -> str:
        """The strategies of the plan."""
        return f"{self._root}/strategier"

    def read(self, address: str) -> Link | None:
        """What the address leads to; None where it is none of ours, or nothing that can be previewed."""
        try:
            parts = urlsplit(html.unescape(address))
        except ValueError:  # brackets that are no IPv6 address
            return None
        scheme, host, root = self._host
        if (parts.scheme, parts.netloc.lower()) != (scheme, host) or not parts.path.startswith(f"{root}/"):
            return None
        page, _, name = unquote(parts.path.removeprefix(f"{root}/")).strip("/").partition("/")
        words = parse_qs(parts.query).get("q", [""])[0]
        match page, name:
            case "kilde", str(document) if document:
                return SourceLink(document=document, section=unquote(parts.fragment), words=words)
            case "strategier", "":
                return StrategiesLink(sought=words[:200])
            case "saker", str(case) if case and "/" not in case:
                return CaseLink(case=case)
        return None


def _place(address: str) -> tuple[str, str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc.lower(), parts.path.rstrip("/")
