"""`cases outbox`, `verify` and `figures`: what did not arrive, whether the log is whole, and the numbers."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sqlite3
from pathlib import Path

import pytest

from bot.commands.cases.counting import Division
from bot.database import Database
from bot.desk.audit import Audit
from bot.desk.desk import Desk
from bot.desk.figures import By
from bot.desk.outbox import Outbox
from bot.desk.outcomes import Outcomes
from bot.office import Office
from bot.question import Reply, Status
from tests.commands.offices import at_office, told
from tests.databases import KINDS, Databases
from tests.desk.examples import KARI, SOURCE, delivery, put, request, waiting
from tests.town import MARKUP, moteplassen, shown, terminal


@pytest.fixture
def owing(tmp_path: Path) -> Path:
    """Three deliveries: two that were given up, and one that waits after an attempt that failed."""

    async def fill(office: Office) -> None:
        await put(office.database, office.outbox, *(delivery(key) for key in ("a", "b", "c")))
        first, second, third = await waiting(office.outbox, "web")
        await office.outbox.give_up(first, "channel_not_found")
        await office.outbox.give_up(second, f"gone {MARKUP}")
        await office.outbox.postpone(third, dt.timedelta(hours=1), "down")

    at_office(tmp_path, fill)
    return tmp_path


def owed(folder: Path) -> list[tuple[str, str]]:
    return [(each["delivery"]["key"], each["state"]) for each in told(folder, "outbox")]


def test_what_has_not_arrived_is_listed_with_what_went_wrong(owing: Path) -> None:
    result = moteplassen("cases", "outbox", "--data-dir", owing)
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [
        [state, attempts, platform, kind, key, error] for _, state, _, attempts, platform, kind, key, error in rows
    ] == [
        ["given up", "1", "web", "reply", "b", f"gone {MARKUP}"],
        ["given up", "1", "web", "reply", "a", "channel_not_found"],
        ["waiting", "1", "web", "reply", "c", "down"],
        ["waiting", "0", "web", "undelivered", "a#undelivered", "-"],
        ["waiting", "0", "web", "undelivered", "b#undelivered", "-"],
    ]
    assert {row[2].rpartition(" ")[2] for row in rows} == {"s"}
    status, written = terminal("cases", "outbox", "--data-dir", owing)
    assert status == 0
    assert MARKUP in shown(written)
    assert "--retry ID" in shown(written)


def test_one_delivery_is_tried_again_and_that_is_noted(owing: Path) -> None:
    id_ = next(each["id"] for each in told(owing, "outbox") if each["delivery"]["key"] == "a")
    result = moteplassen("cases", "outbox", "--retry", str(id_), "--as", "drift", "--data-dir", owing)
    assert (result.exit_code, result.stdout) == (0, "1 will be tried again.\n")
    assert [(key, state) for key, state in owed(owing) if "#" not in key] == [
        ("b", "given up"),
        ("a", "waiting"),
        ("c", "waiting"),
    ]

    async def look(office: Office) -> list[tuple[str, str]]:
        return [(row.actor_id, row.what) for row in await Audit(office.database).entries("delivery:a")]

    assert at_office(owing, look) == [("drift", "retried")]
    again = moteplassen("cases", "outbox", "--retry", str(id_), "--data-dir", owing)
    assert (again.exit_code, again.stdout) == (1, "")
    assert f"no delivery {id_} was given up; `moteplassen cases outbox` lists those that were" in again.stderr


def test_all_are_tried_again(owing: Path) -> None:
    assert [each["delivery"]["key"] for each in told(owing, "outbox", "--retry", "all")] == ["a", "b"]
    assert {state for _, state in owed(owing)} == {"waiting"}
    assert told(owing, "verify")["entries"] == 2


def test_what_is_no_delivery_is_told(owing: Path) -> None:
    result = moteplassen("cases", "outbox", "--retry", "a", "--data-dir", owing)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "give the number that stands first in its row, or all" in result.stderr


def test_an_empty_outbox_is_said_to_be_empty(tmp_path: Path) -> None:
    assert moteplassen("cases", "outbox", "--data-dir", tmp_path).stdout == "Everything has arrived.\n"
    assert told(tmp_path, "outbox") == []


@pytest.fixture
def logged(tmp_path: Path) -> Path:
    async def fill(office: Office) -> None:
        case = await office.desk.open(request())
        await office.desk.answer(case.id, KARI, "Ja.")

    at_office(tmp_path, fill)
    return tmp_path


def test_the_head_of_a_whole_log_is_printed_and_found_again(logged: Path) -> None:
    result = moteplassen("cases", "verify", "--data-dir", logged)
    entries, head = [line.split("\t") for line in result.stdout.splitlines()]
    assert (result.exit_code, entries) == (0, ["entries", "2"])
    moteplassen("cases", "reopen", "M-1", "--data-dir", logged)
    assert moteplassen("cases", "verify", "--since", head[1], "--data-dir", logged).exit_code == 0
    missed = moteplassen("cases", "verify", "--since", "f" * 64, "--data-dir", logged)
    assert missed.exit_code == 1
    assert "the hash that was noted before is not in the log" in missed.stdout
    wrong = moteplassen("cases", "verify", "--since", "abc", "--data-dir", logged)
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "give the 64 hexadecimal digits" in wrong.stderr


def test_every_fault_of_a_log_is_named(logged: Path) -> None:
    with sqlite3.connect(logged / "moteplassen.db") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET actor_name = 'Ola' WHERE seq = 2")
        database.execute("UPDATE case_events SET text = 'Nei.' WHERE version = 2")
    database.close()
    result = moteplassen("cases", "verify", "--data-dir", logged)
    assert result.exit_code == 1
    assert result.stdout.splitlines()[:2] == [
        "entry 2: the entry was changed, or one before it was",
        "entry 2: what is kept of the case is not what the entry was made for",
    ]
    assert "the audit log is not whole (3 faults)" in result.stderr
    assert [fault["seq"] for fault in told(logged, "verify", status=1)["faults"]] == [2, 2, 2]


@pytest.fixture
def counted(logged: Path) -> Path:
    """The case that was answered, one that was opened in English, and a reply of the bot's."""

    async def fill(office: Office) -> None:
        await office.desk.open(request("reply-2", language="en"))
        said = Reply(id="r", status=Status.ABSTAINED, language="nb", lead="Nei", nearest=(SOURCE,))
        async with office.database.writing() as session:
            for number, status in enumerate((Status.ANSWERED, Status.ANSWERED, Status.ANSWERED, Status.ABSTAINED)):
                await Outcomes().note(session, "web", f"m{number}", said.model_copy(update={"status": status}))

    at_office(logged, fill)
    return logged


