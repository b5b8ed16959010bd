"""A team's leader is told on every page of the late cases that wait for them."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.desk.case import Case
from bot.desk.timekeeper import Timekeeper
from bot.wiring import Knowledge
from tests.desk.examples import OLA
from tests.web.conftest import Visit
from tests.web.examples import Page
from tests.web.offices import TEAMS, Office, meeting
from tests.web.windows import NARROW, window

pytestmark = pytest.mark.asyncio(loop_scope="session")

LED = TEAMS.replace(
    'id = "bevilling"', 'id = "bevilling"\nleader = { id = "slack:U1", name = "Kari Berg", web = "kari" }'
)
OFFICERS_PAGES = ("/saker", "/publisert", "/tilbakemeldinger", "/fravaer", "/", "/ansatte", "/mine", "/strategier")


@pytest_asyncio.fixture(loop_scope="session")
async def led(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Office]:
    """An office where Kari leads one of two teams."""
    async with meeting(knowledge, tmp_path_factory.mktemp("led"), LED) as office:
        yield office


async def escalated(office: Office, question: str) -> Case:
    """A case that is late, of which leader and asker were told."""
    case = await office.opened(question, office.desk(days=3))
    await Timekeeper(office.desk()).look()
    return await office.desk().get(case.id)


def counted(page: Page) -> tuple[str, str]:
    """The count in the way around the house, and the title."""
    return page.node("#_til-deg").attrs["data-count"] or "", page.text("title")


async def test_every_page_shows_the_leader_how_many_wait_and_others_nothing(visit: Visit, led: Office) -> None:
    kari, ola = await visit("kari", led.url), await visit("ola", led.url)
    assert counted(await kari.page("/fravaer")) == ("0", "Fravær – Møteplassen")
    await escalated(led, "Øl ute?")
    await escalated(led, "Tilskudd?")  # of a team that nobody leads
    for path in OFFICERS_PAGES:
        page = await kari.page(path)
        count, title = counted(page)
        assert (count, page.text("#_til-deg .waiting")) == ("1", "1"), path
        assert title.startswith("(1) "), path
        assert not (await ola.page(path)).has("#_til-deg"), path
    assert (await ola.page("/saker/til-deg")).response.text == ""
    assert (await (await visit("kafe", led.url)).page("/saker/til-deg")).status == 403


async def test_the_leader_lists_them_and_marks_one_as_seen(visit: Visit, led: Office) -> None:
    kari = await visit("kari", led.url)
    first, second = await escalated(led, "Øl ute?"), await escalated(led, "Øl inne?")
    await escalated(led, "Tilskudd?")
    page = await kari.page("/saker?bare=til-deg")
    assert sorted(page.all(".case-question")) == ["Øl inne?", "Øl ute?"]
    assert page.node("#_til-deg a").attrs["aria-current"] == "page"
    seen = await kari.submit(page, f"form[action='/saker/{first.id}/sett']")
    assert (seen.response.url.params["bare"], seen.all(".case-question")) == ("til-deg", ["Øl inne?"])
    shown = await kari.page(f"/saker/{second.id}")
    assert "du leder Bevillingskontoret" in shown.text(".case-bar .warning span")
    done = await kari.submit(shown, "form[action$='/sett']")
    assert not done.has(".case-bar .warning")
    assert counted(done)[0] == "0"
    empty = await kari.page("/saker?bare=til-deg")
    assert "Ingen sen sak venter på deg" in empty.text(".empty")
    assert empty.all(".filters a[href*='til-deg'], .filters a[aria-current]")[-1] == "Eskalert til deg 0"


async def test_an_officer_who_leads_nobody_has_no_such_list(visit: Visit, led: Office) -> None:
    ola = await visit("ola", led.url)
    case = await escalated(led, "Øl ute?")
    assert not (await ola.page("/saker")).has(".filters a[href*='til-deg']")
    assert not (await ola.page("/saker?bare=til-deg")).has(".case-question")
    await ola.post(f"/saker/{case.id}/sett")
    assert counted(await (await visit("kari", led.url)).page("/saker"))[0] == "1"


@pytest.mark.parametrize("path", ["/saker", "/fravaer", "/saker?bare=til-deg"])
async def test_the_count_is_true_while_the_page_is_open(chromium: Browser, led: Office, path: str) -> None:
    async with window(chromium, led.url, "kari") as page:
        await page.goto(path)
        await expect(page.locator("#_til-deg .waiting")).to_have_count(0)
        case = await escalated(led, "Øl ute?")
        await expect(page.locator("#_til-deg .waiting")).to_have_text("1")
        await expect(page.locator("#_said")).to_have_text("Eskalert til deg: 1")
        assert (await page.title()).startswith("(1) ")
        await led.desk().answer(case.id, OLA, "Ja.")
        await expect(page.locator("#_til-deg .waiting")).to_have_count(0)
        assert not (await page.title()).startswith("(")


async def test_the_list_fits_a_narrow_window(chromium: Browser, led: Office) -> None:
    await escalated(led, "Øl ute?")
    async with window(chromium, led.url, "kari", NARROW) as page:
        await page.goto("/saker?bare=til-deg")
        await expect(page.get_by_role("button", name="Merk som sett")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
