"""The playground's page in a real browser: what somebody does in their Teams, and what they see there."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator

from playwright.async_api import Browser, Locator, Page, TimeoutError, WebSocketRoute, expect

from tests.teams.playground.cast import NAME

SIZE = (1400, 1000)
PERSONAL = "Personal Chat"
_TYPES_IN_POST = re.compile(r'"action":"typing".*;messageid=')
_TRIES, _PATIENCE = 4, 3_000
_TYPING = 40
"""Milliseconds between two keys where Teams is to offer whom to mention."""


class Window:
    """Somebody's Teams."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def go(self, place: str) -> None:
        """To the chat or channel with that name."""
        await self.page.get_by_role("treeitem", name=place).click()
        await expect(self._box).to_be_visible()

    async def write(self, text: str) -> None:
        """Write in the chat that is open."""
        await self._box.click()
        await self._box.press_sequentially(text)
        await self.page.get_by_role("button", name="Send Message").last.click()

    async def post(self, text: str) -> None:
        """Mention the bot in a new post of the channel that is open."""
        await self._box.click()
        await self._box.press_sequentially(f"@{NAME[:3]}", delay=_TYPING)
        await self.page.get_by_role("menuitem", name=NAME).click()
        await self._box.press_sequentially(f" {text}")
        await self.page.get_by_role("button", name="Post", exact=True).click()

    async def press(self, label: str) -> None:
        """Press the last button of that name, which is on the latest card."""
        await self.page.get_by_role("button", name=label, exact=True).last.click()

    async def send(self, form: str, field: str, text: str, send: str) -> None:
        """Open a form on the latest card, fill in its field and send it. Where the bot draws the card anew meanwhile,
        which closes the form, do it again."""
        for _ in range(_TRIES - 1):
            with contextlib.suppress(TimeoutError):
                return await self._send(form, field, text, send)
        return await self._send(form, field, text, send)

    async def _send(self, form: str, field: str, text: str, send: str) -> None:
        await self.press(form)
        await self.page.get_by_label(field).last.fill(text, timeout=_PATIENCE)
        await self.page.get_by_role("button", name=send, exact=True).last.click(timeout=_PATIENCE)

    async def dislike(self, why: str) -> None:
        """Thumb down on the first message that can be judged, with Teams' own form."""
        await self.page.get_by_role("button", name="Dislike").first.click()
        form = self.page.get_by_role("dialog")
        await form.get_by_role("textbox").fill(why)
        await form.get_by_role("button", name="Submit").click()
        await form.get_by_role("button", name="Close").click()
        await expect(form).to_be_hidden()

    async def cited(self, number: int) -> tuple[str, str]:
        """The text and the address that are shown where somebody points at that number in an answer."""
        await self.page.get_by_role("button", name=str(number), exact=True).first.hover()
        shown = self.page.locator(".fai-PreviewContent")
        found = await shown.inner_text(), str(await shown.get_by_role("link").last.get_attribute("href"))
        await self.page.mouse.move(0, 0)
        await self.page.keyboard.press("Escape")
        await expect(shown).to_be_hidden()
        return found

    def says(self, text: str) -> Locator:
        """Where that stands, in what is open."""
        return self.page.get_by_text(text).last

    async def exchanged(self) -> str:
        """The playground's log: each line has a direction, a kind of activity, a status and a text."""
        return await self.page.locator("body").inner_text()

    @property
    def _box(self) -> Locator:
        return self.page.get_by_role("textbox").first


@contextlib.asynccontextmanager
async def teams(browser: Browser, url: str) -> AsyncIterator[Window]:
    """The page at that address. What only Microsoft's servers know (its telemetry) is not asked for."""
    context = await browser.new_context(viewport={"width": SIZE[0], "height": SIZE[1]}, locale="nb-NO")
    context.set_default_timeout(20_000)
    page = await context.new_page()
    await page.route(lambda address: not address.startswith(url), lambda route: route.abort())
    await page.route_web_socket(re.compile("/_ws_conversation/"), _told)
    await page.goto(url)
    yield Window(page)
    await context.close()


def _told(socket: WebSocketRoute) -> None:
    """Let through what the bot says, but not that it is typing under a post: the page hears nothing more after that."""
    server = socket.connect_to_server()
    server.on_message(lambda told: None if _TYPES_IN_POST.search(str(told)) else socket.send(told))
