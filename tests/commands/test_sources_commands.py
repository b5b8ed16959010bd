"""`sources`: how it stands with each, what has changed, and whether a list is right."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.town import SERVERING, moteplassen, shown, terminal


@pytest.fixture(scope="module")
def town(sources: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small municipality, where since a guide was changed, one vanished and one is empty."""
    folder = tmp_path_factory.mktemp("sourced")
    shutil.copytree(sources.parent, folder / "town")
    shutil.copytree(data_dir, folder / "data")
    guides = folder / "town" / "guides"
    listed = (folder / "town" / "sources.toml").read_text(encoding="utf-8")
    owned = 'path = "guides/*"\nowner = "Kari Berg"\nreview = "5 minutes"'
    (folder / "town" / "sources.toml").write_text(listed.replace('path = "guides/*"', owned), encoding="utf-8")
    changed = SERVERING.replace("må ha serveringsbevilling fra", "skal ha serveringsbevilling fra [/x]")
    (guides / "servering.md").write_text(changed, encoding="utf-8")
    (guides / "skilt.md").unlink()
    (guides / "tom.md").touch()
    assert run(folder, "ingest").exit_code == 1
    return folder


def run(town: Path, *words: str) -> Any:
    return moteplassen(*words, DATA_DIR=str(town / "data"), SOURCES=str(town / "town" / "sources.toml"))


def told(town: Path, *words: str) -> Any:
    result = run(town, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_how_it_stands_with_each_source(town: Path) -> None:
    plan, guides, routines = told(town, "sources")
    assert [each["state"] for each in (plan, guides, routines)] == ["ok", "failing", "ok"]
    assert (guides["documents"], guides["failing"], guides["missing"]) == (2, ["guides/tom"], ["guides/skilt"])
    assert "tom.md: is empty" in guides["error"]
    assert (guides["owner"], guides["where"]) == ("Kari Berg", "guides/*")
    assert guides["overdue"] == ["guides/servering"]
    rows = [line.split("\t") for line in run(town, "sources", "list").stdout.splitlines()]
    assert [row[:4] for row in rows][1] == ["Veiledninger", "path guides/*", "failing", "2"]
    assert {len(row) for row in rows} == {10}


def test_a_source_is_shown_with_its_documents_and_what_is_wrong_with_each(town: Path) -> None:
    lines = run(town, "sources", "show", "veiledninger").stdout
    assert re.search(r"guides/skilt\tSkilt\t1\tmissing since \d{4}-\d\d-\d\d, kept for 14 days", lines)
    assert re.search(r"guides/tom\t\t0\terror: \S+tom.md: is empty", lines)
    assert "should have been read again by 2026-11-24" in lines
    records = told(town, "sources", "show", "Veiledninger")["records"]
    assert [each["document"] for each in records] == ["guides/servering", "guides/skilt", "guides/tom"]


def test_what_has_changed_is_told_word_by_word(town: Path) -> None:
    result = run(town, "sources", "changes", "--document", "guides/servering", "--last", "1")
    assert "changed  Serveringsbevilling  guides/servering, from Veiledninger" in result.stdout
    assert "changed: Når må du ha serveringsbevilling?" in result.stdout
    assert "drive serveringssted, [-må-]{+skal+} ha serveringsbevilling fra {+[/x] +}kommunen" in result.stdout
    every = told(town, "sources", "changes")
    assert len(every) == 6
    assert [each["change"]["kind"] for each in every][:2] in (["changed", "missing"], ["missing", "changed"])
    assert run(town, "sources", "changes", "--document", "x").stdout == "No changes of a document 'x'.\n"


def test_on_a_terminal_what_went_and_what_came_is_coloured(town: Path) -> None:
    where = {"DATA_DIR": str(town / "data"), "SOURCES": str(town / "town" / "sources.toml")}
    status, written = terminal("sources", "changes", "--document", "guides/servering", "--last", "1", **where)
    assert (status, "Traceback" in written) == (0, False), written
    assert "\x1b[9;31mmå\x1b[0m\x1b[4;32mskal\x1b[0m" in written
    assert "[/x]" in shown(written)


def test_a_list_is_checked_without_being_fetched(town: Path, tmp_path: Path) -> None:
    result = run(town, "sources", "check")
    assert result.exit_code == 0
    assert "Plan\tpath\t1 documents\n" in result.stdout
    assert "no mistakes; 3 sources, 4 documents known of" in result.stdout
    laws = tmp_path / "lov" / "nl"
    laws.mkdir(parents=True)
    (laws / "nl-19970613-055.xml").write_text("<html/>")
    about = 'kind = "law"\naudience = "public"\nlanguage = "nb"\n'
    found = f'[[source]]\nname = "Nytt"\nfeed = "http://127.0.0.1:9/rss"\n{about}'
    found += f'[[source]]\nname = "Lov"\nlovdata = ["LOV-1997-06-13-55"]\narchive = "lov"\n{about}'
    (tmp_path / "list.toml").write_text(found, encoding="utf-8")
    assert told(town, "sources", "check", str(tmp_path / "list.toml")) == [
        {"name": "Nytt", "documents": None},
        {"name": "Lov", "documents": 1},
    ]
    assert "found when it runs, at most 200" in run(town, "sources", "check", str(tmp_path / "list.toml")).stdout
    assert json.loads(moteplassen("sources", "schema").stdout)["title"] == "sources.toml"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sources", "show", "Elefanter"), "no source is called 'Elefanter'; there are Plan, Veiledninger, Rutiner"),
        (("sources", "check", "/nowhere.toml"), "/nowhere.toml: cannot be read"),
    ],
    ids=["no such source", "no such list"],
)
def test_mistakes_are_told_in_one_line(town: Path, words: tuple[str, ...], message: str) -> None:
    result = run(town, *words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_list_that_names_no_files_is_told_when_it_is_checked(town: Path, tmp_path: Path) -> None:
    about = 'kind = "page"\naudience = "public"\nlanguage = "nb"\n'
    (tmp_path / "list.toml").write_text(f'[[source]]\nname = "Guider"\npath = "guider/*.md"\n{about}', encoding="utf-8")
    result = run(town, "sources", "check", str(tmp_path / "list.toml"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "guider/*.md: there is no file there that is read; correct the path" in result.stderr


def test_where_nothing_was_ever_brought_in_that_is_told(sources: Path, tmp_path: Path) -> None:
    result = moteplassen("sources", "--json", DATA_DIR=str(tmp_path), SOURCES=str(sources))
    assert [each["state"] for each in json.loads(result.stdout)] == ["due"] * 3
    rows = moteplassen("sources", DATA_DIR=str(tmp_path), SOURCES=str(sources)).stdout.splitlines()
    assert rows[0].split("\t")[5:7] == ["never", "now"]
    assert moteplassen("sources", "changes", DATA_DIR=str(tmp_path)).stdout == "No changes yet.\n"
