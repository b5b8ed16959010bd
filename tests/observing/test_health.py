"""Health tells the truth: each part is taken away, and it is said which."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from structlog.testing import capture_logs

from bot.app import create_app
from bot.database import Database
from bot.desk.background import Job
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.outbox import Leased, Outbox
from bot.migrations import migrate
from bot.observing.health import IDLE, Check, dispatcher_check, library_check
from tests.desk.examples import Mailbox, eventually

AWAY = "sqlite+aiosqlite:////dev/null/nothing.db"


class Stuck(Outbox):
    """An outbox whose database does not come back before it is let."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.back = asyncio.Event()

    async def lease(self, *args: object, **more: object) -> list[Leased]:
        await self.back.wait()
        return []


class Breaking:
    """A job that ends in an error."""

    async def run(self, stop: asyncio.Event) -> None:
        raise RuntimeError("no more")


class Hall:
    """A process, parts of which can be away."""

    def __init__(self, address: str) -> None:
        self.database = Database(address)
        self.filled = True
        self.jobs: list[Job] = []
        self.checks: list[Check] = []

    async def is_complete(self) -> bool:
        return self.filled

    @contextlib.asynccontextmanager
    async def up(self, outbox: Outbox | None = None) -> AsyncIterator[httpx.AsyncClient]:
        dispatcher = Dispatcher(outbox or Outbox(self.database), {"web": Mailbox()}, pace=Pace(poll=0.01, grace=0))
        checks = [library_check(self.is_complete), dispatcher_check(lambda: dispatcher.idle_seconds), *self.checks]
        app = create_app([], self.database, [dispatcher, *self.jobs], checks=checks)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://bot") as client,
        ):
            await eventually(lambda: dispatcher.idle_seconds is not None)
            yield client


@pytest.fixture
async def hall(tmp_path: Path) -> AsyncIterator[Hall]:
    hall = Hall(f"sqlite+aiosqlite:///{tmp_path / 'hall.db'}")
    await migrate(hall.database)
    yield hall
    await hall.database.close()


async def asked(client: httpx.AsyncClient, path: str = "/health/ready") -> tuple[int, list[str]]:
    response = await client.get(path)
    return response.status_code, response.json().get("away", [])


async def test_where_all_is_there_it_is_ready_and_lives(hall: Hall) -> None:
    async with hall.up() as client:
        assert [await asked(client, path) for path in ("/health", "/health/live", "/health/ready")] == [(200, [])] * 3


async def test_without_documents_it_lives_and_is_not_ready(hall: Hall) -> None:
    hall.filled = False
    async with hall.up() as client:
        assert await asked(client) == (503, ["library"])
        assert await asked(client, "/health/live") == (200, [])
        hall.filled = True
        assert await asked(client) == (200, [])


async def test_without_a_database_it_lives_and_is_not_ready() -> None:
    hall = Hall(AWAY)
    async with hall.up() as client:
        assert await asked(client) == (503, ["database"])
        assert await asked(client, "/health") == (503, ["database"])
        assert await asked(client, "/health/live") == (200, [])


async def test_a_job_that_broke_is_life_itself(hall: Hall) -> None:
    hall.jobs.append(Breaking())
    answers = []

    async def look() -> None:
        async with hall.up() as client:
            async with asyncio.timeout(30):
                while await asked(client, "/health/live") == (200, []):
                    await asyncio.sleep(0.01)
            answers.extend([await asked(client, path) for path in ("/health/live", "/health/ready")])

    with pytest.raises(ExceptionGroup):
        await look()
    assert answers == [(503, ["jobs"])] * 2


@pytest.mark.slow
async def test_a_dispatcher_that_hangs_is_not_ready(hall: Hall) -> None:
    stuck = Stuck(hall.database)
    async with hall.up(stuck) as client:
        assert await asked(client) == (200, [])
        await asyncio.sleep(IDLE + 1)
        assert await asked(client) == (503, ["dispatcher"])
        assert await asked(client, "/health/live") == (200, [])
        stuck.back.set()
        await asyncio.sleep(1)
        assert await asked(client) == (200, [])


async def test_the_log_says_when_a_part_goes_why_and_when_it_is_back_however_often_somebody_looks(hall: Hall) -> None:
    faults: list[Exception] = []

    async def well() -> bool:
        for fault in faults:
            raise fault
        return True

    hall.checks = [Check("model", well)]
    with capture_logs() as logged:
        async with hall.up() as client:
            for now in ([], [OSError("no route")], [TimeoutError()], []):
                faults[:] = now
                for _ in range(3):
                    await asyncio.gather(*(asked(client) for _ in range(3)))
    told = [(each["event"], each.get("error")) for each in logged if each.get("part") == "model"]
    assert told == [("health.away", "OSError"), ("health.away", "TimeoutError"), ("health.back", None)]


async def test_a_part_that_does_not_answer_is_away_and_holds_up_none(hall: Hall) -> None:
    async def never() -> bool:
        await asyncio.Event().wait()
        return True

    async def raises() -> bool:
        raise OSError("no route")

    hall.checks = [Check("vectors", never), Check("model", raises)]
    async with hall.up() as client:
        async with asyncio.timeout(10):
            assert await asked(client) == (503, ["vectors", "model"])
