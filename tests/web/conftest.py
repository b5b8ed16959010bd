"""The web meeting place as it runs, over a small library; one demo and one browser for all tests of this folder."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from bot.settings import Settings
from bot.wiring import Knowledge, open_knowledge
from tests.databases import Databases
from tests.knowledge.examples import KLIMAPLAN, PLAN, RUTINE, SERVERING, split
from tests.web.examples import FEES, Person, running, visiting
from tests.web.offices import Office, meeting

CHROMIUM = Path("/usr/bin/chromium")

Visit = Callable[..., Awaitable[Person]]


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def knowledge(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Knowledge]:
    """A library of five documents, one of them internal, and the conversation over it."""
    settings = Settings(
        _env_file=None, data_dir=tmp_path_factory.mktemp("library"), openai_api_key=None, openai_base_url=None
    )
    with contextlib.closing(open_knowledge(settings, warm=False)) as knowledge:
        await knowledge.library.put_all([split(each) for each in (SERVERING, PLAN, KLIMAPLAN, RUTINE, FEES)])
        await knowledge.library.end()
        yield knowledge


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def demo(
    request: pytest.FixtureRequest,
    knowledge: Knowledge,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[str]:
    """The address of the demo, on SQLite, but where tests have kinds of databases as parameters."""
    folder = tmp_path_factory.mktemp("demo")
    async with (
        databases.ready(getattr(request, "param", "sqlite"), folder / "moteplassen.db") as address,
        running(knowledge, folder, demo=True, database_url=address) as url,
    ):
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def visit(demo: str) -> AsyncIterator[Visit]:
    """Somebody else with a browser of their own, each time; in the demo unless told otherwise."""
    async with contextlib.AsyncExitStack() as stack:

        async def visit(persona: str = "kafe", url: str = demo) -> Person:
            person = await stack.enter_async_context(visiting(url))
            if persona:
                await person.become(persona)
            return person

        yield visit


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """A demo of the module's own, with two teams and the desk behind it."""
    async with meeting(knowledge, tmp_path_factory.mktemp("office")) as office:
        yield office


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(chromium_path: Path) -> AsyncIterator[Browser]:
    expect.set_options(timeout=20_000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium_path)
        yield browser
        await browser.close()
