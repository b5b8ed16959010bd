"""The database is cut off, hangs, is slow, full, or no longer the one to write to: what askers see, and what then."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine
from structlog.testing import capture_logs

from bot.database import Database
from bot.handlers.web.store import MessageRow
from bot.wiring import Knowledge
from tests.databases import Databases
from tests.disks import full, small_disk
from tests.peers.proxy import Proxy, proxied
from tests.web.conftest import Visit
from tests.web.examples import ANSWERED, PATIENCE, Person, running

pytestmark = pytest.mark.asyncio(loop_scope="session")

LONGEST = 25.0
"""Seconds until whoever asks meanwhile is told: a statement's limit, and what it takes to give up on the connection."""

Fault = Callable[[Proxy, str], contextlib.AbstractAsyncContextManager[None]]


@contextlib.asynccontextmanager
async def cut_off(proxy: Proxy, address: str) -> AsyncIterator[None]:
    proxy.cut()
    yield
    proxy.mend()


@contextlib.asynccontextmanager
async def hanging(proxy: Proxy, address: str) -> AsyncIterator[None]:
    proxy.hang()
    yield
    proxy.mend()


@contextlib.asynccontextmanager
async def demoted(proxy: Proxy, address: str) -> AsyncIterator[None]:
    """As after a failover: all connections are lost, and the server that is there may only be read from."""
    await _set(address, "on")
    yield
    await _set(address, "off")


@pytest.mark.postgres
@pytest.mark.timeout(180)
@pytest.mark.parametrize("fault", [cut_off, hanging, demoted])
async def test_who_asks_while_the_database_is_away_is_told_so_and_all_goes_on_afterwards(
    visit: Visit, knowledge: Knowledge, databases: Databases, tmp_path: Path, fault: Fault
) -> None:
    async with databases.ready("postgres") as address, behind_a_proxy(address) as (proxy, through):
        async with running(knowledge, tmp_path, demo=True, database_url=through) as url:
            person = await visit("kafe", url)
            before = await ask(person)
            with capture_logs() as log:
                async with fault(proxy, address):
                    start = time.monotonic()
                    told = await person.posted("/spor", tekst=ANSWERED, kanal="naeringsliv")
                    assert time.monotonic() - start < LONGEST
                    assert (told.status_code, told.headers["retry-after"]) == (503, "30")
                    assert "Det du skrev er ikke sendt" in told.json()["problem"]
                    looked = await person.page("/")
                    assert (looked.status, looked.response.headers["retry-after"]) == (503, "30")
                    assert (
                        looked.all(".prose p")[0] == "Noe vi trenger er borte en liten stund. Prøv igjen om et minutt."
                    )
            line, _ = [each for each in log if each["event"] == "web.unreachable"]
            assert line["error_id"] in told.json()["problem"]
            assert ANSWERED not in str(log)
            after = await eventually_asked(person)
            for thread in (before, after):
                await answered(person, thread)
        assert await replies(address) == 2 * 2 + 2 * 2, "the demo's two questions and ours, with one reply each"


@pytest.mark.postgres
async def test_a_slow_database_makes_answers_slow_and_loses_none(
    visit: Visit, knowledge: Knowledge, databases: Databases, tmp_path: Path
) -> None:
    async with (
        databases.ready("postgres") as address,
        behind_a_proxy(address) as (proxy, through),
        running(knowledge, tmp_path, demo=True, database_url=through) as url,
    ):
        person = await visit("kafe", url)
        proxy.delay(0.05)
        await answered(person, await ask(person))


@pytest.mark.slow
async def test_a_full_disk_is_told_and_what_was_asked_before_is_there_afterwards(
    visit: Visit, knowledge: Knowledge, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk") as disk, capture_logs() as log:
        async with running(knowledge, disk, demo=True) as url:
            person = await visit("kafe", url)
            before = await ask(person)
            await answered(person, before)
            with full(disk):
                told = await person.posted("/spor", tekst=ANSWERED, kanal="naeringsliv")
                assert told.status_code == 503
            await answered(person, await eventually_asked(person))
            await answered(person, before)
    assert [each["error"] for each in log if each["event"] == "web.unreachable"] == [
        "OperationalError < OperationalError (SQLITE_FULL)"
    ]


@contextlib.asynccontextmanager
async def behind_a_proxy(address: str) -> AsyncIterator[tuple[Proxy, str]]:
    """A proxy in front of the database, and the address that leads through it."""
    url = make_url(address)
    folder = url.query.get("host")
    with proxied(Path(str(folder)) / ".s.PGSQL.5432" if folder else (url.host or "", url.port or 5432)) as proxy:
        through = url.set(host="127.0.0.1", port=proxy.port, query={})
        yield proxy, through.render_as_string(hide_password=False)


async def _set(address: str, read_only: str) -> None:
    name = make_url(address).database
    engine = create_async_engine(address, isolation_level="AUTOCOMMIT")
    try:
        async with engine.connect() as connection:
            await connection.execute(text("SET default_transaction_read_only = off"))
            await connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = {read_only}'))
            others = "datname = current_database() AND pid <> pg_backend_pid()"
            await connection.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))
    finally:
        await engine.dispose()


async def ask(person: Person) -> str:
    posted = await person.posted("/spor", tekst=ANSWERED, kanal="naeringsliv")
    assert posted.status_code == 200, posted.text
    return str(posted.json()["messages"][0]["thread"])


async def eventually_asked(person: Person) -> str:
    async with asyncio.timeout(2 * PATIENCE):
        while True:
            with contextlib.suppress(AssertionError):
                return await ask(person)
            await asyncio.sleep(0.1)


async def answered(person: Person, thread: str) -> None:
    async with asyncio.timeout(2 * PATIENCE):
        while "for å behandle søknaden" not in (await person.page(f"/t/{thread}")).response.text:
            await asyncio.sleep(0.05)


async def replies(address: str) -> int:
    database = Database(address)
    try:
        async with database.reading() as session:
            return int(await session.scalar(select(func.count()).select_from(MessageRow)) or 0)
    finally:
        await database.close()
