"""The data directory is its owner's alone, whoever made it; what an operator gave a group stays."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.data_dir import open_data_dir
from bot.settings import Settings
from tests.peers.ports import free_port
from tests.peers.procfile import honcho, wait_for
from tests.town import environment


def opened(folder: Path) -> tuple[int, list[str]]:
    """The mode of a data directory after it was opened, twice as commands do, and what was logged."""
    with capture_logs() as log:
        for _ in range(2):
            open_data_dir(Settings(_env_file=None, data_dir=folder))
    return stat.S_IMODE(folder.stat().st_mode), [each["event"] for each in log]


@pytest.mark.parametrize("mode", [0o755, 0o777, 0o701, 0o2775, 0o750, 0o770, 0o2750, 0o700])
def test_what_everybody_may_look_into_is_closed_and_what_a_group_may_stays(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "data"
    (folder / "chroma").mkdir(parents=True)
    folder.chmod(mode)
    if mode & stat.S_IRWXO:
        assert opened(folder) == (mode & ~0o077, ["data_dir.closed"])
    else:
        assert opened(folder) == (mode, [])


def test_a_new_one_is_its_owners_alone(tmp_path: Path) -> None:
    assert opened(tmp_path / "there" / "data") == (0o700, [])


def test_a_directory_in_which_others_have_business_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").touch()
    (tmp_path / "etc").chmod(0o755)
    assert opened(tmp_path / "etc") == (0o755, ["data_dir.open"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives a directory to somebody else")
def test_somebody_elses_is_left_as_it_is(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    folder.chmod(0o755)
    os.chown(folder, 10001, 10001)
    assert opened(folder) == (0o755, ["data_dir.open"])


@pytest.mark.slow
def test_what_chroma_makes_by_the_procfile_is_its_owners_alone(tmp_path: Path) -> None:
    data = tmp_path / "data"
    env = environment(DATA_DIR=str(data)) | {"CHROMA_PORT": str(free_port())}
    before = os.umask(0o022)
    try:
        with honcho(tmp_path, env, "chroma"):
            wait_for((data / "chroma" / "chroma.sqlite3").exists)
    finally:
        os.umask(before)
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert not [each for each in data.rglob("*") if each.stat().st_mode & 0o077]
