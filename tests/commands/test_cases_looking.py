"""`cases list` and `cases show`: what waits at the desk, and all of a case."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from bot.database import now
from bot.desk.desk import Desk
from bot.desk.routing import Router
from bot.desk.teams import Teams
from bot.office import Office, open_office
from bot.settings import Settings
from tests.commands.offices import TEAMS, at_office, told
from tests.desk.examples import ASKER, KARI, OLA, request
from tests.town import MARKUP, moteplassen, shown, terminal


@pytest.fixture(scope="module")
def teams(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (file := tmp_path_factory.mktemp("teams") / "teams.toml").write_text(TEAMS, encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, teams: Path) -> Path:
    """Four cases: one that waits, one that Kari has answered, one of ninety days ago, and one that Ola has."""

    async def fill(office: Office) -> None:
        await office.desk.open(request("reply-1", question="Kan jeg servere\n\tute [sent]?", nearest=(), draft=()))
        case = await office.desk.open(request("reply-2", question="Hva koster skilt?"))
        await office.desk.answer(case.id, KARI, "Ingenting.")
        long_ago = now() - dt.timedelta(days=90)
        older = Desk(office.database, office.outbox, (), Router(Teams.load(teams)), clock=lambda: long_ago)
        await older.open(request("reply-3", question="Hvor søker jeg?"))
        case = await office.desk.open(request("reply-4", question="Når åpner dere?", contact="post@kafe.no"))
        await office.desk.claim(case.id, OLA)

    folder = tmp_path_factory.mktemp("desk")
    at_office(folder, fill, teams)
    return folder


def test_piped_cases_are_a_row_each_the_late_one_first_and_then_the_latest(desk: Path) -> None:
    result = moteplassen("cases", "--data-dir", desk)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [[label, state, team, officer, question] for label, state, team, officer, _, _, question in rows] == [
        ["M-3", "forwarded, late", "bevilling", "-", "Hvor søker jeg?"],
        ["M-4", "claimed", "bevilling", "Ola Lie", "Når åpner dere?"],
        ["M-2", "answered", "bevilling", "Kari Berg", "Hva koster skilt?"],
        ["M-1", "forwarded", "felles", "-", "Kan jeg servere ute [sent]?"],
    ]


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        ([], [3, 4, 2, 1]),
        (["list"], [3, 4, 2, 1]),
        (["--state", "forwarded"], [3, 1]),
        (["--state", "answered"], [2]),
        (["--state", "answered", "--state", "claimed"], [4, 2]),
        (["list", "--state", "closed"], []),
        (["--limit", "1"], [3]),
        (["--limit", "2"], [3, 4]),
        (["--late"], [3]),
        (["--late", "--state", "claimed"], []),
        (["--unclaimed"], [3, 1]),
        (["--officer", "ola"], [4]),
        (["--team", "felles"], [1]),
        (["--topic", "Servering"], [3, 4, 2]),
        (["--words", "ÅPNER dere"], [4]),
        (["--words", "kringla", "--state", "answered"], [2]),
    ],
)
def test_cases_are_chosen(desk: Path, options: list[str], numbers: list[int]) -> None:
    assert [case["number"] for case in told(desk, *options)] == numbers


def test_json_says_of_a_case_whether_it_is_late_and_by_when_an_officer_is_to_write(desk: Path) -> None:
    late, claimed, answered, _ = told(desk)
    assert (late["late"], late["due"]) == (True, late["due_reply"].replace("Z", "+00:00"))
    assert (claimed["late"], claimed["label"]) == (False, "M-4")
    assert (answered["late"], answered["due"]) == (False, None)


async def test_a_question_is_shown_on_a_terminal_as_it_was_written(tmp_path: Path) -> None:
    async with open_office(Settings(_env_file=None, data_dir=tmp_path)) as office:
        await office.desk.open(request("reply-1", question=f"Hva er {MARKUP}\x1b[2J?"))
    for words in (["cases"], ["cases", "show", "M-1"]):
        status, written = await asyncio.to_thread(terminal, *words, "--data-dir", tmp_path)
        assert status == 0, written
        assert f"Hva er {MARKUP}" in shown(written)
        assert "\x1b]8" not in written, "it became a link"
        assert "\x1b[2J" not in written, "it emptied the screen"


def test_an_empty_desk_is_said_to_be_empty(tmp_path: Path) -> None:
    assert moteplassen("cases", "--data-dir", tmp_path).stdout == "No cases.\n"
    assert told(tmp_path) == []


@pytest.mark.parametrize(
    ("options", "status", "complaint"),
    [
        (["--state", "lost"], 1, "forwarded, claimed, asked, answered, closed"),
        (["--limit", "0"], 2, "--limit"),
        (["--unclaimed", "--officer", "ola"], 1, "leave one out"),
        (["show", "M-99"], 1, "there is no case M-99; `moteplassen cases` lists those that there are"),
        (["show", "M-999999999"], 1, "there is no case M-999999999"),
        (["show", "nothing"], 1, "give its number, as in M-17, or its id"),
        (["lost"], 2, "No such command 'lost'"),
    ],
)
def test_a_mistake_is_told_with_what_would_be_right(
    desk: Path, options: list[str], status: int, complaint: str
) -> None:
    result = moteplassen("cases", *options, "--data-dir", desk)
    assert (result.exit_code, result.stdout) == (status, "")
    assert complaint in result.stderr


def test_a_database_that_is_away_is_told(tmp_path: Path) -> None:
    result = moteplassen("cases", "--data-dir", tmp_path, DATABASE_URL="sqlite+aiosqlite:////dev/null/x.db")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "the database can't be reached" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_mistake_in_the_teams_is_told_with_its_line(desk: Path, tmp_path: Path) -> None:
    (wrong := tmp_path / "teams.toml").write_text('[[team]]\nid = "A"\nname = "A"\ndefault = true\n')
    result = moteplassen("cases", "--data-dir", desk, TEAMS=str(wrong))
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{wrong}:2: key 'team.id'" in result.stderr


@pytest.mark.parametrize("name", ["M-4", "m-4", "4", "id"])
def test_a_case_is_shown_by_number_or_id(desk: Path, teams: Path, name: str) -> None:
    if name == "id":
        name = told(desk, "show", "4")["id"]
    result = moteplassen("cases", "show", name, "--data-dir", desk, TEAMS=str(teams))
    assert result.exit_code == 0, result.output
    told_lines = dict(line.split(maxsplit=1) for line in result.stdout.splitlines() if not line.startswith(" "))
    assert told_lines["Case"].startswith("M-4 (")
    assert told_lines["State"] == "claimed"
    assert told_lines["Asker"] == f"{ASKER.name} ({ASKER.id}), web/næringsliv, nb"
    assert told_lines["Contact"] == "post@kafe.no"
    assert told_lines["Team"] == "Bevillingskontoret · Servering"
    assert told_lines["Officer"] == "Ola Lie (ola)"
    assert told_lines["Question"] == "Når åpner dere?"
    assert told_lines["Source"] == "Servering: “Bevilling må søkes” https://example.no/s"
    happened = [line.split(maxsplit=2)[2] for line in result.stdout.splitlines() if line.startswith("  ")]
    assert happened == ["opened by Kafé Kringla to team bevilling: Når åpner dere?", "claimed by Ola Lie"]


def test_what_was_merged_is_shown_from_both_sides(tmp_path: Path) -> None:
    async def fill(office: Office) -> None:
        first, second = [await office.desk.open(request(f"reply-{number}")) for number in range(2)]
        await office.desk.merge(second.id, KARI, first.id)

    at_office(tmp_path, fill)
    assert told(tmp_path, "show", "M-1")["merged"] == ["M-2"]
    merged = told(tmp_path, "show", "M-2")
    assert (merged["into"], [event["move"] for event in merged["events"]]) == ("M-1", ["opened", "merged"])
    assert "into M-1" in moteplassen("cases", "show", "M-2", "--data-dir", tmp_path).stdout
