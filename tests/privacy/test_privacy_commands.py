"""`privacy`, `backup` and `restore` as an operator uses them, on both kinds of databases."""

from __future__ import annotations

import asyncio
import json
import stat
import tarfile
import tempfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command

from bot.database import Database
from bot.migrations import configuration, is_newest
from tests.databases import KINDS, Databases
from tests.privacy.test_erasing import DEEDS, holding, lived
from tests.privacy.world import Human, World, dump
from tests.town import moteplassen

OLA, LINH = Human(100, "web"), Human(102, "slack")


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """Where an office works, and where another could: the settings of both."""
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "session-secret").write_text("hemmelig")
    file = tmp_path / "data" / "m.db"
    async with databases.ready(request.param, file) as address, databases.blank(request.param) as other:
        database = Database(address)
        await lived(database, [(deed, human) for human in (OLA, LINH) for deed in (*DEEDS, "ask", "forward")])
        await database.close()
        yield {"address": address, "other": other, "data": tmp_path / "data", "backup": tmp_path / "kopi.tar"}


async def said(place: dict[str, Any], *words: str | Path, status: int = 0, where: str = "address", **more: Any) -> str:
    result = await asyncio.to_thread(
        moteplassen, *words, "--data-dir", place["data"], DATABASE_URL=place[where], **more
    )
    assert result.exit_code == status, result.output
    return result.output


async def held(address: str, human: Human) -> dict[str, list[str]]:
    database = Database(address)
    found = holding(await dump(database), human.tokens)
    await database.close()
    return found


async def test_who_is_erased_is_asked_about_gone_and_stays_gone_after_an_older_backup(place: dict[str, Any]) -> None:
    await said(place, "backup", place["backup"])
    assert stat.S_IMODE(place["backup"].stat().st_mode) == 0o600
    assert "Erase all of this" in await said(place, "privacy", "erase", OLA.contact, stdin="n\n", status=1)
    assert await held(place["address"], OLA)
    await said(place, "privacy", "erase", OLA.contact, "--yes")
    assert await held(place["address"], OLA) == {}
    restored = await said(place, "restore", place["backup"], where="other")
    assert "erased again\t1" in restored
    assert await held(place["other"], OLA) == {}
    assert await held(place["other"], LINH)
    assert "entries" in await said(place, "cases", "verify", where="other")


async def test_what_stands_in_slack_is_taken_down_unless_it_is_to_be_left(place: dict[str, Any]) -> None:
    left = await said(place, "privacy", "erase", LINH.contact, "--yes", "--leave", "slack")
    assert "left\tslack\t2\tdelete them there" in left
    database = Database(place["address"])
    await lived(database, [("ask", Human(104, "slack"))])
    await database.close()
    owed = json.loads(await said(place, "privacy", "erase", "slack:U104U", "--yes", "--json"))
    assert (owed["taking_down"], owed["left"]) == ({"slack": 1}, {})
    assert "message.erased:slack:C1:1.1" in await said(place, "cases", "outbox")


async def test_who_is_erased_again_after_a_backup_is_taken_down_again(place: dict[str, Any]) -> None:
    await said(place, "backup", place["backup"])
    await said(place, "privacy", "erase", LINH.contact, "--yes")
    await said(place, "restore", place["backup"], where="other")
    assert "message.erased" in await said(place, "cases", "outbox", where="other")


async def test_a_restored_place_holds_what_was_backed_up_and_nothing_of_what_was_there(place: dict[str, Any]) -> None:
    database = Database(place["address"])
    before = await dump(database)
    await said(place, "backup", place["backup"])
    await World(database).ask(Human(109, "slack"))
    await database.close()
    (place["data"] / "session-secret").write_text("en annen")
    refused = await said(place, "restore", place["backup"], status=1)
    assert "--replace" in refused
    await said(place, "restore", place["backup"], "--replace")
    database = Database(place["address"])
    assert await dump(database) == before
    await database.close()
    assert (place["data"] / "session-secret").read_text() == "hemmelig"


async def to_version(address: str, version: str) -> None:
    database = Database(address)
    async with database.engine.execution_options(writes=True).begin() as connection:
        await connection.run_sync(lambda sync: command.downgrade(configuration(sync), version))
    await database.close()


