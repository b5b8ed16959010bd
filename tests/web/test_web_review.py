"""Answers are looked at again: by officers, once a source has changed or a date has passed, and by who asked."""

from __future__ import annotations

import datetime as dt

import pytest
from playwright.async_api import Browser, expect

from bot.desk.case import CaseState
from bot.desk.outbox import Outbox
from bot.publishing.courier import LibraryCourier
from bot.publishing.publishing import Publishing
from bot.publishing.sources import Sources
from bot.publishing.upkeep import Upkeep
from bot.texts import Texts
from bot.wiring import Knowledge
from tests.desk.examples import KARI
from tests.knowledge.examples import SERVERING, split
from tests.web.conftest import Visit
from tests.web.offices import Office
from tests.web.test_web_mine import nudged
from tests.web.test_web_publishing import KEPT, QUESTION, answered, proposed
from tests.web.windows import NARROW, ask, forward, window

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def look(office: Office, knowledge: Knowledge, **ahead: float) -> None:
    """Look after published answers, some time from now."""
    moment = dt.datetime.now(dt.UTC) + dt.timedelta(**ahead)
    publishing = Publishing(
        office.database, Outbox(office.database), office.desk(), Sources(knowledge.library), ("web",)
    )
    courier = LibraryCourier(office.database, knowledge.library, Texts())
    await Upkeep(publishing, courier, knowledge.library, lambda: moment).run_once()


async def published(visit: Visit, office: Office) -> str:
    """The address of an answer that rests on a guide and is published."""
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    page = await ola.page((await proposed(kari, await answered(office), flere="guides/servering")).response.url.path)
    source = page.node("input[name=kilde]").attrs["value"] or ""
    await ola.submit(page, "form[action$='/godkjenn']", sporsmal=QUESTION, svar=KEPT, kilde=source)
    return page.response.url.path


async def test_an_answer_whose_date_has_passed_is_renewed_or_replaced_or_withdrawn(
    chromium: Browser, visit: Visit, office: Office, knowledge: Knowledge
) -> None:
    path = await published(visit, office)
    await look(office, knowledge, days=201)
    async with window(chromium, office.url, "kari") as page:
        await page.goto("/publisert?vis=gjennomgang")
        await page.get_by_role("link", name=QUESTION).first.click()
        await expect(page.get_by_text("Datoen for ny gjennomgang er nådd.")).to_be_visible()
        await page.get_by_role("button", name="Forny").click()
        await expect(page.get_by_text("Datoen for ny gjennomgang er nådd.")).to_have_count(0)
        await page.get_by_role("link", name="Foreslå et nytt svar i stedet").click()
        await expect(page.locator("#_svar")).to_have_value(KEPT)
        await page.goto(path)
        await page.get_by_role("button", name="Trekk tilbake").click()
        await expect(page.locator(".page-head .state")).to_have_text("Trukket tilbake")


async def test_an_answer_whose_source_has_changed_is_shown_for_review_until_an_officer_vouches_for_it(
    visit: Visit, office: Office, knowledge: Knowledge
) -> None:
    path = await published(visit, office)
    kari = await visit("kari", office.url)
    section = SERVERING.sections[0]
    changed = section.model_copy(update={"text": f"{section.text} Fra 2027 gjelder nye regler."})
    sections = (changed, *SERVERING.sections[1:])
    review = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=300)).isoformat()
    try:
        await knowledge.library.put_all([split(SERVERING.model_copy(update={"sections": sections}))])
        await knowledge.library.end()  # as after all sources were brought in: only then is one known to have changed
        await look(office, knowledge)
        assert "Serveringsbevilling" in (await kari.page(path)).text(".warning li")
        assert not (await kari.submit(await kari.page(path), "form[action$='/forny']", dato=review)).has(".warning")
        await look(office, knowledge)
        assert not (await kari.page(path)).has(".warning")
    finally:
        await knowledge.library.put_all([split(SERVERING)])
        await kari.post(f"{path}/trekk", grunn="")


async def test_yes_it_helped_is_pressed_in_the_thread(chromium: Browser, office: Office) -> None:
    async with window(chromium, office.url, "leverandor", NARROW) as page:
        await page.goto("/")
        thread = await ask(page, "Hvor mange elefanter bor det på Pluto?")
        await forward(page, thread)
        await expect(page.locator(".case-state")).to_contain_text("venter på en saksbehandler")
        case = next(each for each in await office.desk().list() if "Pluto" in each.question)
        await nudged(office, case)
        await expect(page.locator(".nudge strong")).to_have_text(f"Hjalp svaret fra {KARI.name}?")
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.get_by_role("button", name="Ja, det hjalp").click()
        await expect(page.locator(".nudge")).to_have_count(0)
        await expect(page.locator(".case-state")).to_contain_text("er avsluttet")
    case = await office.desk().get(case.id)
    assert (case.state, case.helped) == (CaseState.CLOSED, True)
