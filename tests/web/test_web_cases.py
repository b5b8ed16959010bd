from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.database import Database
from bot.desk.case import LONGEST_ANSWER
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.people import Place
from bot.wiring import Knowledge
from tests.desk.examples import ASKER, KARI, OLA, request
from tests.web.conftest import Visit
from tests.web.examples import (
    ABSTAINED,
    ANSWERED,
    FEE,
    PATIENCE,
    Page,
    Person,
    running,
    thread_of,
    visiting,
    words,
)

pytestmark = pytest.mark.asyncio(loop_scope="session")

ANSWER = "Det bor ingen elefanter på Mars.\n\n<b>Hilsen</b> kommunen & co"


async def sent(asker: Person, officer: Person, question: str = ABSTAINED) -> tuple[str, str]:
    """A question that was sent on: its thread, and the path of its case."""
    page = await asker.ask(question)
    await asker.forward(page)
    seen = await officer.page(f"/t/{thread_of(page)}")
    return thread_of(page), seen.node(".case-state a").attrs["href"] or ""


def moves(page: Page) -> list[str]:
    return page.all(".moves button")


def _documents(page: Page, links: str) -> set[str]:
    return {(link.attrs["href"] or "").partition("?")[0] for link in page.tree.css(links)}


async def test_a_case_waits_in_the_queue_with_what_the_officer_needs(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    thread, path = await sent(asker, kari, "Hvor mange sjiraffer bor det på Mars?")
    queue = await kari.page("/saker?vis=ventende")
    (row,) = [row for row in queue.tree.css("li.case") if row.css(f"a[href='{path}']")]
    assert "Venter på saksbehandler" in words(row)
    assert "Amina Yusuf (Næringsliv)" in words(row)
    case = await kari.page(path)
    assert case.text(".question .text") == "Hvor mange sjiraffer bor det på Mars?"
    assert case.has(f"a[href='/t/{thread}']")
    assert "Det boten fant" in case.all(".case-help h2")
    nearest = _documents(await asker.page(f"/t/{thread}"), ".nearest .source-title")
    assert nearest <= _documents(case, ".case-help .source-title")
    assert moves(case) == ["Ta saken", "Avslutt", "Følg saken"]
    assert case.all(".events li")[0].startswith("Amina Yusuf")


async def test_an_officer_claims_and_answers_and_the_asker_reads_it_in_the_thread(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    thread, path = await sent(asker, kari)
    claimed = await kari.submit(await kari.page(path), "form[action$='/ta']")
    assert claimed.text(".case-officer").endswith("Du har saken")
    assert "Kari Berg arbeider med sak" in (await asker.page(f"/t/{thread}")).text(".case-state")
    done = await kari.submit(claimed, "form.answering", svar=ANSWER)
    assert (done.text(".case-bar .state"), done.has("form.answering")) == ("Besvart", False)
    assert done.node(".answer .text").text() == ANSWER
    async with asyncio.timeout(PATIENCE):
        while not (page := await asker.page(f"/t/{thread}")).has(".message.answer"):
            await asyncio.sleep(0.02)
    assert page.node(".answer .text").text() == ANSWER
    assert page.text(".answer .author") == "Kari Berg"
    assert page.text(".answer .badge") == "Saksbehandler"
    assert not page.has("main b")
    assert "Kari Berg har svart på sak" in page.text(".case-state")


async def test_one_officer_at_a_time_has_a_case_and_the_others_text_is_kept(visit: Visit) -> None:
    asker, kari, ola = await visit(), await visit("kari"), await visit("ola")
    _, path = await sent(asker, kari)
    late = await ola.page(path)
    await kari.post(f"{path}/ta")
    refused = await ola.submit(late, "form.answering", svar="Mitt svar")
    assert refused.status == 409
    assert "Kari Berg" in refused.text("[role=alert].problem")
    assert refused.node("#_svar").text() == "Mitt svar"
    assert "readonly" in refused.node("#_svar").attrs
    assert moves(refused) == ["Følg saken"]
    assert (await ola.page(refused.node("#_saker").attrs["data-address"] or "")).text(
        ".case-officer"
    ) == "KB Kari Berg har saken"
    assert (await ola.submit(refused, "form[action='/spraak']", sprak="nb")).response.url.path == path
    assert (await ola.post(f"{path}/ta")).status == 409
    assert moves(await kari.post(f"{path}/frigi")) == ["Ta saken", "Avslutt", "Følg saken"]
    assert (await ola.post(f"{path}/ta")).text(".case-officer").endswith("Du har saken")


@pytest.mark.parametrize(
    ("typed", "told"), [("  ", "tom"), ("ø" * (LONGEST_ANSWER + 1), str(LONGEST_ANSWER))], ids=["empty", "too long"]
)
async def test_an_answer_that_cannot_be_sent_comes_back_with_the_reason(visit: Visit, typed: str, told: str) -> None:
    asker, kari = await visit(), await visit("kari")
    _, path = await sent(asker, kari)
    refused = await kari.post(f"{path}/svar", svar=typed)
    assert refused.status == 409
    assert told in refused.text("[role=alert].problem")
    assert refused.node("#_svar").text().strip() == typed.strip()


async def test_the_draft_is_there_to_begin_with(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    _, path = await sent(asker, kari, ANSWERED)
    case = await kari.page(path)
    assert case.node("#_svar").text() == ""
    link = case.node("a[data-draft]")
    begun = await kari.page((link.attrs["href"] or "").partition("#")[0])
    assert begun.node("#_svar").text() == link.attrs["data-draft"]
    assert FEE in begun.node("#_svar").text()


async def test_cases_are_closed_and_opened_again_and_found_by_how_far_they_are(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    thread, path = await sent(asker, kari)

    async def filters() -> list[str]:
        names = ("apne", "ventende", "tatt", "besvarte", "avsluttede")
        return [name for name in names if (await kari.page(f"/saker?vis={name}")).has(f"li.case a[href='{path}']")]

    assert await filters() == ["apne", "ventende"]
    await kari.post(f"{path}/ta")
    assert await filters() == ["apne", "tatt"]
    closed = await kari.post(f"{path}/avslutt")
    assert (await filters(), moves(closed)) == (["avsluttede"], ["Åpne igjen", "Følg saken"])
    assert closed.text("#_svardel .note") == "Saken ble avsluttet uten svar."
    assert "er avsluttet uten svar" in (await asker.page(f"/t/{thread}")).text(".case-state")
    assert moves(await kari.post(f"{path}/gjenapne")) == ["Ta saken", "Avslutt", "Følg saken"]
    await kari.post(f"{path}/svar", svar="Nei.")
    assert await filters() == ["besvarte"]


@pytest.mark.parametrize("path", ["/saker?vis=finnes-ikke", "/saker/finnes-ikke"])
async def test_what_is_not_there_is_said(visit: Visit, path: str) -> None:
    assert (await (await visit("kari")).page(path)).status == 404


async def test_an_unknown_move_changes_nothing(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    _, path = await sent(asker, kari)
    assert (await kari.post(f"{path}/slett")).status == 404
    assert moves(await kari.page(path)) == ["Ta saken", "Avslutt", "Følg saken"]


async def test_a_question_from_the_staffs_channel_is_marked_as_internal(visit: Visit) -> None:
    staff, kari = await visit("ansatt"), await visit("kari")
    page = await staff.ask(ABSTAINED, channel="ansatte")
    await staff.forward(page)
    path = (await kari.page(f"/t/{thread_of(page)}")).node(".case-state a").attrs["href"]
    queue = await kari.page("/saker")
    (row,) = [row for row in queue.tree.css("li.case") if row.css(f"a[href='{path}']")]
    assert [words(badge) for badge in row.css(".badge.internal")] == ["Internt"]


async def test_a_case_that_belongs_elsewhere_is_laid_back_and_marked(visit: Visit) -> None:
    asker, kari = await visit(), await visit("kari")
    thread, path = await sent(asker, kari)
    await kari.post(f"{path}/ta")
    told = (await asker.page(f"/t/{thread}")).all(".message")
    case = await kari.post(f"{path}/ikke-var")
    assert case.text(".case-bar .badge") == "Hører hjemme et annet sted"
    assert moves(case) == ["Ta saken", "Avslutt", "Følg saken"]
    assert len((await asker.page(f"/t/{thread}")).all(".message")) == len(told)


async def test_what_passed_between_officer_and_asker_is_read_in_the_case_but_not_what_was_withdrawn(
    knowledge: Knowledge, tmp_path: Path
) -> None:
    async with running(knowledge, tmp_path, demo=True) as url, visiting(url) as kari:
        await kari.become("kari")
        database = Database(f"sqlite+aiosqlite:///{tmp_path / 'moteplassen.db'}")
        desk = Desk(database, Outbox(database))
        case = await desk.open(request(place=Place(platform="slack", channel="C1", thread="1.1")))
        await desk.ask_back(case.id, KARI, "Ute <eller> inne?")
        await desk.follow_up(case.id, ASKER, "Ute.", "C1:2")
        await desk.follow_up(case.id, ASKER, "Ring meg hjemme.", "C1:3")
        await desk.retract(case.id, ASKER, "C1:3")
        await desk.reassign(case.id, KARI, OLA)
        await database.close()
        page = await kari.page(f"/saker/{case.id}")
    assert page.all(".events .text") == ["Ute <eller> inne?", "Ute."]
    told = page.all(".events li")
    assert told[-1].startswith("Kari Berg ga saken til Ola Lie")
    assert "hjemme" not in page.text("main")
