from __future__ import annotations

import asyncio
import tarfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ingest.fetching import Fetched, Fetcher, FetchError, Pace
from ingest.finding import Finder, Place
from ingest.finding.archives import Archives, Limits
from ingest.sources import Source
from tests.peers.town_hall import TownHall, archive, opened

LAWS = {
    "nl/nl-19970613-044.xml": b"<html>aksjeloven</html>",
    "nl/nl-19990326-017.xml": b"<html>husleieloven</html>",
    "nl/nl-18140517-000.xml": b"<html>Grunnloven</html>",
    "sf/sf-20050608-0538.xml": b"<html>alkoholforskriften</html>",
    "nl/LESMEG.txt": b"x",
}


def source(folder: Path, *ids: str, **values: Any) -> Source:
    common = {"name": "Lover", "kind": "law", "audience": "public", "language": "nb", "folder": folder}
    return Source.model_validate({**common, "lovdata": ids, **values})


@pytest.fixture
async def hall() -> AsyncIterator[TownHall]:
    hall = TownHall()
    hall.put("/lover.tar.bz2", archive(LAWS), "application/x-bzip2")
    async with opened(hall) as open_hall:
        yield open_hall


@pytest.fixture
def fetcher(client: httpx.AsyncClient) -> Fetcher:
    return Fetcher(client, allow_private=True, attempts=1, pace=Pace(0))


async def told(place: Place) -> Fetched | str:
    try:
        return await place.fetch()
    except FetchError as error:
        return str(error)


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        (["LOV-1997-06-13-44"], {"lover/nl-19970613-044"}),
        (["LOV-1997-06-13-044"], {"lover/nl-19970613-044"}),
        (["LOV-1814-05-17"], {"lover/nl-18140517-000"}),
        (["FOR-2005-06-08-538"], {"lover/sf-20050608-0538"}),
        (["LOV-199*"], {"lover/nl-19970613-044", "lover/nl-19990326-017"}),
    ],
)
async def test_laws_are_picked_by_id(
    hall: TownHall, fetcher: Fetcher, tmp_path: Path, ids: list[str], expected: set[str]
) -> None:
    laws = source(tmp_path, *ids, archive=f"{hall.url}/lover.tar.bz2")
    found = {
        laws.document_id(place.location): await told(place) async for place in Finder(fetcher, tmp_path).find(laws)
    }
    assert found.keys() == expected
    assert all(isinstance(each, Fetched) for each in found.values())


async def test_a_law_comes_with_where_it_stands_in_the_archive_and_where_people_read_it(
    hall: TownHall, fetcher: Fetcher, tmp_path: Path
) -> None:
    address = f"{hall.url}/lover.tar.bz2"
    laws = source(tmp_path, "LOV-1997-06-13-44", "FOR-2005-06-08-538", archive=address)
    law, regulation = [await place.fetch() async for place in Finder(fetcher, tmp_path).find(laws)]
    assert (law.location, law.content) == (f"{address}#nl/nl-19970613-044.xml", LAWS["nl/nl-19970613-044.xml"])
    assert law.url == "https://lovdata.no/dokument/NL/lov/1997-06-13-44"
    assert regulation.url == "https://lovdata.no/dokument/SF/forskrift/2005-06-08-538"
    assert regulation.is_from_web


async def test_what_an_archive_does_not_hold_is_told(hall: TownHall, fetcher: Fetcher, tmp_path: Path) -> None:
    address = f"{hall.url}/lover.tar.bz2"
    absent = "LOV-2030-01-01-1"
    laws = source(tmp_path, "LOV-1997-06-13-44", absent, "FOR-19*", archive=address)
    places = [place async for place in Finder(fetcher, tmp_path).find(laws)]
    assert len({laws.document_id(place.location) for place in places}) == 3
    _, *missing = [await told(place) for place in places]
    told_of = [f"{id_}: is not held by {address}; correct the id, or take it out" for id_ in ("FOR-19*", absent)]
    assert missing == told_of


@pytest.mark.parametrize("members", [{}, {"nl/LESMEG.txt": b"x"}], ids=["nothing", "no law"])
async def test_an_archive_without_laws_tells_nothing_of_what_is_gone(
    fetcher: Fetcher, tmp_path: Path, members: dict[str, bytes]
) -> None:
    (tmp_path / "lover.tar").write_bytes(archive(members, packing=""))
    laws = source(tmp_path, "LOV-*", archive="lover.tar")
    with pytest.raises(FetchError, match=r"lover\.tar: holds no law or regulation"):
        assert [place async for place in Finder(fetcher, tmp_path / "cache").find(laws)]


async def test_an_archive_that_is_not_there_is_told(fetcher: Fetcher, tmp_path: Path) -> None:
    laws = source(tmp_path, "LOV-*", archive="borte.tar")
    with pytest.raises(FetchError, match=r"borte\.tar: is not there; correct the path"):
        assert [place async for place in Finder(fetcher, tmp_path / "cache").find(laws)]


@pytest.mark.parametrize("packing", ["bz2", "gz", "", "folder"])
async def test_an_archive_may_be_a_file_or_a_folder(fetcher: Fetcher, tmp_path: Path, packing: str) -> None:
    if packing == "folder":
        for name, content in LAWS.items():
            (tmp_path / "lover" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "lover" / name).write_bytes(content)
    else:
        (tmp_path / "lover").write_bytes(archive(LAWS, packing=packing))
    laws = source(tmp_path, "LOV-1999-03-26-17", archive="lover")
    (place,) = [place async for place in Finder(fetcher, tmp_path / "cache").find(laws)]
    assert place.location == f"{(tmp_path / 'lover').as_uri()}#nl/nl-19990326-017.xml"
    assert (await place.fetch()).content == LAWS["nl/nl-19990326-017.xml"]


