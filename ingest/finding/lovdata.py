"""Picks laws and regulations out of Lovdata's archives, by their ids."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from ingest.fetching import Fetched, Fetcher, FetchError
from ingest.finding.archives import MEMBER, Archives
from ingest.finding.place import Place, failing
from ingest.sources import Location, Source

_KINDS = {
    "nl": ("LOV", "https://lovdata.no/dokument/NL/lov/"),
    "sf": ("FOR", "https://lovdata.no/dokument/SF/forskrift/"),
}


@dataclass(frozen=True)
class _Law:
    """A file of an archive: nl-19970613-044.xml is LOV-1997-06-13-44."""

    file: Path

    @property
    def kind(self) -> str:
        return self.file.name[:2]

    @property
    def date_and_number(self) -> str:
        _, date, number = self.file.stem.split("-")
        # The oldest have no number.
        return "-".join((date[:4], date[4:6], date[6:], *([str(int(number))] if int(number) else [])))

    @property
    def id(self) -> str:
        return f"{_KINDS[self.kind][0]}-{self.date_and_number}"

    @property
    def url(self) -> str:
        """Where people read it."""
        return f"{_KINDS[self.kind][1]}{self.date_and_number}"


class Laws:
    """Finds what sources name by `lovdata`."""

    def __init__(self, fetcher: Fetcher, archives: Archives) -> None:
        self._fetcher = fetcher
        self._archives = archives

    async def places(self, source: Source) -> AsyncIterator[Place]:
        """The laws and regulations that are named, and a place that fails for each that isn't held.

        Raises FetchError where an archive can't be had, or holds none at all.
        """
        missing = set(source.lovdata or ())
        for archive in source.archives:
            folder = await self._archives.unpacked(archive)
            laws = await asyncio.to_thread(_laws, folder)
            if not laws:
                raise FetchError(f"{archive}: holds no law or regulation; see to what it is, or name another archive")
            for law in laws:
                fitting = {wanted for wanted in source.lovdata or () if fnmatchcase(law.id, _number_plain(wanted))}
                missing -= fitting
                if fitting:
                    location = _member(archive, f"{law.kind}/{law.file.name}")
                    yield Place(location, functools.partial(self._fetch, law, location))
        for wanted in sorted(missing):
            held = " and ".join(map(str, source.archives))
            location = _member(source.archives[-1], wanted)
            yield failing(location, FetchError(f"{wanted}: is not held by {held}; correct the id, or take it out"))

    async def _fetch(self, law: _Law, location: str) -> Fetched:
        fetched = await self._fetcher.fetch(law.file)
        return replace(fetched, location=location, url=law.url, media_type="application/xml")


def _laws(folder: Path) -> list[_Law]:
    files = (file for file in folder.rglob("*.xml") if MEMBER.fullmatch(file.name) and file.is_file())
    return [_Law(file) for file in sorted(files, key=lambda file: file.name)]


def _number_plain(wanted: str) -> str:
    """The id with its number as it is said: 044 is 44."""
    head, _, number = wanted.rpartition("-")
    return f"{head}-{int(number)}" if number.isdigit() and wanted.count("-") == 4 else wanted


def _member(archive: Location, name: str) -> str:
    return f"{archive.as_uri() if isinstance(archive, Path) else archive}#{name}"
