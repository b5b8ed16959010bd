"""`cases`: what waits at the desk."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from bot.desk.case import Officer
from bot.settings import Settings
from bot.wiring import open_office
from tests.desk.examples import request
from tests.town import MARKUP, moteplassen, shown, terminal


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with two cases: one that waits, and one that Kari has answered."""
    folder = tmp_path_factory.mktemp("desk")

    async def fill() -> None:
        async with open_office(Settings(_env_file=None, data_dir=folder)) as office:
            await office.desk.open(request("reply-1", question="Kan jeg servere\n\tute [sent]?"))
            case = await office.desk.open(request("reply-2", question="Hva koster skilt?"))
            await office.desk.answer(case.id, Officer(id="kari", name="Kari Berg"), "Ingenting.")

    asyncio.run(fill())
    return folder


def test_piped_cases_are_a_row_each_latest_first(desk: Path) -> None:
    result = moteplassen("cases", "--data-dir", desk)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [[label, state, officer, question] for label, state, officer, _, question in rows] == [
        ["M-2", "answered", "Kari Berg", "Hva koster skilt?"],
        ["M-1", "forwarded", "-", "Kan jeg servere ute [sent]?"],
    ]


@pytest.mark.parametrize(
    ("options", "labels"),
    [
        ([], [2, 1]),
        (["--state", "forwarded"], [1]),
        (["--state", "answered"], [2]),
        (["--state", "closed"], []),
        (["--limit", "1"], [2]),
    ],
)
def test_cases_are_chosen_by_state_and_number(desk: Path, options: list[str], labels: list[int]) -> None:
    result = moteplassen("cases", *options, "--json", "--data-dir", desk)
    assert result.exit_code == 0
    assert [case["number"] for case in json.loads(result.stdout)] == labels


async def test_a_question_is_shown_on_a_terminal_as_it_was_written(tmp_path: Path) -> None:
    async with open_office(Settings(_env_file=None, data_dir=tmp_path)) as office:
        await office.desk.open(request("reply-1", question=f"Hva er {MARKUP}\x1b[2J?"))
    status, written = await asyncio.to_thread(terminal, "cases", "--data-dir", tmp_path)
    assert status == 0, written
    assert f"Hva er {MARKUP}" in shown(written)
    assert "\x1b]8" not in written, "it became a link"
    assert "\x1b[2J" not in written, "it emptied the screen"


def test_an_empty_desk_is_said_to_be_empty(tmp_path: Path) -> None:
    assert moteplassen("cases", "--data-dir", tmp_path).stdout == "No cases.\n"
    assert json.loads(moteplassen("cases", "--json", "--data-dir", tmp_path).stdout) == []


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [(["--state", "lost"], 1, "forwarded, claimed, asked, answered, closed"), (["--limit", "0"], 2, "--limit")],
)
def test_a_wrong_option_is_told_with_what_would_be_right(
    desk: Path, options: list[str], status: int, told: str
) -> None:
    result = moteplassen("cases", *options, "--data-dir", desk)
    assert (result.exit_code, result.stdout) == (status, "")
    assert told in result.stderr


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    result = moteplassen("cases", "--data-dir", tmp_path, DATABASE_URL="sqlite+aiosqlite:////dev/null/x.db")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the database can't be reached" in result.stderr
    assert "Traceback" not in result.stderr
