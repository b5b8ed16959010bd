"""The disk that the data directory lies on is full, or hardly anything is free: what commands say."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.disks import fill, full, small_disk
from tests.town import moteplassen

SIGN_IN = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "bot", "OIDC_CLIENT_SECRET": "hush"}
ASK = ("ask", "Når må du ha serveringsbevilling?")


@pytest.fixture
def disk(data_dir: Path, tmp_path: Path) -> Iterator[Path]:
    """A disk of its own with a data directory in which the documents are."""
    with small_disk(tmp_path / "disk", "32m") as disk:
        shutil.copytree(data_dir, disk / "data")
        yield disk


@pytest.mark.parametrize("words", [ASK, ("serve", "--port", "0"), ("worker",), ("ingest",), ("cases",)], ids=" ".join)
def test_on_a_full_disk_a_command_says_so_and_what_to_do_and_leaves_everything_as_it_is(
    disk: Path, words: tuple[str, ...]
) -> None:
    data = disk / "data"
    with full(disk):
        result = moteplassen(*words, "--data-dir", data, **SIGN_IN)
    assert result.exit_code == 1
    assert f"the disk is full that the data directory {data} lies on" in result.stderr
    assert "free space there" in result.stderr
    assert "should not have" not in result.stderr
    assert moteplassen(*ASK, "--data-dir", data).exit_code == 0
    assert [*data.glob(".probe-*")] == []


@pytest.mark.parametrize("free", [0, 1_200_000])
def test_check_says_that_the_disk_is_full_and_not_that_the_library_is_to_be_taken_away(disk: Path, free: int) -> None:
    with full(disk), (disk / "ballast").open("r+b") as ballast:
        ballast.truncate((disk / "ballast").stat().st_size - free)
        with _whatever_is_written_fills_it(disk, free):
            result = moteplassen("check", "--json", "--data-dir", disk / "data")
    bad = {each["part"]: each["detail"] for each in json.loads(result.stdout) if each["state"] == "bad"}
    assert ("library" if free else "data directory") in bad
    assert all("take" not in detail.replace("taken away", "") for detail in bad.values()), bad
    assert any("the disk is full" in detail and "free space there" in detail for detail in bad.values())
    assert moteplassen(*ASK, "--data-dir", disk / "data").exit_code == 0


@contextlib.contextmanager
def _whatever_is_written_fills_it(disk: Path, free: int) -> Iterator[None]:
    """There was room when the data directory was tried, and is none when the library is opened."""
    import bot.commands.checking_library as checking  # noqa: PLC0415

    damage = checking._damage

    def full_by_now(folder: Path) -> str:
        if free:
            fill(disk / "ballast")
        return damage(folder)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "_damage", full_by_now)
        yield


def test_check_leaves_a_library_alone_that_somebody_holds(data_dir: Path, tmp_path: Path) -> None:
    data = shutil.copytree(data_dir, tmp_path / "data")
    file = data / "library" / "public" / "catalogue.db"
    with pytest.MonkeyPatch.context() as patch:
        connect = sqlite3.connect
        patch.setattr(
            "knowledge.catalogue.sqlite3.connect", lambda *words, **how: connect(*words, **how | {"timeout": 0.1})
        )
        with contextlib.closing(connect(file, isolation_level=None)) as holder:
            holder.execute("PRAGMA locking_mode=EXCLUSIVE")
            holder.execute("BEGIN EXCLUSIVE")
            result = moteplassen("check", "--json", "--data-dir", data)
    (library,) = [each for each in json.loads(result.stdout) if each["part"] == "library"]
    assert library["state"] == "bad"
    assert "can't be opened now" in library["detail"]
    assert "leave it as it is" in library["detail"]
