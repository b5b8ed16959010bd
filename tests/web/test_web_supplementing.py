"""An officer adds to an answer that was given: what is sent is what was shown, once, to all who got the answer."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, expect

from bot.desk.case import Case, CaseState, Move
from bot.people import Place
from tests.desk.examples import ASKER, KARI, OLA
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, Page, Person, message_of, thread_of
from tests.web.offices import Office, until
from tests.web.windows import window

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORM = "form[action$='/tillegg']"


async def answered(office: Office) -> Case:
    case = await office.opened("Hvor stort kan skiltet være?")
    return await office.desk().answer(case.id, KARI, "60 x 90 cm.")


async def supplements(office: Office, case: Case) -> list[str]:
    return [event.text for event in await office.desk().events(case.id) if event.move is Move.SUPPLEMENTED]


async def typed(person: Person, case: Case, text: str) -> Page:
    """The page that shows what would be sent."""
    page = await person.page(f"/saker/{case.id}/tillegg")
    return await person.submit(page, FORM, svar=text, gjor="se")


async def test_what_is_sent_is_what_was_shown_and_it_is_sent_once(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await answered(office)
    link = await kari.page(f"/saker/{case.id}")
    assert link.has(f"a[href='/saker/{case.id}/tillegg']")
    shown = await typed(kari, case, "  Og <høyst> 1 meter.\r\n\r\nHilsen Kari ")
    assert "Og <høyst> 1 meter." in shown.text(".preview .text")
    assert await supplements(office, case) == []
    changed = await kari.submit(shown, FORM, svar="Og høyst 2 meter.", gjor="send")
    assert (changed.text(".preview .text"), await supplements(office, case)) == ("Og høyst 2 meter.", [])
    for _ in range(2):
        sent = await kari.submit(changed, FORM, svar="Og høyst 2 meter.", gjor="send")
        assert sent.response.url.path == f"/saker/{case.id}"
    assert await supplements(office, case) == ["Og høyst 2 meter."]
    assert sent.all("#_svardel .answer .text") == ["60 x 90 cm.", "Og høyst 2 meter."]
    assert sent.all(".events .text") == []
    assert sent.all(".events li")[-1].startswith("Kari Berg la noe til svaret")


@pytest.mark.parametrize(
    ("place", "told"),
    [
        (Place(platform="slack", channel="D1", thread="1", private=True), "som bare Amina Yusuf kan lese"),
        (Place(platform="slack", channel="C1", thread="1"), "der alle i kanalen kan lese det"),
        (Place(platform="slack", channel="C2", thread="1", outsiders=False), "der alle ansatte kan lese det"),
    ],
    ids=["private", "channel", "staff"],
)
async def test_it_is_said_whom_it_goes_to_and_who_reads_it(
    visit: Visit, office: Office, place: Place, told: str
) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Hvem leser dette?", place=place)
    other = await office.opened("Hvem leser dette her?", asker=ASKER)
    await office.desk().merge(other.id, KARI, case.id)
    await office.desk().answer(case.id, KARI, "Mange.")
    note = (await typed(kari, case, "Flere enn du tror.")).all(".preview .note")[0]
    assert note.startswith("Sendes til Amina Yusuf.")
    assert told in note
    assert "Går også til 1 som har spurt om det samme." in note


@pytest.mark.parametrize(
    ("text", "problem"), [(" ", "er tom"), ("a" * 10_001, "høyst 10000")], ids=["empty", "too long"]
)
async def test_what_cannot_be_sent_is_told_and_kept(visit: Visit, office: Office, text: str, problem: str) -> None:
    kari = await visit("kari", office.url)
    case = await answered(office)
    page = await typed(kari, case, text)
    if page.status == 200:
        page = await kari.submit(page, FORM, svar=text, gjor="send")
    assert (page.status, problem in page.text(".problem")) == (409, True)
    assert page.node("#_svar").text().strip() == text.strip()
    assert await supplements(office, case) == []


async def test_only_who_answered_adds_and_only_while_it_is_answered(visit: Visit, office: Office) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    case = await answered(office)
    path = f"/saker/{case.id}/tillegg"
    assert not (await ola.page(f"/saker/{case.id}")).has(f"a[href='{path}']")
    assert (await ola.page(path)).response.url.path == f"/saker/{case.id}"
    filled = {"svar": "Mer.", "sett": "Mer.", "nokkel": "0" * 16, "gjor": "send"}
    refused = await ola.post(path, **filled)
    assert (refused.status, "Kari Berg" in refused.text(".problem")) == (409, True)
    assert (await kari.post(path, **filled | {"nokkel": "mine"})).status == 400
    assert (await (await visit("kafe", office.url)).post(path, **filled)).status == 403
    await office.desk().close(case.id, KARI)
    closed = await kari.post(path, **filled)
    assert (closed.status, closed.node("#_svar").text().strip()) == (409, "Mer.")
    await office.desk().reopen(case.id, OLA)
    reopened = await kari.post(path, **filled)
    assert (reopened.status, reopened.node("#_svar").text().strip()) == (409, "Mer.")
    assert (await kari.page("/saker/finnes-ikke/tillegg")).status == 404


async def test_the_asker_gets_it_in_the_thread_as_they_got_the_answer(visit: Visit, office: Office) -> None:
    asker, kari = await visit("bygg", office.url), await visit("kari", office.url)
    page = await asker.ask(ABSTAINED)
    await asker.forward(page)
    case = await office.desk().of_reply(message_of(page))
    assert case
    await office.desk().answer(case.id, KARI, "Ingen.")
    await kari.submit(await typed(kari, case, "Ikke én."), FORM, svar="Ikke én.", gjor="send")

    async def arrived() -> bool:
        thread = await asker.page(f"/t/{thread_of(page)}")
        return thread.all(".message.answer .text") == ["Ingen.", "Ikke én."]

    await until(arrived)
    assert (await office.desk().get(case.id)).state is CaseState.ANSWERED


async def test_in_a_browser_lines_stay_as_they_were_typed(chromium: Browser, office: Office) -> None:
    case = await answered(office)
    async with window(chromium, office.url, "kari") as page:
        await page.goto(f"/saker/{case.id}")
        await page.get_by_role("link", name="Legg til noe i svaret").click()
        await page.get_by_label("Tillegg til Amina Yusuf").fill("Først dette.\n\nSå «dette».")
        await page.get_by_role("button", name="Se hvordan det blir").click()
        await expect(page.locator(".preview .text")).to_have_text("Først dette.\n\nSå «dette».")
        await page.get_by_role("button", name="Send tillegget").click()
        await expect(page.locator("#_svardel .answer .text")).to_have_count(2)
    assert await supplements(office, case) == ["Først dette.\n\nSå «dette»."]
