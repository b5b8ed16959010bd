"""Names of documents that were found rather than listed, for their ids."""

from __future__ import annotations

import hashlib
import re
from urllib.parse import unquote

from ingest.addresses import key_of
from knowledge.slugs import slug

_LONGEST = 120
_MEMBER = re.compile(r"#(?:(nl|sf)/)?((?:nl|sf)-\d{8}-\d+)\.xml$")


def name_of_page(address: str, home: str) -> str:
    """The path of a page as slugs; with its host in front where that isn't `home`.

    A hash is added wherever the slugs do not tell which address it was, so that no two pages have the same name.
    """
    key = key_of(address)
    hosts = () if key.host == home else (key.host,)
    path = key.path.removeprefix("/")
    slugs = [slug(unquote(part)) for part in (*hosts, *(path.split("/") if path else (key.host,)))]
    name = "/".join(filter(None, slugs))[:_LONGEST].rstrip("/-")
    return name if name == path and not key.query else _with_hash(name, "\n".join(key))


def name_of_member(location: str) -> str:
    """The name of a law or regulation in an archive: "nl-19970613-044"."""
    found = _MEMBER.search(location)
    if found and (found[1] or found[2][:2]) == found[2][:2]:
        return found[2]
    member = location.partition("#")[2]
    return _with_hash(slug(member)[:_LONGEST], member)


def short_hash(text: str) -> str:
    """What tells one name from another that reads the same."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _with_hash(name: str, whole: str) -> str:
    return "-".join(filter(None, (name, short_hash(whole))))
