"""Web addresses: two ways to write the same one are told to be the same."""

from __future__ import annotations

import re
from typing import NamedTuple

import httpx

_TRASH = re.compile(
    r"^(utm_.*|mtm_.*|pk_.*|fbclid|gclid|dclid|msclkid|yclid|igshid|mc_[ce]id|_g[al]|_hs(enc|mi)"
    r"|phpsessid|jsessionid|aspsessionid.*)$",
    re.I,
)
"""What is added to addresses to follow people around."""
_ESCAPED = re.compile(r"%([0-9a-fA-F]{2})")
_LONGEST = 2000


class Key(NamedTuple):
    """What makes two addresses the same document, whether http or https, with `www.` and a slash at the end or not."""

    host: str
    path: str
    query: str


def normal(address: str, base: str = "") -> str | None:
    """The one way to write an address that stands in a page found at `base`; None where it is none to follow.

    Without fragment, default port, and what only follows people around.
    """
    try:
        url = httpx.URL(base).join(address.strip()).copy_with(fragment=None)
        host = url.host  # Only now is it found out whether "xn--..." stands for anything.
    except (httpx.InvalidURL, ValueError):
        return None
    if url.scheme not in {"http", "https"} or not host or url.userinfo or len(str(url)) > _LONGEST:
        return None
    path, _, query = _ESCAPED.sub(_unescape, url.raw_path.decode("ascii")).partition("?")
    kept = [part for part in query.split("&") if part and not _TRASH.match(part.partition("=")[0])]
    return str(url.copy_with(raw_path="?".join([path, "&".join(kept)] if kept else [path]).encode("ascii")))


def key_of(address: str) -> Key:
    """What the document at that address is told apart by. Raises ValueError where it is no address."""
    written = normal(address)
    if written is None:
        raise ValueError(f"{address!r} is no web address")
    url = httpx.URL(written)
    path, _, query = url.raw_path.decode("ascii").partition("?")
    return Key(host_of(written), path.rstrip("/"), "&".join(sorted(query.split("&"))))


def host_of(address: str) -> str:
    """The host, with its port where that is unusual and without `www.`."""
    return httpx.URL(address).netloc.decode("ascii").removeprefix("www.")


def _unescape(found: re.Match[str]) -> str:
    character = chr(int(found[1], 16))
    plain = character.isascii() and (character.isalnum() or character in "-._~")
    return character if plain else found[0].upper()
