"""`serve`, `demo` and `worker`: what keeps them from starting is said at once. How they run: tests/test_app.py."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from tests.town import moteplassen

SIGN_IN = {"OIDC_ISSUER": "http://127.0.0.1:9", "OIDC_CLIENT_ID": "bot", "OIDC_CLIENT_SECRET": "hush"}
HEAVY = ("chromadb", "langchain_core", "sqlalchemy", "numpy", "lingua", "pydantic_settings")


def test_help_needs_none_of_what_takes_long_to_load() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from bot.__main__ import app;"
        f"print(CliRunner().invoke(app, ['--help']).output); print([name for name in {HEAVY} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    for command in ("demo", "serve", "worker", "ingest", "ask", "strategy", "cases", "sources", "eval", "check"):
        assert f" {command} " in told
    assert told.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_told_with_what_to_do(data_dir: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        result = moteplassen(command, "--port", port, "--data-dir", data_dir)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"can't listen on 127.0.0.1:{port}" in result.stderr
    assert "--port or MOTEPLASSEN_PORT" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("command", "changes", "told"),
    [
        ("serve", {}, "MOTEPLASSEN_OIDC_ISSUER"),
        ("demo", {"SOURCES": "/nowhere/sources.toml"}, "/nowhere/sources.toml: cannot be read"),
        ("demo", {"DATABASE_URL": "sqlite+aiosqlite:////dev/null/x.db"}, "the database can't be reached"),
        ("worker", {"DATABASE_URL": "postgresql+nothing://me:hush@host/db"}, "the extra `postgres`"),
        ("demo", {"HOST": "no.such.host.invalid"}, "can't listen on no.such.host.invalid"),
        ("serve", {"SLACK_BOT_TOKEN": "xoxb-hush"} | SIGN_IN, "both SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET"),
        ("worker", {"SLACK_SIGNING_SECRET": "hush"}, "both SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET"),
        ("demo", {"LOG_LEVEL": "chatty"}, "log_level: Input should be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    ],
    ids=[
        *("no sign-in", "no sources", "no database", "no driver", "no such host"),
        *("half of Slack", "the other half", "no such level"),
    ],
)
def test_what_is_not_set_up_is_told_with_what_to_do(
    data_dir: Path, sources: Path, command: str, changes: dict[str, str], told: str
) -> None:
    port = () if command == "worker" else ("--port", "0")
    result = moteplassen(command, *port, "--data-dir", data_dir, **{"SOURCES": str(sources)} | changes)
    assert result.exit_code == 1
    assert "is open at" not in result.stdout
    assert result.stderr.startswith("error: ")
    assert told in result.stderr
    assert "hush" not in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("changes", [{}, {"SLACK_BOT_TOKEN": "xoxb-1"} | SIGN_IN], ids=["no sign-in", "half of Slack"])
def test_what_is_not_set_up_is_told_before_documents_are_indexed(
    tmp_path: Path, sources: Path, changes: dict[str, str]
) -> None:
    result = moteplassen("serve", "--port", "0", "--data-dir", tmp_path, SOURCES=str(sources), **changes)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("error: ")
    held = json.loads(moteplassen("check", "--json", "--data-dir", tmp_path).stdout)[2]
    assert (held["part"], held["state"]) == ("library", "off")


@pytest.mark.parametrize(
    ("words", "changes", "file", "logged"),
    [
        ([], {}, "", False),
        ([], {"LOG_LEVEL": "info"}, "", True),
        ([], {}, "MOTEPLASSEN_LOG_LEVEL=INFO", True),
        (["--log-level", "ERROR"], {"LOG_LEVEL": "INFO"}, "", False),
    ],
    ids=["nothing set", "the environment", "a file", "the command line, which goes before"],
)
def test_how_much_is_logged_is_a_setting(
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: list[str],
    changes: dict[str, str],
    file: str,
    logged: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(file)
    result = moteplassen(*words, "ask", "B3", "--data-dir", data_dir, **changes)
    assert result.exit_code == 0
    assert ("conversation.replied" in result.stderr) is logged


def test_the_data_directory_is_made_for_its_owner_only_and_no_password_is_shown(tmp_path: Path) -> None:
    assert moteplassen("cases", "--data-dir", tmp_path / "new" / "data").exit_code == 0
    assert (tmp_path / "new" / "data").stat().st_mode & 0o777 == 0o700
    address = SecretStr("postgresql+asyncpg://me:hush@host/db")
    assert "hush" not in repr(Settings(_env_file=None, database_url=address))
