from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from tests.desk.examples import OLA
from tests.web.examples import ABSTAINED
from tests.web.offices import Office
from tests.web.windows import ask, forward, window

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def test_what_an_officer_chooses_is_not_taken_away_when_the_case_changes(
    chromium: Browser, office: Office
) -> None:
    case = await office.opened("Bjørn?")
    async with window(chromium, office.url, "kari") as page:
        await page.goto(f"/saker/{case.id}")
        await page.locator(".passing summary").click()
        await page.locator("#_grunn").fill("Fordi")
        await office.desk().watch(case.id, OLA)
        await expect(page.locator(".facts")).to_contain_text("Ola Lie")
        await expect(page.locator("#_grunn")).to_have_value("Fordi")


async def test_what_an_asker_is_writing_stays_when_the_case_changes(chromium: Browser, office: Office) -> None:
    async with window(chromium, office.url) as page:
        await page.goto("/")
        thread = await ask(page, f"{ABSTAINED} Skriver noen?")
        await forward(page, thread)
        await expect(page.locator(".case-state")).to_contain_text("venter på en saksbehandler")
        reply = await page.locator(".message.reply").get_attribute("id")
        case = await office.desk().of_reply((reply or "").removeprefix("m-"))
        assert case
        await office.desk().answer(case.id, OLA, "Ingen.")
        await page.get_by_text("Åpne saken igjen").click()
        await page.get_by_label("Hva mangler?").fill("Hva med Må")
        await office.desk().close(case.id, OLA)
        await expect(page.locator(".case-state")).to_contain_text("er avsluttet")
        await expect(page.get_by_label("Hva mangler?")).to_have_value("Hva med Må")
        await expect(page.get_by_label("Hva mangler?")).to_be_focused()
        await page.get_by_label("Hva mangler?").press_sequentially("nen?")
        await page.get_by_role("button", name="Send til saksbehandleren").click()
        await expect(page.locator(".case-state")).to_contain_text("venter på en saksbehandler")
    assert (await office.desk().events(case.id))[-1].text == "Hva med Månen?"


async def test_a_follow_up_is_shown_as_the_officers_without_a_new_page(chromium: Browser, office: Office) -> None:
    async with window(chromium, office.url) as page:
        await page.goto("/")
        thread = await ask(page, f"{ABSTAINED} Følger noen opp?")
        await forward(page, thread)
        await page.evaluate("window.neverReloaded = true")
        await page.get_by_label("Skriv til saksbehandleren").fill("Det haster.")
        await page.get_by_label("Skriv til saksbehandleren").press("Enter")
        await expect(page.locator(".message.follow_up .text")).to_have_text("Det haster.")
        await expect(page.locator("[aria-busy=true].message")).to_have_count(0)
        reply = await page.locator(".message.reply").get_attribute("id")
        case = await office.desk().of_reply((reply or "").removeprefix("m-"))
        assert case
        await office.desk().answer(case.id, OLA, "Ingen.")
        await expect(page.get_by_label("Spør videre i tråden")).to_be_visible()
        assert await page.evaluate("window.neverReloaded")
