"""A database as one file, and back: SQLite by its own backup, PostgreSQL by its programs pg_dump and pg_restore."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import URL, MetaData, text
from sqlalchemy.engine import make_url

from bot.database import Database
from knowledge.databases import copy_database

_DEBIAN = Path("/usr/lib/postgresql")
_DATABASE = "--dbname"
"""In a program's options: the database goes here."""


class DumpError(Exception):
    """The database could not be written to a file or read from one; the message says why and what to do."""


def kind_of(address: str) -> str:
    """`sqlite` or `postgresql`."""
    return make_url(address).get_backend_name()


def dump(address: str, file: Path) -> None:
    """Write the database to the file, as it is at one moment, whoever works in it meanwhile. Blocking."""
    url = make_url(address)
    if kind_of(address) == "sqlite":
        _copy(_path(url), file)
        return
    _run("pg_dump", url, ["--format=custom", "--no-owner", f"--file={file}", _DATABASE])


def check(address: str, file: Path) -> None:
    """Raise DumpError where the file is no whole dump of a database of that address's kind. Blocking."""
    if kind_of(address) == "sqlite":
        try:
            with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
                verdict = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.Error as error:
            raise DumpError(f"the backup's database can't be read: {error}") from error
        if verdict != "ok":
            raise DumpError(f"the backup's database is damaged: {verdict}")
        return
    _run("pg_restore", make_url(address), ["--list", str(file)])


async def is_empty(database: Database) -> bool:
    """Has the database no tables?"""
    async with database.engine.connect() as connection:
        metadata = MetaData()
        await connection.run_sync(metadata.reflect)
    return not metadata.tables


async def clear(database: Database) -> None:
    """Take away all tables of a PostgreSQL database, and what guards them."""
    async with database.engine.begin() as connection:
        metadata = MetaData()
        await connection.run_sync(metadata.reflect)
        await connection.run_sync(metadata.drop_all)
        await connection.execute(text("DROP FUNCTION IF EXISTS audit_guard() CASCADE"))


def load(address: str, file: Path) -> None:
    """Read the dump into the database, which is empty; on SQLite the file takes its place. Blocking."""
    url = make_url(address)
    if kind_of(address) == "sqlite":
        target = _path(url)
        for beside in ("-wal", "-shm"):
            target.with_name(target.name + beside).unlink(missing_ok=True)
        file.chmod(0o600)
        file.replace(target)
        return
    options = ["--no-owner", "--single-transaction", "--exit-on-error", _DATABASE]
    _run("pg_restore", url, [*options, str(file)])


def _copy(source: Path, target: Path) -> None:
    if not source.exists():
        raise DumpError(f"there is no database at {source}; nothing has been kept yet")
    with contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as there:
        copy_database(there, target)


def _path(url: URL) -> Path:
    return Path(url.database or "")


def _run(program: str, url: URL, options: Sequence[str]) -> None:
    """Run PostgreSQL's program on the database of that address. The password is in a file meanwhile: `ps` shows what a
    program is called with."""
    with tempfile.TemporaryDirectory() as folder:
        passwords = Path(folder) / "pgpass"
        passwords.touch(mode=0o600)
        escaped = str(url.password or "").replace("\\", "\\\\").replace(":", "\\:")
        passwords.write_text(f"*:*:*:*:{escaped}\n", encoding="utf-8")
        # What asyncpg calls ssl is sslmode to PostgreSQL's programs.
        query = {"sslmode" if name == "ssl" else name: value for name, value in url.query.items()}
        plain = url.set(drivername="postgresql", password=None, query=query)
        plain = plain.update_query_dict({"passfile": str(passwords)}) if url.password else plain
        command = [str(_program(program)), *options]
        if _DATABASE in command:
            command[command.index(_DATABASE)] = f"--dbname={plain.render_as_string(hide_password=False)}"
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours, as its options
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        raise DumpError(f"{program} failed: {lines[-1] if lines else f'exit status {done.returncode}'}")


def _program(name: str) -> Path:
    if found := shutil.which(name):
        return Path(found)
    there = sorted(_DEBIAN.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    if not there:
        raise DumpError(f"{name} is not installed here; install PostgreSQL's client programs (postgresql-client)")
    return there[-1]
