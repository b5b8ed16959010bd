from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.desk.examples import OLA
from tests.web.offices import Office
from tests.web.windows import window

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="session")]


async def focused(page: Page) -> str:
    text: str = await page.evaluate("document.activeElement?.textContent ?? ''")
    return text


async def test_the_queue_is_worked_with_the_keyboard(chromium: Browser, office: Office) -> None:
    older = await office.opened("Elg en?")
    newer = await office.opened("Elg to?")
    async with window(chromium, office.url, "kari") as page:
        await page.goto("/saker?q=elg")
        first, second = [await page.locator(".case-question").nth(n).inner_text() for n in (0, 1)]
        assert {first, second} == {older.question, newer.question}
        for key, expected in [("j", first), ("j", second), ("j", second), ("k", first)]:
            await page.keyboard.press(key)
            assert await focused(page) == expected
        await page.keyboard.press("c")
        await expect(page.locator(".case-bar .case-officer")).to_contain_text("Du har saken")
        await page.wait_for_load_state()
        await page.keyboard.press("r")
        await expect(page.locator("#_svar")).to_be_focused()
        await page.keyboard.type("crj?/")
        await expect(page.locator("#_svar")).to_have_value("crj?/")
        await page.goto("/saker?q=elg&bare=ledige")
        await page.keyboard.press("j")
        await page.keyboard.press("r")
        await expect(page.locator("#_svar")).to_be_focused()


async def test_search_and_help_have_keys_and_all_of_them_can_be_turned_off(chromium: Browser, office: Office) -> None:
    await office.opened("Gaupe?")
    async with window(chromium, office.url, "kari") as page:
        await page.goto("/saker?q=gaupe")
        await page.keyboard.press("/")
        await expect(page.locator("#_sok")).to_be_focused()
        await page.keyboard.type("j?")
        await expect(page.locator("#_sok")).to_have_value("j?")
        await page.goto("/saker?q=gaupe")
        await page.keyboard.press("Control+j")
        assert await page.locator(".case-question:focus").count() == 0
        await page.keyboard.press("?")
        await expect(page.locator("dialog")).to_be_visible()
        await page.get_by_label("Bruk hurtigtaster").uncheck()
        await page.get_by_role("button", name="Lukk").click()
        await expect(page.locator("dialog")).to_be_hidden()
        await page.locator("h1").click()
        await page.keyboard.press("j")
        assert await page.locator(".case-question:focus").count() == 0
        await page.reload()
        await page.keyboard.press("?")
        await expect(page.get_by_label("Bruk hurtigtaster")).not_to_be_checked()


async def test_a_filtered_queue_stays_true_and_the_keyboard_stays_where_it_was(
    chromium: Browser, office: Office
) -> None:
    stays = await office.opened("Ulv som blir?")
    goes = await office.opened("Ulv som blir tatt?")
    async with window(chromium, office.url, "kari") as page:
        await page.goto("/saker?q=ulv&bare=ledige")
        await expect(page.locator(".case-question")).to_have_count(2)
        link = page.get_by_role("link", name=stays.question)
        await link.focus()
        await page.evaluate("window.neverReloaded = true")
        await office.desk().claim(goes.id, OLA)
        await expect(page.locator(".case-question")).to_have_count(1)
        await expect(page.locator(".filters a[aria-current]").last).to_have_text("Ingen har tatt 1")
        await expect(link).to_be_focused()
        await expect(page.get_by_role("status").first).to_have_text("Køen er oppdatert")
        assert await page.evaluate("window.neverReloaded")
        assert page.url.endswith("/saker?q=ulv&bare=ledige")
