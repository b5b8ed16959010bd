from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Sequence
from typing import Literal

import pytest
import pytest_asyncio
from axe_playwright_python.base import AXE_FILE_PATH
from playwright.async_api import Browser, Page

from bot.desk.calendar import OSLO
from bot.wiring import Knowledge
from tests.web.examples import ABSTAINED, ANSWERED, INSIDE, Person, message_of, running, thread_of, visiting
from tests.web.ledgers import noted
from tests.web.windows import NARROW, WIDE, window

pytestmark = pytest.mark.asyncio(loop_scope="session")

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]
"""What may be wrong in one colour scheme and right in the other, at the same width."""
AXE = """async (rules) => {
  const options = { runOnly: rules, resultTypes: ["violations"] };
  const results = await axe.run(document, options);
  const found = results.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 200))]);
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth > clientWidth) found.push(["wider", [`${scrollWidth} > ${clientWidth}`]]);
  return Object.fromEntries(found);
}"""
Furnished = tuple[str, dict[str, str]]
Size = tuple[int, int]
Scheme = Literal["light", "dark"]
EVERY_LOOK: dict[Size, list[Scheme]] = {WIDE: ["light", "dark"], NARROW: ["dark", "light"]}


ALWAYS = {
    "channel": "/",
    "staff": "/ansatte",
    "internal source": "/kilde/internal/skjenkekontroll",
    "strategies": "/strategier",
    "no strategy": "/strategier?q=elefant",
    "queue": "/saker",
    "empty queue": "/saker?vis=avsluttede",
    "filtered queue": "/saker?vis=alle&bare=mine",
    "search without a find": "/saker?q=finnesikke",
    "absences": "/fravaer",
    "my questions": "/mine",
    "feedback": "/tilbakemeldinger",
    "published answers": "/publisert",
    "sources with a change": "/kilder#endring-3",
}
"""Pages that are always there, by name."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def furnished(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Furnished]:
    """A demo where something of every kind has happened: its address, and pages by name as an officer opens them."""
    folder = tmp_path_factory.mktemp("furnished")
    async with (
        running(knowledge, folder, demo=True, sources=noted(folder)) as url,
        visiting(url) as asker,
        visiting(url) as kari,
    ):
        await asker.become("kafe")
        await kari.become("kari")
        answered = await asker.ask(ANSWERED)
        waiting, taken, closed = [await _sent(asker, kari, f"{ABSTAINED} {number}") for number in range(3)]
        await kari.post(f"{taken}/ta")
        await kari.post(f"{closed}/svar", svar="Ingen.")
        drafted = await _sent(asker, kari, "serveringsloven § 3")
        await kari.ask(INSIDE, channel="ansatte")
        unsent = await kari.ask(f"{ABSTAINED} Til kari?")
        judged = await kari.post(f"/m/{message_of(unsent)}/tilbakemelding", feil="wrong", viktig="high", tekst="Nei.")
        today = dt.datetime.now(OSLO).date().isoformat()
        await kari.post("/fravaer", fra=today, til=today, vikar="ola")
        mine = await _sent(kari, kari, f"{ABSTAINED} Og hos kari?")
        await kari.post(f"{mine}/spor", svar="Hvilken planet?")
        number = (await kari.page(taken)).text("h1").rpartition("-")[2]
        link = answered.tree.css(".claim a.mark")[0].attrs["href"] or ""
        there = {
            "thread": f"/t/{thread_of(answered)}",
            "source": link,
            "case": waiting,
            "case with a draft": f"{drafted}?utkast",
            "case that is taken": taken,
            "case that is answered": closed,
            "case that waits for its asker": mine,
            "merging": f"{waiting}/sammen",
            "merging two": f"{waiting}/sammen?inn={number}",
            "consent": f"/m/{message_of(unsent)}/saksbehandler",
            "thread with a fault": f"/t/{thread_of(judged)}",
            "proposing": f"{closed}/publiser",
        }
        yield url, ALWAYS | there


async def _sent(asker: Person, officer: Person, question: str) -> str:
    page = await asker.ask(question)
    await asker.forward(page)
    return (await officer.page(f"/t/{thread_of(page)}")).node(".case-state a").attrs["href"] or ""


async def _violations(page: Page, where: str, rules: list[str] = TAGS) -> dict[str, list[str]]:
    """What axe finds on the page as it looks now, and whether one has to scroll sideways."""
    found: dict[str, list[str]] = await page.evaluate(AXE, rules)
    return {f"{where}: {rule}": nodes for rule, nodes in found.items()}


async def _seen(page: Page, size: Size, schemes: Sequence[Scheme], where: str) -> dict[str, list[str]]:
    """What axe finds in a window of that size: all there is in the first colour scheme, colours only in the other."""
    found: dict[str, list[str]] = {}
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    for number, scheme in enumerate(schemes):
        await page.emulate_media(color_scheme=scheme)
        found |= await _violations(page, f"{where}, {size[0]} {scheme}", COLOURS if number else TAGS)
    return found


@pytest.mark.parametrize(
    ("language", "looks"),
    [
        ("nb", EVERY_LOOK),
        pytest.param("nn", EVERY_LOOK, marks=pytest.mark.slow),
        pytest.param("en", EVERY_LOOK, marks=pytest.mark.slow),
    ],
)
async def test_axe_finds_nothing_and_no_page_is_wider_than_the_window(
    chromium: Browser, furnished: Furnished, language: str, looks: dict[Size, list[Scheme]]
) -> None:
    url, pages = furnished
    found: dict[str, list[str]] = {}
    async with window(chromium, url, "kari") as page:
        await page.add_init_script(path=AXE_FILE_PATH)
        await page.request.post("/spraak", form={"sprak": language})
        for name, path in pages.items():
            await page.goto(path)
            assert await page.locator("html").get_attribute("lang") == language
            for size, schemes in looks.items():
                found |= await _seen(page, size, schemes, name)
    assert found == {}


async def test_axe_finds_nothing_on_what_goes_wrong(chromium: Browser, furnished: Furnished) -> None:
    context = await chromium.new_context(base_url=furnished[0])
    page = await context.new_page()
    await page.add_init_script(path=AXE_FILE_PATH)
    for path in ("/finnes-ikke", "/saker"):
        await page.goto(path)
        assert await _violations(page, path) == {}
    await page.goto("/")
    await page.locator("#_tekst").fill("???")
    await page.locator("#_tekst").press("Enter")
    await page.locator("#_tekst-problem").wait_for()
    assert await _seen(page, NARROW, ["light", "dark"], "a problem") == {}
    await context.close()


async def test_axe_would_find_something(chromium: Browser, furnished: Furnished) -> None:
    async with window(chromium, furnished[0]) as page:
        await page.add_init_script(path=AXE_FILE_PATH)
        await page.goto("/strategier")
        await page.evaluate("""() => {
          document.querySelector("label[for=_sok]").remove();
          document.querySelector("h1").style.color = "#ddd";
          document.querySelector("main").style.width = "3000px";
        }""")
        found = await _seen(page, WIDE, ["light"], "spoiled")
    assert set(found) == {f"spoiled, 1280 light: {rule}" for rule in ("label", "color-contrast", "wider")}
