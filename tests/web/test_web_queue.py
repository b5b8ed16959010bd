from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from tests.desk.examples import KARI, OLA
from tests.web.conftest import Visit
from tests.web.examples import PATIENCE, Page, hrefs, words
from tests.web.offices import Office, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


def shown(page: Page) -> list[str]:
    return page.all("li.case .case-question")


def counts(page: Page) -> dict[str, int]:
    """What stands on the filters that are links."""
    texts = [text.rpartition(" ") for text in page.all(".filters a")]
    return {name: int(count) for name, _, count in texts}


async def test_cases_are_found_by_team_topic_holder_and_words_and_counted(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    mine, free, watched, gone = [
        await office.opened(question)
        for question in ("Får jeg tilskudd til zebraer?", "Kan zebraer få øl?", "Uteservering for zebraer?", "Zebraer?")
    ]
    desk = office.desk()
    await desk.claim(mine.id, KARI)
    await desk.claim(watched.id, OLA)
    await desk.watch(watched.id, KARI)
    await desk.send_back(gone.id, KARI)
    everything = await kari.page("/saker?q=ZEBRA")
    assert set(shown(everything)) == {case.question for case in (mine, free, watched, gone)}
    expected = {"Åpne": 4, "Venter": 2, "Under arbeid": 2, "Besvart": 0, "Alle": 4}
    expected |= {"Mine": 1, "Ingen har tatt": 2, "For sent": 0, "Jeg følger": 1, "Ikke vår": 1}
    assert expected.items() <= counts(everything).items()
    for query, found in {
        "bare=mine": {mine.question},
        "bare=ledige": {free.question, gone.question},
        "bare=folger": {watched.question},
        "bare=ikke-var": {gone.question},
        "team=bevilling": {free.question, watched.question},
        "team=bevilling&bare=folger": {watched.question},
        "tema=Tilskudd": {mine.question},
        "vis=tatt": {mine.question, watched.question},
    }.items():
        assert set(shown(await kari.page(f"/saker?q=zebra&{query}"))) == found, query
    teams = everything.all("#_team option")
    assert teams == ["Alle team", "Næringsavdelingen (2)", "Bevillingskontoret (2)"]


async def test_the_number_of_a_case_finds_the_case_itself(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Hvor bor narhvalen?")
    for written in (case.label, case.label.lower()):
        found = await kari.page(f"/saker?team=bevilling&q={written}")
        assert found.response.url.path == f"/saker/{case.id}"
    nowhere = await kari.page("/saker?q=M-999999")
    assert nowhere.response.url.path == "/saker"
    assert "Ingen saker passer" in nowhere.text(".empty")


async def test_a_filter_stays_in_the_address_of_every_other_filter_and_of_the_search(
    visit: Visit, office: Office
) -> None:
    kari = await visit("kari", office.url)
    page = await kari.page("/saker?vis=alle&bare=mine&team=bevilling&q=telt")
    taken = page.node(".filters a[href*='vis=tatt']").attrs["href"] or ""
    assert {"bare=mine", "team=bevilling", "q=telt"} <= set(taken.partition("?")[2].split("&"))
    searched = {each.attrs["name"]: each.attrs["value"] for each in page.tree.css(".choosing input[type=hidden]")}
    assert searched == {"vis": "alle", "bare": "mine"}
    assert page.node("#_sok").attrs["value"] == "telt"
    off = page.node(".filters a[aria-current][href*='team=bevilling']:not([href*='bare='])").attrs["href"] or ""
    assert "vis=alle" in off


async def test_late_cases_are_on_top_with_how_late_and_all_say_by_when(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    # So long ago that no row of public holidays keeps them from being late.
    older = await office.opened("Tapir for lengst?", office.desk(days=60))
    newer = await office.opened("Tapir for lenge siden?", office.desk(days=20))
    fresh = await office.opened("Tapir nå?")
    paused = await office.opened("Tapir som venter?", office.desk(days=30))
    await office.desk(days=30).ask_back(paused.id, KARI, "Hvilken?")
    page = await kari.page("/saker?q=tapir")
    assert shown(page) == [older.question, newer.question, fresh.question, paused.question]
    late, soon, *_ = page.tree.css("ul.cases")
    assert [words(each).partition(" ")[2] for each in late.css(".due.late")] == ["måneder for sent", "uker for sent"]
    assert "Første svar skulle kommet" in words(late.css("li.case")[0])
    assert "Første svar innen" in words(soon.css("li.case")[0])
    assert "Fristen står stille" in words(soon.css("li.case")[1])
    assert shown(await kari.page("/saker?q=tapir&bare=sene")) == [older.question, newer.question]
    assert page.text(".late-title") == "For sent (2)"


async def test_there_are_as_many_pages_as_cases_need_and_each_case_is_on_one(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    desk = office.desk()
    asked = {(await office.opened(f"Okapi nummer {number}?", desk)).question for number in range(57)}
    late = await office.opened("Okapi for sent?", office.desk(days=30))
    first = await kari.page("/saker?q=okapi")
    second = await kari.page(next(link for link in hrefs(first, ".choices a") if "for=" in link))
    assert shown(first)[0] == late.question
    assert sorted(shown(first)[1:] + shown(second)) == sorted(asked)
    assert len(shown(second)) == 8
    assert hrefs(second, ".queue > .choices a") == ["/saker?q=okapi"]


async def test_who_has_how_many_and_who_is_away_stands_beside_the_queue(visit: Visit, office: Office) -> None:
    ola = await visit("ola", office.url)
    case = await office.opened("Øl til lamaer?")
    await office.desk().claim(case.id, KARI)
    today = office.absences.today
    told = await office.absences.tell(KARI, today, today + dt.timedelta(days=2))
    try:
        page = await ola.page("/saker?team=bevilling&q=lamaer")
        (burden,) = [text for text in page.all(".burdens li") if "Kari Berg" in text]
        assert "borte til og med" in burden
        assert "Åpne: " in burden
        assert "borte til og med" in page.text("li.case .case-officer")
    finally:
        await office.absences.end(told.id, KARI)
    assert "borte" not in (await ola.page("/saker?q=lamaer")).text("main")


@pytest.mark.parametrize(
    ("query", "advice"),
    [
        ("q=finnesikke", "Ingen saker passer"),
        ("bare=mine&vis=besvarte", "Ta en som venter"),
        ("vis=avsluttede", "ferdige"),
        ("q=finnesikke&bare=mine", "Ingen saker passer"),
    ],
)
async def test_where_there_is_nothing_it_is_said_what_to_do(
    visit: Visit, office: Office, query: str, advice: str
) -> None:
    page = await (await visit("ola", office.url)).page(f"/saker?{query}")
    assert advice in page.text(".empty")
    assert page.has(".empty a.button")


@pytest.mark.parametrize("query", ["vis=alt", "bare=alt"])
async def test_a_filter_that_does_not_exist_is_no_page(visit: Visit, office: Office, query: str) -> None:
    assert (await (await visit("kari", office.url)).page(f"/saker?{query}")).status == 404


async def test_who_watches_a_case_sees_what_happened_last(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Hva koster en emu?")
    await kari.post(f"/saker/{case.id}/folg")
    after = (await kari.page("/saker?bare=folger")).node("#_saker").attrs["data-after"]
    async with kari.hearing(f"/saker/hendelser?etter={after}") as stream, asyncio.timeout(PATIENCE):
        await office.desk().answer(case.id, OLA, "Mye.")
        assert (await anext(stream)).name == "cases"

    async def told() -> bool:
        page = await kari.page("/saker?bare=folger&vis=besvarte")
        return page.all("li.case .note")[0].startswith("Ola Lie svarte")

    await until(told)
