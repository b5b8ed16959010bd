"""The page of the sources, for those who work for the municipality."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import Page, Person, hrefs, running, visiting
from tests.web.ledgers import EMPTY, FAULT, LIST, noted
from tests.web.windows import window

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def url(knowledge: Knowledge, folder: Path) -> AsyncIterator[str]:
    """A demo whose sources have all that can be wrong with one."""
    async with (
        knowledge.library.lock(),  # so that nobody looks for these sources, which are nowhere
        running(knowledge, folder, demo=True, sources=noted(folder), scheduled_ingest=True) as url,
    ):
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def siri(url: str) -> AsyncIterator[Person]:
    """Somebody of the staff."""
    async with visiting(url) as person:
        await person.become("ansatt")
        yield person


def told(page: Page, name: str) -> str:
    """What is told of the source."""
    (only,) = [text for text in page.all(".source") if f" {name} " in text]
    return only


async def test_what_somebody_has_to_do_something_about_stands_on_top(siri: Person) -> None:
    page = await siri.page("/kilder")
    assert page.all(".source h3") == ["Veiledninger", "Nettsidene", "Nyheter", "Rutiner"]
    assert page.all(".source > .case-head > .state") == ["Feiler", "Feiler", "Skal sjekkes nå", "I orden"]


async def test_a_source_says_how_old_it_is_when_it_is_next_and_who_answers_for_it(siri: Person) -> None:
    page = await siri.page("/kilder")
    guides = told(page, "Veiledninger")
    assert "Sist sjekket uten feil for 3 timer siden" in guides
    assert "Ansvarlig: Kari Berg" in guides
    assert "Dokumenter: 2" in guides
    assert "Neste sjekk i " in guides
    assert "Ennå ikke sjekket uten feil Neste sjekk nå" in told(page, "Nyheter")
    assert "https://kommunen.example/naring/" in hrefs(page, ".source a")


async def test_what_is_wrong_is_told_with_what_to_do(siri: Person) -> None:
    page = await siri.page("/kilder")
    assert f"Forsøk på rad: 3 {FAULT} Det som var hentet inn, står som det var" in told(page, "Nettsidene")
    guides = told(page, "Veiledninger")
    assert f"guides/tom: {EMPTY} Den forrige versjonen av dem gjelder så lenge." in guides
    assert "Tobakk: borte siden" in guides
    assert "Servering: skulle vært lest på nytt innen" in guides
    assert {"/kilde/guides/tobakk", "/kilde/guides/servering"} <= set(hrefs(page, ".source .troubled a"))
    assert "a scan" in told(page, "Rutiner")


async def test_what_changed_is_told_word_by_word_with_links(siri: Person) -> None:
    page = await siri.page("/kilder")
    assert page.all(".change > details > summary .state") == ["Fjernet", "Endret", "Nytt"]
    change = "#endring-3"
    assert (page.text(f"{change} del"), page.text(f"{change} ins")) == ("fjernet: 5", "nytt: 6")
    assert page.text(f"{change} .compared .text") == "Gebyret er fjernet: 5nytt: 6 kr <b>."
    assert hrefs(page, f"{change} a") == ["/kilde/guides/servering", "/kilde/guides/servering#gebyr"]
    assert page.text("#endring-1") == "Servering"
    assert "2 dokumenter fra Veiledninger" in page.all(".change summary")[2]
    assert page.all("#endring-4 a") == [], "what was removed can't be read any longer"


async def test_outsiders_find_no_such_page(url: str, siri: Person) -> None:
    async with visiting(url) as outsider:
        await outsider.become("kafe")
        assert (await outsider.page("/kilder")).status == 404
        assert "/kilder" not in hrefs(await outsider.page("/"), "nav a")
    assert "/kilder" in hrefs(await siri.page("/"), "nav a")


async def test_mistakes_in_the_list_are_shown_and_the_last_good_one_holds(siri: Person, folder: Path) -> None:
    file = folder / "sources.toml"
    await siri.page("/kilder")
    with contextlib.ExitStack() as stack:
        stack.callback(file.write_text, LIST, encoding="utf-8")
        file.write_text(LIST.replace('kind = "page"', 'kind = "pagina"', 1), encoding="utf-8")
        page = await siri.page("/kilder")
    assert "Den forrige listen gjelder til feilene er rettet" in page.text(".sources > .problem")
    assert "key 'kind': 'pagina' is not known" in page.text(".sources > .problem")
    assert len(page.all(".source")) == 4
    assert not (await siri.page("/kilder")).has(".sources > .problem")


async def test_where_nothing_is_known_yet_that_is_told(visit: Visit) -> None:
    officer = await visit("kari")
    page = await officer.page("/kilder")
    assert set(page.all(".source > .case-head > .state")) == {"Skal sjekkes nå"}
    assert "Ingenting er endret ennå" in page.text(".empty")
    assert "bare når den som drifter Møteplassen, kjører «moteplassen ingest»" in page.text(".sources > .warning")


async def test_a_link_to_a_change_opens_it(chromium: Browser, url: str) -> None:
    async with window(chromium, url, "ansatt") as page:
        await page.goto("/kilder#endring-3")
        await page.locator("#endring-3 ins").wait_for(state="visible")
        assert not await page.locator("#endring-4 details ul").is_visible()
        await page.goto("/kilder#endring-1")
        await page.locator("#endring-1").wait_for(state="visible")