def test_figures_are_a_row_for_each_group_under_their_names(counted: Path) -> None:
    names, *rows = [
        line.split("\t")
        for line in moteplassen("cases", "figures", "--by", "language", "--data-dir", counted).stdout.splitlines()
    ]
    en, nb = (dict(zip(names, row, strict=True)) for row in rows)
    assert (en["of"], en["answered by the bot"], en["cases"], en["open"], en["done, median"]) == (
        "en",
        "-",
        "1",
        "1",
        "-",
    )
    assert (nb["of"], nb["answered by the bot"], nb["cases"], nb["open"]) == ("nb", "75%", "1", "0")
    assert nb["done, median"] == "0 h 00 min"


def test_figures_of_everything_are_one_object_in_a_list(counted: Path) -> None:
    (everything,) = told(counted, "figures")
    assert (everything["of"], everything["cases"], everything["answered_share"]) == (None, 2, 0.75)
    assert (everything["reply"]["count"], everything["helped_share"]) == (1, None)
    status, written = terminal("cases", "figures", "--data-dir", counted)
    assert status == 0
    assert "answered by the bot 75%" in shown(written)


def test_figures_of_days_in_which_nothing_was(counted: Path) -> None:
    options = ["figures", "--until", "2020-01-01"]
    assert told(counted, *options)[0]["cases"] == 0
    assert told(counted, *options, "--by", "team") == []
    written = moteplassen("cases", *options, "--by", "team", "--data-dir", counted).stdout
    assert written == "No figures: nothing was asked in that time.\n"


@pytest.mark.parametrize("kind", KINDS)
async def test_every_command_works_on_each_database(databases: Databases, kind: str, tmp_path: Path) -> None:
    async with databases.ready(kind) as address:
        database = Database(address)
        desk = Desk(database, Outbox(database))
        case = await desk.open(request())
        await database.close()

        def run(*words: str) -> str:
            result = moteplassen("cases", *words, "--data-dir", tmp_path, DATABASE_URL=address)
            assert result.exit_code == 0, result.output
            return result.stdout

        def work() -> None:
            assert case.question in run("--words", "SERVERE", "--unclaimed")
            for words in ("claim M-1", "reassign M-1 --to kari", "route M-1 --team all --as kari"):
                run(*words.split())
            run("answer", "M-1", "--text", "Ja.", "--yes", "--as", "kari")
            assert "case.answered" in run("outbox")
            run("close", "M-1", "--as", "kari")
            run("reopen", "M-1")
            assert "reopened by" in run("show", "M-1")
            assert json.loads(run("figures", "--by", "team", "--json"))[0]["reopened"] == 1
            assert len(json.loads(run("export", "--format", "json", "--out", "-", "--since", "2020-01-01"))) == 1
            assert run("outbox", "--retry", "all") == "0 will be tried again.\n"
            assert run("verify").startswith("entries\t8\n")

        await asyncio.to_thread(work)


def test_figures_are_divided_by_all_that_the_desk_can_divide_them_by() -> None:
    assert {each.value for each in Division} == {each.value for each in By}


def test_json_is_in_one_line(counted: Path) -> None:
    written = moteplassen("cases", "figures", "--by", "team", "--json", "--data-dir", counted).stdout
    assert written.count("\n") == 1
    assert json.loads(written)
