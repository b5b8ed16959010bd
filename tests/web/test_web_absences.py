from __future__ import annotations

import datetime as dt

import pytest

from bot.desk.case import Officer
from tests.desk.examples import OLA
from tests.web.conftest import Visit
from tests.web.offices import Office

pytestmark = pytest.mark.asyncio(loop_scope="session")


def day(office: Office, days: int) -> str:
    return (office.absences.today + dt.timedelta(days=days)).isoformat()


async def test_an_officer_says_that_they_are_away_and_that_they_are_back(visit: Visit, office: Office) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    page = await kari.page("/fravaer")
    assert page.all("#_vikar option") == ["Hvem som helst i teamet", "Ina Vik", "Ola Lie"]
    told = await kari.submit(page, "form[action='/fravaer']", fra=day(office, 0), til=day(office, 5), vikar="ola")
    assert "Kari Berg Borte nå" in told.text("li.case .case-head")
    assert "Ola Lie tar over." in told.text("li.case .note")
    seen = await ola.page("/fravaer")
    assert seen.has("li.case")
    assert not seen.has("form[action$='/slutt']")
    action = told.node("form[action$='/slutt']").attrs["action"] or ""
    await ola.post(action)
    assert (await ola.page("/fravaer")).has("li.case")
    back = await kari.submit(told, "form[action$='/slutt']")
    assert not back.has("li.case")


async def test_an_absence_to_come_is_shown_and_can_be_taken_back(visit: Visit, office: Office) -> None:
    ola = await visit("ola", office.url)
    told = await ola.post("/fravaer", fra=day(office, 3), til=day(office, 9), vikar="")
    assert "Borte nå" not in told.text("li.case")
    assert told.text("li.case .note") == "Hvem som helst i teamet kan ta over."
    assert told.text("form[action$='/slutt'] button") == "Ta bort fraværet"
    assert not (await ola.submit(told, "form[action$='/slutt']")).has("li.case")


@pytest.mark.parametrize(
    ("first", "last", "substitute"),
    [(2, 1, ""), (-5, -1, ""), (0, 1, "ola"), (0, 900, "")],
    ids=["backwards", "over", "by themselves", "for years"],
)
async def test_what_makes_no_sense_comes_back_as_it_was_typed(
    visit: Visit, office: Office, first: int, last: int, substitute: str
) -> None:
    ola = await visit("ola", office.url)
    refused = await ola.post("/fravaer", fra=day(office, first), til=day(office, last), vikar=substitute)
    assert (refused.status, refused.node("#_til").attrs["value"]) == (422, day(office, last))
    assert refused.has("[role=alert]")
    assert not refused.has("li.case")


@pytest.mark.parametrize("fields", [{}, {"fra": "i dag", "til": "i morgen"}])
async def test_days_are_needed(visit: Visit, office: Office, fields: dict[str, str]) -> None:
    assert (await (await visit("ola", office.url)).post("/fravaer", **fields)).status == 422


async def test_absences_are_for_officers(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    assert (await asker.page("/fravaer")).status == 403
    assert (await asker.post("/fravaer", fra=day(office, 0), til=day(office, 1))).status == 403


async def test_a_substitute_finds_the_cases_of_who_is_away_and_takes_them_over(visit: Visit, office: Office) -> None:
    ola = await visit("ola", office.url)
    ina = Officer(id="ina", name="Ina Vik")
    case = await office.opened("Øl til alpakkaer?")
    await office.desk().claim(case.id, ina)
    assert not (await ola.page("/saker")).has(".filters a[href*='vikar']")
    today = office.absences.today
    told = await office.absences.tell(ina, today, today, OLA)
    try:
        page = await ola.page("/saker?bare=vikar")
        assert page.all(".case-question") == ["Øl til alpakkaer?"]
        assert page.text("form[action$='/ta'] button").startswith("Ta over fra Ina Vik")
        assert "Ina Vik er borte. Ta over saken" in (await ola.page(f"/saker/{case.id}")).text("#_svardel .note")
        taken = await ola.submit(page, "form[action$='/ta']")
        assert "Du har saken" in taken.text(".case-bar .case-officer")
        assert "Ina Vik" in taken.text(".facts")  # who now watches it
        assert (await ola.page("/saker?bare=vikar")).all(".empty p")[0].startswith("De du er vikar for")
    finally:
        await office.absences.end(told.id, ina)
