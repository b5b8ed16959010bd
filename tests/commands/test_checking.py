"""`check`: what is configured, reachable and missing."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import re
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.database import now
from bot.desk.desk import Desk
from bot.desk.timekeeper import Timekeeper
from bot.handlers.slack.installing.scopes import SCOPES
from bot.office import open_office
from bot.settings import Settings
from tests.commands.offices import TEAMS
from tests.desk.examples import delivery, put, request
from tests.town import MARKUP, moteplassen, shown, terminal

PARTS = [
    *("data directory", "sources", "library", "database", "teams", "chat model", "sign-in", "Slack"),
    "Microsoft Teams",
]
CLOSED = "http://127.0.0.1:9"
"""Nobody listens on the port that discards what it is sent."""
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "hush"}


class Neighbour(BaseHTTPRequestHandler):
    """A server that lists one chat model, can be signed in with, and is a Slack to go with."""

    def do_GET(self) -> None:
        pages = {
            "/v1/models": {"object": "list", "data": [{"id": "norsk-7b", "object": "model", "created": 1}]},
            "/.well-known/openid-configuration": {"issuer": "here"},
            "/empty/models": {"object": "list", "data": []},
            "/odd/models": ["a page"],
        }
        if self.path.startswith("/api/conversations.info"):
            pages[self.path] = {"ok": "GAWAY" not in self.path, "error": "channel_not_found"}
        body = json.dumps(pages.get(self.path, {})).encode()
        self.send_response(200 if self.path in pages else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = json.dumps({"ok": True}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-OAuth-Scopes", ",".join(SCOPES) if self.path.startswith("/api/") else "chat:write")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def neighbour() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Neighbour) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def check(data_dir: Path, **changes: str) -> tuple[int, dict[str, tuple[str, str]]]:
    """Exit status, and what is said of each part."""
    result = moteplassen("check", "--json", "--data-dir", data_dir, **changes)
    assert "Traceback" not in result.stderr
    findings = json.loads(result.stdout)
    assert all(finding.keys() == {"part", "state", "detail"} for finding in findings)
    return result.exit_code, {finding["part"]: (finding["state"], finding["detail"]) for finding in findings}


def test_what_is_there_and_what_is_not_configured_is_told(data_dir: Path, sources: Path) -> None:
    status, found = check(data_dir, SOURCES=str(sources))
    assert status == 0
    assert list(found) == PARTS
    assert found["data directory"] == ("ok", str(data_dir))
    assert found["sources"] == ("ok", f"3 in {sources}")
    assert found["library"] == ("ok", "4 documents, 1 of them internal")
    assert found["database"][0] == "off"
    assert {part: found[part][0] for part in ("chat model", "sign-in", "Slack")} == dict.fromkeys(
        ("chat model", "sign-in", "Slack"), "off"
    )
    assert "OPENAI_API_KEY" in found["chat model"][1]


def test_an_empty_data_directory_is_made_and_told_what_fills_it(tmp_path: Path) -> None:
    status, found = check(tmp_path / "new")
    assert (status, found["library"][0]) == (0, "off")
    assert "moteplassen ingest" in found["library"][1]


def test_what_is_reachable_is_told(data_dir: Path, neighbour: str) -> None:
    status, found = check(
        data_dir,
        OPENAI_BASE_URL=f"{neighbour}/v1",
        CHAT_MODEL="norsk-7b",
        OIDC_ISSUER=neighbour,
        OIDC_CLIENT_ID="bot",
        OIDC_CLIENT_SECRET="hush",
        SLACK_OFFICERS_CHANNEL="GSAKER",
        SLACK_API_URL=f"{neighbour}/api/",
        **SLACK,
    )
    assert (status, found["chat model"]) == (0, ("ok", "norsk-7b"))
    assert found["sign-in"] == ("ok", neighbour)
    assert found["Slack"] == ("ok", "GSAKER")
    assert not [detail for _, detail in found.values() if "hush" in detail]


SIGN_IN = {"OIDC_CLIENT_ID": "bot", "OIDC_CLIENT_SECRET": "hush"}


@pytest.mark.parametrize(
    ("part", "changes", "told"),
    [
        ("chat model", {"OPENAI_BASE_URL": f"{CLOSED}/v1"}, "answers stay quotes"),
        ("chat model", {"OPENAI_BASE_URL": "{neighbour}/v1"}, "set MOTEPLASSEN_CHAT_MODEL to one of norsk-7b"),
        ("chat model", {"OPENAI_BASE_URL": "{neighbour}/odd"}, "is no model server"),
        ("Slack", {"SLACK_BOT_TOKEN": "xoxb-1"}, "both SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET"),
        ("Slack", {"SLACK_SIGNING_SECRET": "hush"}, "both SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET"),
        ("Slack", {"SLACK_API_URL": f"{CLOSED}/api/"} | SLACK, "Slack can't be reached with SLACK_BOT_TOKEN"),
        ("Slack", {"SLACK_API_URL": "{neighbour}/few/"} | SLACK, "the token lacks app_mentions:read"),
        ("Slack", {"SLACK_API_URL": "{neighbour}/api/", "SLACK_OFFICERS_CHANNEL": "GAWAY"} | SLACK, "invite the bot"),
        ("sign-in", {"OIDC_ISSUER": CLOSED} | SIGN_IN, "openid-configuration can't be read"),
        ("sign-in", {"OIDC_ISSUER": "{neighbour}/elsewhere"} | SIGN_IN, "openid-configuration can't be read"),
        ("sources", {"SOURCES": "/nowhere/sources.toml"}, "give the path of a sources.toml"),
        ("database", {"DATABASE_URL": "sqlite+aiosqlite:////dev/null/x.db"}, "the database can't be reached"),
        ("database", {"DATABASE_URL": "sqlite+aiosqlite:///{garbage}"}, "the database can't be reached"),
        ("database", {"DATABASE_URL": "oracle+no://scott:tiger@host/db"}, "MOTEPLASSEN_DATABASE_URL can't be used"),
        ("database", {"DATABASE_URL": "not an address"}, "MOTEPLASSEN_DATABASE_URL can't be used"),
    ],
    ids=[
        *("no model server", "no such model", "a page instead", "half of Slack", "the other half", "no Slack"),
        *("few scopes", "no channel", "no provider"),
        *("no provider there", "no sources", "no database", "a file that is none", "no driver", "no address"),
    ],
)
def test_what_is_missing_or_away_is_told_and_is_an_error(
    data_dir: Path, neighbour: str, tmp_path: Path, part: str, changes: dict[str, str], told: str
) -> None:
    (garbage := tmp_path / "garbage.db").write_text("This is not a database. " * 100)
    named = {name: value.format(neighbour=neighbour, garbage=garbage) for name, value in changes.items()}
    status, found = check(data_dir, **named)
    assert status == 1
    assert found[part][0] == "bad"
    assert told in found[part][1]
    assert not [detail for _, detail in found.values() if "hush" in detail or "tiger" in detail]
    assert [name for name, (state, _) in found.items() if state == "bad"] == [part]


@pytest.mark.parametrize("place", ["elsewhere", "empty"], ids=["no such page", "an empty list"])
def test_a_model_server_that_lists_no_models_is_not_bad(data_dir: Path, neighbour: str, place: str) -> None:
    status, found = check(data_dir, OPENAI_BASE_URL=f"{neighbour}/{place}", CHAT_MODEL="norsk-7b")
    assert (status, found["chat model"]) == (0, ("ok", "norsk-7b; the server is reachable, lists no models"))


@pytest.mark.parametrize("file", ["catalogue.db", "lexical/meta.json", "vectors/chroma.sqlite3"])
def test_a_damaged_library_is_one_finding_that_says_how_to_mend_it(data_dir: Path, tmp_path: Path, file: str) -> None:
    data = shutil.copytree(data_dir, tmp_path / "data")
    (data / "library" / "public" / file).write_bytes(b"This is something else. " * 200)
    status, found = check(data)
    assert (status, list(found)) == (1, PARTS)
    assert [name for name, (state, _) in found.items() if state == "bad"] == ["library"]
    assert "damaged: public" in found["library"][1]
    assert "make it anew by themselves" in found["library"][1]


def test_the_database_is_looked_at_and_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "moteplassen.db"
    assert check(tmp_path)[1]["database"][0] == "off"
    assert not file.exists()
    with contextlib.closing(sqlite3.connect(file)) as older, older:
        older.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        older.execute("INSERT INTO alembic_version VALUES ('0001')")
    status, found = check(tmp_path)
    assert (status, found["database"][0]) == (0, "off")
    assert "migrates it when it starts" in found["database"][1]
    with contextlib.closing(sqlite3.connect(file)) as older:
        assert older.execute("SELECT name FROM sqlite_master").fetchall() == [("alembic_version",)]
        assert older.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]


async def test_deliveries_that_were_given_up_are_bad(tmp_path: Path) -> None:
    async with open_office(Settings(_env_file=None, data_dir=tmp_path)) as office:
        assert (await asyncio.to_thread(check, tmp_path))[1]["database"] == ("ok", "sqlite; 0 deliveries were given up")
        await put(office.database, office.outbox, delivery("a"), delivery("b"), delivery("c"))
        gone, down = await office.outbox.lease(["web"], 2, dt.timedelta(seconds=9))
        await office.outbox.postpone(down, dt.timedelta(hours=1), "down")
        state, told = (await asyncio.to_thread(check, tmp_path))[1]["database"]
        assert state == "ok"
        assert re.fullmatch(
            r"sqlite; 3 wait, the oldest since [-\d]+ [\d:]+ \(UTC\), 1 of them after an attempt that failed, "
            r"0 deliveries were given up",
            told,
        )
        await office.outbox.give_up(gone, "gone")
    status, found = await asyncio.to_thread(check, tmp_path)
    assert (status, found["database"][0]) == (1, "bad")
    assert "1 deliveries were given up: `moteplassen cases outbox` says why and tries again" in found["database"][1]


async def test_what_is_late_and_whether_anybody_was_told_is_said(tmp_path: Path) -> None:
    long_ago = now() - dt.timedelta(days=30)
    async with open_office(Settings(_env_file=None, data_dir=tmp_path)) as office:
        assert (await asyncio.to_thread(check, tmp_path))[1]["cases"] == ("ok", "0 are late")
        older = Desk(office.database, office.outbox, clock=lambda: long_ago)
        for number in range(2):
            await older.open(request(f"reply-{number}"))
        await office.desk.open(request("reply-2"))
        status, found = await asyncio.to_thread(check, tmp_path)
        assert (status, found["cases"]) == (
            1,
            (
                "bad",
                "2 are late: `moteplassen cases --late` lists them; of 2 neither leader nor asker was told: "
                "let `serve` or `worker` run, which watch the clock",
            ),
        )
        await Timekeeper(office.desk).look()
    status, found = await asyncio.to_thread(check, tmp_path)
    assert (status, found["cases"]) == (0, ("ok", "2 are late: `moteplassen cases --late` lists them"))


async def test_a_log_that_is_not_whole_is_bad(tmp_path: Path) -> None:
    async with open_office(Settings(_env_file=None, data_dir=tmp_path)) as office:
        await office.desk.open(request())
    assert (await asyncio.to_thread(check, tmp_path))[1]["audit log"] == (
        "ok",
        "1 entries, the latest looked through",
    )
    with contextlib.closing(sqlite3.connect(tmp_path / "moteplassen.db")) as database, database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET what = 'closed'")
    status, found = await asyncio.to_thread(check, tmp_path)
    assert (status, found["audit log"][0]) == (1, "bad")
    assert "entry 1: the entry was changed, or one before it was; `moteplassen cases verify`" in found["audit log"][1]


def test_teams_are_told_and_each_mistake_in_them_with_its_line(data_dir: Path, tmp_path: Path) -> None:
    assert check(data_dir)[1]["teams"][0] == "off"
    file = tmp_path / "teams.toml"
    file.write_text(TEAMS, encoding="utf-8")
    assert check(data_dir, TEAMS=str(file))[1]["teams"] == ("ok", f"2 in {file}: bevilling, felles")
    file.write_text('[[team]]\nid = "A"\nnme = "A"\n')
    status, found = check(data_dir, TEAMS=str(file))
    assert (status, found["teams"][0]) == (1, "bad")
    told = found["teams"][1].splitlines()
    assert any(line.startswith(f"{file}:2: key 'team.id'") for line in told)
    assert any(line.startswith(f"{file}:3: key 'team.nme' is unknown") for line in told)


def test_a_data_directory_that_cannot_be_used_is_the_only_finding() -> None:
    status, found = check(Path("/dev/null/data"))
    assert (status, list(found)) == (1, ["data directory"])
    assert found["data directory"][0] == "bad"


def test_findings_on_a_terminal_are_a_table_of_what_was_written(data_dir: Path, neighbour: str) -> None:
    slack = SLACK | {"SLACK_API_URL": f"{neighbour}/api/", "SLACK_OFFICERS_CHANNEL": MARKUP}
    status, written = terminal("check", "--data-dir", data_dir, **slack)
    assert (status, "Traceback" in written) == (0, False)
    assert MARKUP in shown(written)
    assert "\x1b]8" not in written


def test_piped_findings_are_rows_of_plain_text(data_dir: Path) -> None:
    result = moteplassen("check", "--data-dir", data_dir)
    assert "\x1b" not in result.output
    rows = [line.split("\t") for line in result.stdout.splitlines()]
    assert [row[0] for row in rows] == PARTS
    assert {len(row) for row in rows} == {3}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"PORT": "99999"}, "port: Input should be less than or equal to 65535"),
        ({"CHAT_TIMEOUT": "soon"}, "chat_timeout: Input should be a valid number"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(data_dir: Path, changes: dict[str, str], told: str) -> None:
    result = moteplassen("check", "--data-dir", data_dir, **changes)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr
    assert "Traceback" not in result.stderr
