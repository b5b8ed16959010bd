"""What was erased is nowhere on the web either: not on the screens of those who look on, nor told to who comes back."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.database import Database
from bot.desk.case import Actor
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.privacy.erasing import Erasing
from bot.privacy.person import Person
from bot.wiring import Knowledge
from tests.databases import KINDS, Databases
from tests.web.examples import PATIENCE, Event, running, thread_of, visiting
from tests.web.windows import window

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "Hvor mange elefanter bor hos Kringla på Mars?"
LETTER = "Hei Kringla, det bor ingen der."


async def erase(address: str, id_: str) -> None:
    """As the command does, in a process of its own."""
    database = Database(address)
    outbox = Outbox(database)
    operator = Actor(id="cli:root", name="root")
    await Erasing(database, outbox, Desk(database, outbox)).erase(Person(platform="web", id=id_), operator)
    await database.close()


async def heard(stream: AsyncIterator[Event], text: str, times: int = 1) -> dict[str, str]:
    """What each message looks like by when the text stood in so many of them."""
    found: dict[str, str] = {}
    async with asyncio.timeout(PATIENCE):
        async for event in stream:
            found |= {update["id"]: json.dumps(update, ensure_ascii=False) for update in event.data}
            if sum(text in html for html in found.values()) >= times:
                return found
    raise AssertionError("the stream has ended")


@pytest.mark.parametrize("kind", KINDS)
async def test_who_looks_on_or_comes_back_is_not_told_what_was_erased(
    knowledge: Knowledge, databases: Databases, tmp_path: Path, kind: str
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        address = await stack.enter_async_context(databases.ready(kind, tmp_path / "moteplassen.db"))
        serving = [running(knowledge, tmp_path, demo=True, database_url=address) for _ in range(2)]
        urls = [await stack.enter_async_context(each) for each in serving]
        asker, here, there = [await stack.enter_async_context(visiting(url)) for url in (urls[0], *urls)]
        for person, persona in ((asker, "kafe"), (here, "kari"), (there, "bygg")):
            await person.become(persona)
        path = "/hendelser?kanal=naeringsliv&etter=0"
        streams = [await stack.enter_async_context(each.hearing(path)) for each in (here, there)]
        page = await asker.ask(QUESTION)
        thread = thread_of(page)
        await asker.forward(page)
        case = (await here.page(f"/t/{thread}")).node(".case-state a").attrs["href"]
        await here.post(f"{case}/svar", svar=LETTER)
        for stream in streams:
            assert QUESTION in (await heard(stream, LETTER))[thread]
        await erase(address, "kafe")
        for stream in streams:
            every = await heard(stream, "[slettet]", times=3)
            assert len(every) == 3
            assert "Kringla" not in "".join(every.values())
        for person in (here, there):
            assert "Kringla" not in (await person.page("/")).response.text
            revision = int((await person.page("/")).node("#_strom").attrs["data-after"] or "")
            for after in range(revision):
                async with person.hearing(f"/hendelser?kanal=naeringsliv&etter={after}") as stream:
                    event = await asyncio.wait_for(anext(stream), PATIENCE)
                assert "Kringla" not in str(event.data), after


async def test_an_open_page_shows_neither_what_was_erased_nor_a_thread_that_it_did_not_show(
    knowledge: Knowledge, databases: Databases, tmp_path: Path, chromium: Browser
) -> None:
    async with (
        databases.ready("sqlite", tmp_path / "moteplassen.db") as address,
        running(knowledge, tmp_path, demo=True, database_url=address) as url,
        visiting(url) as asker,
        visiting(url) as other,
        window(chromium, url, "bygg") as looking,
    ):
        await asker.become("kafe")
        await other.become("bygg")
        older = thread_of(await asker.ask(QUESTION))
        for number in range(15):
            await other.ask(f"Hva sier B3 til {number}?")
        newer = thread_of(await asker.ask(QUESTION))
        await looking.goto(f"{url}/")
        await expect(looking.locator(f"#t-{newer}")).to_contain_text("Kringla")
        await expect(looking.locator(f"#t-{older}")).to_have_count(0)
        alone = await looking.context.new_page()
        await alone.goto(f"{url}/t/{newer}")
        assert "Kringla" in await alone.title()
        await erase(address, "kafe")
        await expect(looking.locator(f"#m-{newer} .text")).to_have_text("[slettet]")
        await expect(alone.locator(f"#m-{newer} .text")).to_have_text("[slettet]")
        for page in (looking, alone):
            assert "Kringla" not in await page.content()
            assert "Kringla" not in await page.title()
        await expect(looking.locator(f"#t-{older}")).to_have_count(0)
