"""`cases export`: everything for other programs, or nothing of anybody; and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from bot.desk.audit import Audit
from bot.desk.case import Officer
from bot.desk.export import exported
from bot.desk.span import Span
from bot.office import Office
from bot.people import Asker
from tests.commands.offices import at_office
from tests.desk.examples import request
from tests.town import moteplassen

EVIL = '=HYPERLINK("http://x","klikk")'
PERSONAL = ("Amina", "amina-id", "amina@kafe.no", "Kari", "kari-id", "hemmelig", "servere", "HYPERLINK", "Bevilling må")
"""What people are called, can be reached by, and wrote; and what the bot quoted to them."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    async def fill(office: Office) -> None:
        amina = Asker(id="amina-id", name="Amina")
        case = await office.desk.open(
            request("reply-1", question=EVIL, original="Min hemmelige plan", asker=amina, contact="amina@kafe.no")
        )
        kari = Officer(id="kari-id", name="Kari Berg")
        await office.desk.claim(case.id, kari)
        await office.desk.answer(case.id, kari, '+47 er hemmelig;\nskriv, "ja"')
        await office.desk.open(request("reply-2", question="Kan jeg servere ute?", asker=amina))

    folder = tmp_path_factory.mktemp("desk")
    at_office(folder, fill)
    return folder


def export(folder: Path, *options: str | Path) -> str:
    result = moteplassen("cases", "export", *options, "--data-dir", folder)
    assert result.exit_code == 0, result.output
    return result.stdout


def rows(written: str, **how: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(written, newline=""), **how))


def test_csv_has_a_row_for_each_event_and_no_formula(desk: Path) -> None:
    found = rows(export(desk, "--out", "-"))
    assert [(row["case"], row["state"], row["event"], row["by"], row["actor"]) for row in found] == [
        ("M-1", "answered", "opened", "asker", "Amina"),
        ("M-1", "answered", "claimed", "officer", "Kari Berg"),
        ("M-1", "answered", "answered", "officer", "Kari Berg"),
        ("M-2", "forwarded", "opened", "asker", "Amina"),
    ]
    assert (found[0]["question"], found[0]["contact"]) == (f"'{EVIL}", "amina@kafe.no")
    assert found[2]["text"] == '\'+47 er hemmelig;\nskriv, "ja"'
    assert not [cell for row in found for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


@pytest.mark.parametrize("beginning", ["=1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r=1"])
def test_whatever_begins_like_a_formula_is_a_text(tmp_path: Path, beginning: str) -> None:
    async def fill(office: Office) -> None:
        await office.desk.open(request(question=beginning))

    at_office(tmp_path, fill)
    (row,) = rows(export(tmp_path, "--out", "-"))
    assert row["question"].startswith("'")
    assert row["question"].strip("' \t\r\n") == beginning.strip()


def test_json_has_each_case_with_its_events(desk: Path) -> None:
    first, second = json.loads(export(desk, "--format", "json", "--out", "-"))
    assert (first["label"], first["question"]) == ("M-1", EVIL)
    assert 0 <= first["reply_seconds"] < 60
    assert [event["move"] for event in first["events"]] == ["opened", "claimed", "answered"]
    assert (second["state"], second["asker"]["name"]) == ("forwarded", "Amina")


@pytest.mark.parametrize("format_", ["csv", "json"])
def test_an_anonymous_export_says_nothing_of_anybody(desk: Path, format_: str) -> None:
    everything = export(desk, "--format", format_, "--out", "-")
    written = export(desk, "--format", format_, "--out", "-", "--anonymous")
    # Of the bot's quotes a row has none anyway.
    known = [word for word in PERSONAL if format_ == "json" or word != "Bevilling må"]
    assert [word for word in known if word not in everything] == []
    assert [word for word in PERSONAL if word in written] == []
    found = rows(written) if format_ == "csv" else json.loads(written)[0]["events"]
    assert [each["by"] for each in found][:3] == ["asker", "officer", "officer"]


def test_excel_gets_semicolons_and_a_byte_order_mark(desk: Path, tmp_path: Path) -> None:
    file = tmp_path / "saker.csv"
    export(desk, "--excel", "--out", file)
    assert file.read_bytes().startswith(b"\xef\xbb\xbfcase;platform;")
    assert len(rows(file.read_text(encoding="utf-8-sig"), delimiter=";")) == 4


def test_a_file_is_for_its_owner_only_and_replaces_what_was_there(desk: Path, tmp_path: Path) -> None:
    file = tmp_path / "saker.json"
    file.write_text("before")
    result = moteplassen("cases", "export", "--format", "json", "--out", file, "--data-dir", desk)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "2 cases written.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(json.loads(file.read_text())) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["saker.json"]


@pytest.mark.parametrize(
    ("options", "count"),
    [([], 2), (["--since", "2020-01-01"], 2), (["--until", "2020-01-01"], 0), (["--since", "2999-01-01"], 0)],
)
def test_days_are_chosen(desk: Path, options: list[str], count: int) -> None:
    assert len(json.loads(export(desk, "--format", "json", "--out", "-", *options))) == count


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--out", "/nowhere/saker.csv"], "can't write to /nowhere: No such file or directory; choose another --out"),
        (["--out", "-", "--format", "json", "--excel"], "--excel is for --format csv"),
        (["--out", "-", "--since", "2026-02-01", "--until", "2026-01-01"], "is before --since 2026-02-01; swap them"),
    ],
)
def test_a_mistake_is_told(desk: Path, options: list[str], complaint: str) -> None:
    result = moteplassen("cases", "export", *options, "--data-dir", desk)
    assert (result.exit_code, result.stdout) == (1, "")
    assert complaint in result.stderr


def test_who_took_the_cases_out_is_in_the_audit_log(desk: Path) -> None:
    export(desk, "--out", "-", "--as", "arkiv", "--name", "Arkivet")

    async def look(office: Office) -> list[tuple[str, str]]:
        assert not (await Audit(office.database).verify()).faults
        return [(row.what, row.actor_name) for row in await Audit(office.database).entries("cases")]

    assert at_office(desk, look)[-1] == ("exported", "Arkivet")


@pytest.mark.parametrize("page", [1, 2, 3, 200])
def test_however_large_the_pages_are_every_case_comes_once(desk: Path, page: int) -> None:
    async def look(office: Office) -> list[tuple[int, int]]:
        found = exported(office.database, Span(), page)
        return [(each.case.number, len(each.events)) async for each in found]

    assert at_office(desk, look) == [(1, 3), (2, 1)]
