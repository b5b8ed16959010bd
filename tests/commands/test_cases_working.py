"""What officers do from the command line, and what they are told where they can't."""

from __future__ import annotations

import getpass
from pathlib import Path

import pytest

from bot.desk.absences import Absences
from bot.desk.case import Case, CaseState, Event
from bot.desk.finding import CaseFilter
from bot.office import Office
from tests.commands.offices import TEAMS, at_office, told
from tests.desk.examples import KARI, OLA, request
from tests.town import moteplassen, shown, terminal


@pytest.fixture
def teams(tmp_path: Path) -> Path:
    (file := tmp_path / "teams.toml").write_text(TEAMS, encoding="utf-8")
    return file


@pytest.fixture
def desk(tmp_path: Path, teams: Path) -> Path:
    """M-1, which nobody has, and M-2, which is merged into it."""

    async def fill(office: Office) -> None:
        first, second = [await office.desk.open(request(f"reply-{number}")) for number in range(2)]
        await office.desk.merge(second.id, KARI, first.id)

    at_office(tmp_path, fill, teams)
    return tmp_path


def standing(folder: Path, number: int = 1) -> tuple[Case, Event]:
    """The case, and what happened to it last."""

    async def look(office: Office) -> tuple[Case, Event]:
        (case,) = await office.desk.find(CaseFilter(), 1, before=number + 1)
        return case, (await office.desk.events(case.id))[-1]

    return at_office(folder, look)


def test_whoever_is_logged_in_takes_a_case(desk: Path) -> None:
    result = moteplassen("cases", "claim", "M-1", "--data-dir", desk)
    user = getpass.getuser()
    assert result.stdout == f"M-1\tclaimed\tbevilling\t{user}\n"
    case, event = standing(desk)
    assert case.officer
    assert (case.officer.id, event.actor.id) == (f"cli:{user}", f"cli:{user}")


@pytest.mark.parametrize(
    ("options", "name"),
    [
        (["--as", "kari"], "Kari Berg"),
        (["--as", "slack:U7"], "U7"),
        (["--as", "slack:U7", "--name", "Per"], "Per"),
    ],
)
def test_an_officer_is_named(desk: Path, teams: Path, options: list[str], name: str) -> None:
    claimed = told(desk, "claim", "1", *options, TEAMS=str(teams))
    assert claimed["officer"] == {"id": options[1], "name": name}


def test_a_case_goes_through_all_hands(desk: Path, teams: Path) -> None:
    by = ["--as", "kari"]
    at = str(teams)
    assert told(desk, "claim", "M-1", *by, TEAMS=at)["state"] == "claimed"
    assert told(desk, "reassign", "M-1", "--to", "ola", *by, TEAMS=at)["officer"] == {"id": "ola", "name": "Ola Lie"}
    routed = told(desk, "route", "M-1", "--team", "felles", "--reason", "Ikke alkohol", "--as", "ola", TEAMS=at)
    assert (routed["team"], routed["officer"]) == ("felles", None)
    answered = told(desk, "answer", "M-1", "--text", "Ja.", "--yes", *by, TEAMS=at)
    assert (answered["state"], answered["answer"]) == ("answered", "Ja.")
    assert standing(desk, 2)[0].answer == "Ja.", "of what was merged into it, too"
    assert told(desk, "close", "M-1", *by, TEAMS=at)["state"] == "closed"
    assert told(desk, "reopen", "M-1", "--reason", "Feil svar", *by, TEAMS=at)["state"] == "forwarded"
    assert standing(desk)[1].text == "Feil svar"


