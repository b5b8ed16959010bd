"""A window of a real browser, as somebody in the demo has it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from playwright.async_api import Browser, Page

WIDE = (1280, 900)
NARROW = (375, 780)
REPLY = ".message.reply:not([aria-busy])"


@contextlib.asynccontextmanager
async def window(
    browser: Browser, url: str, persona: str = "kafe", size: tuple[int, int] = WIDE, refused: int = 0, **options: Any
) -> AsyncIterator[Page]:
    """A window of a browser of its own. Whatever the page complains of on the console fails the test, save that
    something was `refused` with that status."""
    context = await browser.new_context(base_url=url, viewport={"width": size[0], "height": size[1]}, **options)
    context.set_default_timeout(20_000)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.request.post("/rolle", form={"rolle": persona})
    yield page
    await context.close()
    assert [each for each in complaints if not refused or f"status of {refused}" not in each] == []


async def ask(page: Page, text: str) -> str:
    """Ask in the channel that the page shows, with the keyboard; the selector of the thread with its reply."""
    await page.locator("#_tekst").fill(text)
    await page.locator("#_tekst").press("Enter")
    thread = page.locator(".thread", has=page.get_by_text(text, exact=True)).last
    await thread.locator(REPLY).first.wait_for()
    return f"#{await thread.get_attribute('id')}"


async def forward(page: Page, thread: str) -> None:
    """Send the question of the thread on, and say yes to what will be sent."""
    await page.locator(thread).get_by_role("link", name="Send til saksbehandler").click()
    await page.get_by_role("button", name="Send til saksbehandler").click()
