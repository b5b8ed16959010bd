"""Releases: what is not ready is refused with what to do, and what is ready is whole and starts by itself."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = '[project]\nname = "thing"\nversion = "1.2.3"\nrequires-python = ">=3.11"\n'
CHANGELOG = "# Changelog\n\n## 1.2.3 - 2026-11-30\n\n- Something new.\n\n## 1.2.2 - 2026-11-01\n\n- Something old.\n"
ENVIRONMENT = os.environ | {
    "PATH": f"{ROOT / '.uv' / 'bin'}:{os.environ['PATH']}",
    **{f"GIT_{who}_{what}": "tests@example.no" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)


def release(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, ROOT / ".ci" / "release.py", *words)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A small project that is ready to be released."""
    for name, text in {"pyproject.toml": PROJECT, "CHANGELOG.md": CHANGELOG}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    for command in ("uv lock", "git init -q", "git add -A", "git commit -qm all"):
        done = run(tmp_path, *command.split())
        assert done.returncode == 0, done.stderr
    return tmp_path


def commit(tree: Path, file: str, change: Callable[[str], str]) -> None:
    path = tree / file
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    assert run(tree, "git", "commit", "--allow-empty", "-qam", "change").returncode == 0


def test_a_tree_with_changes_is_not_released(tree: Path) -> None:
    (tree / "new.py").touch()
    refused = release(tree, "1.2.3")
    assert (refused.returncode, "not committed" in refused.stderr, "new.py" in refused.stderr) == (1, True, True)


@pytest.mark.parametrize(
    ("version", "file", "change", "told"),
    [
        ("1.2.4", None, None, "pyproject.toml says version 1.2.3: set it to 1.2.4"),
        ("1.2.3", "CHANGELOG.md", lambda text: text.replace("2026-11-30", "unreleased"), "CHANGELOG.md needs an entry"),
        ("1.2.3", "CHANGELOG.md", lambda text: text.replace("- Something new.", ""), "CHANGELOG.md needs an entry"),
        ("1.2.3", "pyproject.toml", lambda text: text.replace("thing", "other"), "run `uv lock` and commit it"),
    ],
    ids=["another version", "unreleased", "no news", "a stale lock"],
)
def test_what_is_not_ready_is_not_released(
    tree: Path, version: str, file: str | None, change: Callable[[str], str] | None, told: str
) -> None:
    if file and change:
        commit(tree, file, change)
    refused = release(tree, version)
    assert (refused.returncode, told in refused.stderr) == (1, True), refused.stderr
    assert run(tree, "git", "tag").stdout == ""


def test_a_version_is_released_once(tree: Path) -> None:
    run(tree, "git", "tag", "v1.2.3")
    refused = release(tree, "1.2.3")
    assert (refused.returncode, "take the next number" in refused.stderr) == (1, True)


def test_what_is_tagged_has_been_tested(tree: Path) -> None:
    assert "--untested is for --dry-run" in release(tree, "1.2.3", "--untested").stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_is_built_is_whole_and_starts_by_itself(tmp_path: Path) -> None:
    assert run(tmp_path, "git", "clone", "-q", ROOT, "clone").returncode == 0
    clone = tmp_path / "clone"
    version = re.findall(r'^version = "(.+)"', (clone / "pyproject.toml").read_text(encoding="utf-8"), re.M)[0]
    dated = f"## {version} - 2026-11-30"
    commit(clone, "CHANGELOG.md", lambda text: re.sub(rf"^## {re.escape(version)} - .*", dated, text, flags=re.M))
    done = release(clone, version, "--dry-run", "--untested")
    assert done.returncode == 0, done.stdout + done.stderr
    assert run(clone / "dist", "sha256sum", "--check", "--strict", "SHA256SUMS").returncode == 0
    assert run(clone, "git", "tag").stdout == ""