async def test_an_archive_is_sent_again_only_where_it_changed(hall: TownHall, fetcher: Fetcher, tmp_path: Path) -> None:
    laws = source(tmp_path, "LOV-1997-06-13-44", archive=f"{hall.url}/lover.tar.bz2")

    async def text() -> bytes:
        # A new finder each time, as after a restart.
        (place,) = [place async for place in Finder(fetcher, tmp_path / "cache").find(laws)]
        return (await place.fetch()).content

    assert await text() == await text() == b"<html>aksjeloven</html>"
    assert ["if-none-match" in asked.headers for asked in hall.asked] == [False, True]
    hall.put("/lover.tar.bz2", archive({**LAWS, "nl/nl-19970613-044.xml": b"endret"}), "application/x-bzip2")
    assert await text() == b"endret"
    assert len([path for path in (tmp_path / "cache").rglob("*") if path.is_dir()]) == 2, "the old one is taken away"


async def test_an_archive_that_is_not_to_be_had_is_no_archive_without_laws(
    hall: TownHall, fetcher: Fetcher, tmp_path: Path
) -> None:
    laws = source(tmp_path, "LOV-1997-06-13-44", archive=f"{hall.url}/lover.tar.bz2")
    hall.fail("/lover.tar.bz2", 503, 1)
    with pytest.raises(FetchError, match="answered 503"):
        _ = [place async for place in Finder(fetcher, tmp_path).find(laws)]
    assert [place async for place in Finder(fetcher, tmp_path).find(laws)]


async def test_an_interrupted_archive_leaves_nothing_behind(hall: TownHall, fetcher: Fetcher, tmp_path: Path) -> None:
    whole = archive(LAWS)
    hall.put("/lover.tar.bz2", whole[: len(whole) // 2], "application/x-bzip2")
    with pytest.raises(FetchError, match="damaged"):
        await Archives(fetcher, tmp_path).unpacked(f"{hall.url}/lover.tar.bz2")
    assert files_in(tmp_path) == []


async def test_sources_may_take_from_an_archive_at_the_same_time(
    hall: TownHall, fetcher: Fetcher, tmp_path: Path
) -> None:
    finder = Finder(fetcher, tmp_path / "cache")

    async def text(id_: str) -> bytes:
        laws = source(tmp_path, id_, archive=f"{hall.url}/lover.tar.bz2")
        (place,) = [place async for place in finder.find(laws)]
        return (await place.fetch()).content

    texts = await asyncio.gather(*(text(id_) for id_ in ["LOV-1997-06-13-44", "LOV-1999-03-26-17"] * 4))
    assert texts == [LAWS["nl/nl-19970613-044.xml"], LAWS["nl/nl-19990326-017.xml"]] * 4
    assert ["if-none-match" in asked.headers for asked in hall.asked] == [False] + [True] * 7


def special(name: str, kind: bytes = tarfile.REGTYPE, link: str = "", size: int = 0) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, size
    return info


LAW = "nl/nl-19970613-044.xml"
HOSTILE = {
    "a link": (archive({}, special(LAW, tarfile.SYMTYPE, "/etc/passwd")), "no plain file"),
    "a hard link": (archive({}, special(LAW, tarfile.LNKTYPE, "../../x")), "no plain file"),
    "a device": (archive({}, special(LAW, tarfile.CHRTYPE)), "no plain file"),
    "a way out": (archive({"../nl-19970613-044.xml": b"x"}), "no plain file"),
    "from the root": (archive({"/nl/nl-19970613-044.xml": b"x"}), "no plain file"),
    "a large file": (archive({LAW: b"x" * 71_000}), "larger than"),
    "much in all": (archive({f"x/{number}": b"x" * 20_000 for number in range(9)}), "unpacks to more than"),
    "much beside": (archive({"x": b"0" * 200_000}), "unpacks to more than"),
    "many files": (archive({f"nl/nl-19970613-{number}.xml": b"" for number in range(12)}), "more than 10 files"),
    "a long header": (archive({}, special("x", tarfile.XHDTYPE, size=2**32)), "larger than"),
    "a long name": (archive({}, special("x", tarfile.GNUTYPE_LONGNAME, size=2**32)), "larger than"),
    "no archive": (b"<html>Logg inn</html>", "damaged"),
    "nothing": (b"", "damaged"),
    "broken packing": (b"BZh9" + b"x" * 100, "damaged"),
    "broken gzip": (archive(LAWS, packing="gz")[:-9], "damaged"),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_a_hostile_or_broken_archive_is_refused(fetcher: Fetcher, tmp_path: Path, case: str) -> None:
    content, expected = HOSTILE[case]
    (tmp_path / "a").write_bytes(content)
    archives = Archives(fetcher, tmp_path / "cache", Limits(member=70_000, total=150_000, members=10))
    with pytest.raises(FetchError, match=expected):
        await archives.unpacked(tmp_path / "a")
    assert files_in(tmp_path / "cache") == []


async def test_an_archive_is_downloaded_no_further_than_the_limit(
    hall: TownHall, fetcher: Fetcher, tmp_path: Path
) -> None:
    hall.put("/stor", b"x" * 100_000, "application/x-bzip2")
    with pytest.raises(FetchError, match="larger than"):
        await fetcher.download(f"{hall.url}/stor", tmp_path / "x", limit=50_000)