@pytest.mark.slow
async def test_a_backup_with_an_older_schema_is_migrated(place: dict[str, Any]) -> None:
    await to_version(place["address"], "0018")
    await said(place, "backup", place["backup"])
    await said(place, "restore", place["backup"], where="other")
    assert await held(place["other"], LINH)
    database = Database(place["other"])
    assert await is_newest(database)
    await database.close()


@pytest.mark.slow
async def test_a_backup_with_a_newer_schema_is_refused(place: dict[str, Any]) -> None:
    await said(place, "backup", place["backup"])
    await asyncio.to_thread(from_the_future, place["backup"])
    assert "newer version" in await said(place, "restore", place["backup"], where="other", status=1)


def from_the_future(backup: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(backup) as tar:
            for name in tar.getnames():
                tar.extract(name, folder)
        manifest = Path(folder) / "manifest.json"
        manifest.write_text(json.dumps(json.loads(manifest.read_text()) | {"revision": "9999"}))
        with tarfile.open(backup, "w") as tar:
            for each in Path(folder).iterdir():
                tar.add(each, arcname=each.name)


def halved(whole: bytes) -> bytes:
    return whole[: len(whole) // 2]


def changed(whole: bytes) -> bytes:
    return whole.replace(b"hemmelig", b"hemmeLig")


@pytest.mark.slow
@pytest.mark.parametrize("damage", [halved, changed])
async def test_a_damaged_backup_is_refused_and_nothing_is_lost(
    place: dict[str, Any], damage: Callable[[bytes], bytes]
) -> None:
    await said(place, "backup", place["backup"])
    before = await held(place["address"], LINH)
    place["backup"].write_bytes(damage(place["backup"].read_bytes()))
    await said(place, "restore", place["backup"], "--replace", status=1)
    assert await held(place["address"], LINH) == before


@pytest.mark.parametrize(
    ("name", "kind"), [("../out", tarfile.REGTYPE), ("..", tarfile.REGTYPE), ("l", tarfile.SYMTYPE)]
)
async def test_a_backup_with_a_way_out_of_its_folder_is_refused(place: dict[str, Any], name: str, kind: bytes) -> None:
    await said(place, "backup", place["backup"])
    way = tarfile.TarInfo(name)
    way.type, way.linkname = kind, str(place["data"])
    with tarfile.open(place["backup"], "a") as tar:
        tar.addfile(way)
    assert "is no backup of" in await said(place, "restore", place["backup"], where="other", status=1)
    assert not (place["data"] / "out").exists()


async def test_what_is_kept_of_somebody_is_written_for_them_to_read(place: dict[str, Any], tmp_path: Path) -> None:
    await said(place, "privacy", "export", f"slack:{LINH.id}", "--out", tmp_path / "ut")
    kept = json.loads((tmp_path / "ut" / "innsyn.json").read_text())
    assert kept["person"]["names"] == [LINH.name]
    assert len(kept["kept"]["cases"]) == 2
    assert LINH.contact in (tmp_path / "ut" / "innsyn.txt").read_text()
    assert stat.S_IMODE((tmp_path / "ut" / "innsyn.json").stat().st_mode) == 0o600


async def test_who_may_be_several_is_listed_and_who_is_nobody_is_said_to_be(place: dict[str, Any]) -> None:
    database = Database(place["address"])
    twin = Human(100, "teams")
    world = World(database)
    await world.ask(twin)
    await database.close()
    listed = await said(place, "privacy", "export", OLA.name, status=1)
    assert f"web:{OLA.id}" in listed
    assert f"teams:{twin.id}" in listed
    assert "nobody is known" in await said(place, "privacy", "erase", "ukjent@example.no", "--yes", status=1)


async def test_a_purge_that_is_tried_says_what_would_go_and_takes_nothing(place: dict[str, Any]) -> None:
    words = ("privacy", "purge", "--json")
    due = json.loads(await said(place, *words, "--dry-run", RETENTION_CASES="0"))
    assert "cases cases" not in due
    assert set(due.values()) == {0}
    assert json.loads(await said(place, *words)) == {"cases cases": 0, **due}
