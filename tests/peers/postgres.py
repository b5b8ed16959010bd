"""A throwaway PostgreSQL: started where its programs are installed, gone with everything in it when it is stopped."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import create_async_engine

BLANK = "template0"
"""The database that new ones are copied from where they are to be empty."""
MISSING = "PostgreSQL is not installed here (no `initdb` on the PATH or in /usr/lib/postgresql); .ci/run installs it"

_DEBIAN = Path("/usr/lib/postgresql")
_SERVICES = ("postgres", "nobody")
"""PostgreSQL refuses to run as root: then it runs as the first of these that there is."""
_CLUSTER = ("-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C.UTF-8")
# Nothing here needs to survive a power cut, and autovacuum would only compete for the processor.
_PACE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off", "max_connections=300")
_DURABLE = ("max_connections=300",)


@dataclasses.dataclass
class Postgres:
    """A server on which databases can be made."""

    url: URL
    _numbers: Iterator[int] = dataclasses.field(default_factory=itertools.count)

    async def create(self, template: str = BLANK) -> str:
        """The address of a new database, a copy of the template (a database that nobody is connected to)."""
        name = f"moteplassen_{os.getpid()}_{next(self._numbers)}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url.set(database=name).render_as_string(hide_password=False)

    async def drop(self, address: str) -> None:
        """Take the database away, whoever is connected to it."""
        await self._execute(f'DROP DATABASE "{make_url(address).database}" WITH (FORCE)')

    async def _execute(self, statement: str) -> None:
        engine = create_async_engine(self.url, isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.execute(text(statement))
        await engine.dispose()


def programs() -> Path | None:
    """Where `initdb` and `postgres` lie, the newest first; None where they are not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    folders = [each.parent for each in _DEBIAN.glob("*/bin/initdb")]
    return max(folders, key=lambda folder: float(folder.parent.name), default=None)


@contextlib.contextmanager
def running(given: str | None = None, *, durable: bool = False) -> Iterator[Postgres | None]:
    """A server while the block lasts: the given one, else one of its own in a temporary folder; None without programs.

    Where it is `durable`, it writes as one in production does, which is what measurements need.
    It listens on a socket in that folder and nowhere else, so that no port can be taken twice.
    """
    if given:
        yield Postgres(make_url(given))
        return
    if not (folder := programs()):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as place:
        rights = _rights()
        if rights:
            os.chown(place, rights["user"], rights["group"])
        data = Path(place) / "data"
        initdb = (folder / "initdb", "-D", data, *_CLUSTER)
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=place, **rights)
        with _serving(folder, data, rights, _DURABLE if durable else _PACE):
            yield Postgres(URL.create("postgresql+asyncpg", "postgres", database="postgres", query={"host": place}))


def _rights() -> Mapping[str, Any]:
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    service = next(known[name] for name in _SERVICES if name in known)
    return {"user": service.pw_uid, "group": service.pw_gid, "extra_groups": []}


@contextlib.contextmanager
def _serving(folder: Path, data: Path, rights: Mapping[str, Any], pace: Sequence[str]) -> Iterator[None]:
    place = data.parent
    settings = ("listen_addresses=", f"unix_socket_directories={place}", *pace)
    command: tuple[str | Path, ...] = (
        folder / "postgres",
        "-D",
        data,
        *(part for each in settings for part in ("-c", each)),
    )
    with (
        (place / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=place, **rights) as server,
    ):
        try:
            _await_start(server, data)
            yield
        finally:
            server.send_signal(signal.SIGQUIT)  # at once, whoever is connected


def _await_start(server: subprocess.Popen[bytes], data: Path) -> None:
    deadline = time.monotonic() + 60
    while not _is_ready(data):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"PostgreSQL did not start:\n{(data.parent / 'log').read_text(encoding='utf-8')}")
        time.sleep(0.02)


def _is_ready(data: Path) -> bool:
    # The last line says how far the server is; until it is written there are fewer.
    file = data / "postmaster.pid"
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return len(lines) == 8 and lines[7].strip() == "ready"