def test_who_stands_in_for_an_officer_who_is_away_takes_their_case(desk: Path, teams: Path) -> None:
    async def leave(office: Office) -> None:
        absences = Absences(office.database, office.desk.teams)
        await absences.tell(KARI, absences.today, absences.today, OLA)

    told(desk, "claim", "M-1", "--as", "kari", TEAMS=str(teams))
    assert moteplassen("cases", "claim", "M-1", "--as", "ola", "--data-dir", desk, TEAMS=str(teams)).exit_code == 1
    at_office(desk, leave, teams)
    assert moteplassen("cases", "claim", "M-1", "--as", "per", "--data-dir", desk, TEAMS=str(teams)).exit_code == 1
    assert told(desk, "claim", "M-1", "--as", "ola", TEAMS=str(teams))["officer"]["name"] == "Ola Lie"


def test_what_goes_to_whom_is_shown_before_it_is_sent(desk: Path) -> None:
    asked = moteplassen("cases", "answer", "M-1", "--text", "Ja, til 02.", "--data-dir", desk, stdin="n\n")
    assert asked.exit_code == 1
    for part in (request().question, "Kafé Kringla, web/næringsliv (M-1)", "(M-2)", "Ja, til 02.", "Send it? [y/N]"):
        assert part in asked.stderr
    assert standing(desk)[0].state is CaseState.FORWARDED
    sent = moteplassen("cases", "answer", "M-1", "--text", "Ja, til 02.", "--data-dir", desk, stdin="y\n")
    assert sent.exit_code == 0, sent.output
    assert standing(desk)[0].answer == "Ja, til 02."


def test_an_answer_is_read_from_a_file_or_from_standard_input(desk: Path) -> None:
    (file := desk / "svar.txt").write_text("Ja, på 17. mai.\n", encoding="utf-8")
    assert told(desk, "answer", "M-1", "--file", str(file), "--yes")["answer"] == "Ja, på 17. mai."
    told(desk, "reopen", "M-1")
    assert told(desk, "answer", "M-1", "--yes", stdin="Nei.\n")["answer"] == "Nei."


def test_on_a_terminal_it_is_said_how_the_case_stands(desk: Path) -> None:
    status, written = terminal("cases", "answer", "M-1", "--text", "Ja.", "--yes", "--data-dir", desk)
    assert status == 0, written
    assert "M-1 answered" in shown(written)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["claim", "M-9"], "there is no case M-9"),
        (["claim", "M-2"], "case M-2 was merged into another"),
        (["claim", "M-3", "--as", "ola"], "Kari Berg has claimed case M-3; ask them to release or to reassign it"),
        (["answer", "M-3", "--text", "Ja.", "--yes"], "Kari Berg has claimed case M-3"),
        (["answer", "M-1", "--text", " ", "--yes"], "the text for case M-1 is empty; write one"),
        (["answer", "M-1", "--text", "x" * 10_001, "--yes"], "10000 is the most; shorten it"),
        (["answer", "M-1", "--text", "x", "--file", "y"], "leave one out"),
        (["answer", "M-1", "--file", "/nowhere/svar.txt", "--yes"], "can't read /nowhere/svar.txt"),
        (["answer", "M-1"], "add --yes, or use --text or --file"),
        (["answer", "M-4", "--text", "Ja.", "--yes"], "`moteplassen cases reopen` puts it back in the queue first"),
        (["route", "M-1", "--team", "kino"], "there is no team 'kino'; use one of bevilling, felles"),
        (["reassign", "M-1", "--to", " "], "--to is empty"),
    ],
)
def test_what_cannot_be_done_is_told_with_what_to_do(desk: Path, teams: Path, words: list[str], complaint: str) -> None:
    async def more(office: Office) -> None:
        third, fourth = [await office.desk.open(request(f"reply-{number}")) for number in (3, 4)]
        await office.desk.claim(third.id, KARI)
        await office.desk.answer(fourth.id, OLA, "Nei.")

    at_office(desk, more, teams)
    before = standing(desk)
    result = moteplassen("cases", *words, "--data-dir", desk, TEAMS=str(teams))
    assert (result.exit_code, result.stdout) == (1, "")
    assert complaint in result.stderr
    assert "Traceback" not in result.stderr
    assert standing(desk) == before
