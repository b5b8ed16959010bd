"""`serve`, `demo` and `worker`: what keeps them from starting is said at once. How they run: tests/test_app.py."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.town import moteplassen

HEAVY = ("chromadb", "langchain_core", "sqlalchemy", "numpy", "lingua", "pydantic_settings")


def test_help_needs_none_of_what_takes_long_to_load() -> None:
    script = (
        "import sys; from typer.testing import CliRunner; from bot.__main__ import app;"
        f"print(CliRunner().invoke(app, ['--help']).output); print([name for name in {HEAVY} if name in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    for command in ("demo", "serve", "worker", "ingest", "ask", "strategy", "cases", "eval", "check"):
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
    ],
    ids=["no sign-in", "no sources", "no database", "no driver", "no such host"],
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
