from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from bot.desk.case import CaseState, Officer
from tests.desk.examples import ASKER, KARI, OLA
from tests.web.conftest import Visit
from tests.web.examples import Page, hrefs
from tests.web.offices import AMINA, Office

pytestmark = pytest.mark.asyncio(loop_scope="session")


def facts(page: Page) -> dict[str, str]:
    return dict(zip(page.all(".facts dt"), page.all(".facts dd"), strict=True))


async def test_the_case_says_whose_it_is_by_when_and_how_to_reach_who_asked(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    asked: dict[str, Any] = {"original": "Øl ute?", "contact": "amina@kafe.example", "history": ("Amina Yusuf: Hei",)}
    case = await office.opened("Kan jeg servere øl ute etter klokka 22?", **asked)
    page = await kari.page(f"/saker/{case.id}")
    told = facts(page)
    assert (told["Team"], told["Tema"], told["Kan nås på"]) == (
        "Bevillingskontoret",
        "Servering",
        "amina@kafe.example",
    )
    assert {"Første svar", "Endelig svar"} <= set(told)
    assert "Første svar innen" in page.text(".case-bar .due")
    assert page.all(".history summary")[0] == "Slik ble det spurt først"
    assert "Øl ute?" in page.all(".history")[0]


async def test_an_officer_asks_back_and_the_deadline_stands_still(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Kan jeg ha konsert?")
    page = await kari.page(f"/saker/{case.id}")
    assert page.node("button[formaction]").attrs["formaction"] == f"/saker/{case.id}/spor"
    asked = await kari.post(f"/saker/{case.id}/spor", svar="Ute eller <inne>?")
    assert asked.text(".case-bar .state") == "Venter på den som spurte"
    assert asked.text(".case-bar .due") == "Fristen står stille"
    assert asked.text(".asked-back .text") == "Ute eller <inne>?"
    await office.desk().follow_up(case.id, AMINA, "Ute.", "r1")
    told = await kari.page(f"/saker/{case.id}")
    assert (told.text(".case-bar .state"), told.all(".events .text")) == ("Under arbeid", ["Ute eller <inne>?", "Ute."])
    empty = await kari.post(f"/saker/{case.id}/spor", svar=" ")
    assert (empty.status, "tom" in empty.text(".problem")) == (409, True)


async def test_a_case_is_watched_and_left_alone_again(visit: Visit, office: Office) -> None:
    ola = await visit("ola", office.url)
    case = await office.opened("Hvem følger meg?")
    watched = await ola.submit(await ola.page(f"/saker/{case.id}"), "form[action$='/folg']")
    assert watched.text(".moves button[aria-pressed=true]") == "Du følger saken"
    assert facts(watched)["Følges av"] == "Ola Lie"
    left = await ola.submit(watched, "form[action$='/slutt-a-folge']")
    assert "Følges av" not in facts(left)


async def test_a_case_is_given_to_a_colleague_who_is_known_here(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Hvem skal ha den?")
    desk = office.desk()
    await desk.claim((await office.opened("Noe annet?")).id, Officer(id="slack:U1", name="Åse Ås"))
    page = await kari.page(f"/saker/{case.id}")
    assert page.all("#_til option") == ["Velg hvem", "Ina Vik", "Kari Berg", "Ola Lie", "Åse Ås"]
    given = await kari.submit(page, "form[action$='/gi']", til="slack:U1")
    assert "Åse Ås har saken" in given.text(".case-bar .case-officer")
    assert given.all(".events li")[-1].startswith("Kari Berg ga saken til Åse Ås")
    refused = await kari.post(f"/saker/{case.id}/gi", til="ola")
    assert (refused.status, "Åse Ås" in refused.text(".problem")) == (409, True)
    nobody = await kari.post(f"/saker/{(await office.opened('Til hvem?')).id}/gi", til="ukjent")
    assert (nobody.status, "Velg hvem" in nobody.text(".problem")) == (409, True)


async def test_what_is_not_ours_goes_to_another_team_with_the_reason(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Hører denne hjemme her?")
    page = await kari.page(f"/saker/{case.id}")
    assert page.all("#_lag option") == ["Vet ikke hvor", "Bevillingskontoret"]
    sent = await kari.submit(page, "form[action$='/ikke-var']", team="bevilling", grunn="Det er <skjenking>")
    assert facts(sent)["Team"] == "Bevillingskontoret"
    assert sent.all(".events .text") == ["Det er <skjenking>"]
    assert not sent.has(".case-bar .badge")
    back = await kari.post(f"/saker/{case.id}/ikke-var", team="", grunn="Aner ikke")
    assert back.text(".case-bar .badge") == "Hører hjemme et annet sted"
    await office.desk().claim(case.id, OLA)
    refused = await kari.post(f"/saker/{case.id}/ikke-var", team="finnes-ikke", grunn="Min tekst")
    assert (refused.status, refused.has(".passing")) == (409, False)
    mine = await office.opened("Enda en?")
    kept = await kari.post(f"/saker/{mine.id}/ikke-var", team="finnes-ikke", grunn="Min tekst")
    assert (kept.status, kept.node("#_grunn").attrs["value"]) == (409, "Min tekst")


async def test_who_stands_in_takes_the_case_over_and_nobody_else_does(visit: Visit, office: Office) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    case = await office.opened("Øl når Ina er borte?")
    ina = Officer(id="ina", name="Ina Vik")
    await office.desk().claim(case.id, ina)
    path = f"/saker/{case.id}"
    assert not (await kari.page(path)).has("form[action$='/ta']")
    today = office.absences.today
    told = await office.absences.tell(ina, today, today, OLA)
    try:
        assert not (await kari.page(path)).has("form[action$='/ta']")
        assert (await kari.post(f"{path}/ta")).status == 409
        page = await ola.page(path)
        assert "borte til og med" in page.text(".case-bar .case-officer")
        assert page.text("form[action$='/ta'] button") == "Ta over fra Ina Vik"
        taken = await ola.submit(page, "form[action$='/ta']")
        assert "Du har saken" in taken.text(".case-bar .case-officer")
    finally:
        await office.absences.end(told.id, ina)


async def test_a_case_is_merged_into_a_similar_one_after_what_it_means_was_shown(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    main = await office.opened("Hvor mange stoler kan stå på fortauet utenfor kafeen?")
    same = await office.opened("Hvor mange stoler får plass på fortauet ved kafeen min?", asker=ASKER)
    await office.opened("Må jeg betale parkering?")
    chosen = await kari.page(f"/saker/{same.id}/sammen")
    assert chosen.all(".case-question") == [main.question]
    shown = await kari.page(hrefs(chosen, ".case-question")[0])
    assert shown.all(".merging .text") == [same.question, main.question]
    assert f"Svaret på {main.label} vil gå til 2 som har spurt" in shown.text(".warning")
    merged = await kari.submit(shown, "form[action$='/sammen']")
    assert merged.text(".case-bar .state") == "Besvares sammen med en annen"
    assert merged.node(".case-joined a").attrs["href"] == f"/saker/{main.id}"
    await office.desk().follow_up(same.id, ASKER, "Det haster.", "r1")
    page = await kari.page(f"/saker/{main.id}")
    assert page.all(".joined li") == [f"{same.label} {ASKER.name}: {same.question} Det haster."]
    assert "Svaret går til 2 som har spurt" in page.text("#_spor-hint")
    await kari.submit(page, "form.answering", svar="Ti.")
    case = await office.desk().get(same.id)
    assert (case.state, case.answer) == (CaseState.ANSWERED, "Ti.")


async def test_merging_into_what_is_answered_warns_that_the_answer_is_sent_at_once(
    visit: Visit, office: Office
) -> None:
    kari = await visit("kari", office.url)
    main, same = await office.opened("Når åpner badet?"), await office.opened("Badet?", asker=ASKER)
    await office.desk().answer(main.id, KARI, "Klokka ti.")
    shown = await kari.page(f"/saker/{same.id}/sammen?inn={main.number}")
    assert f"svaret sendes til {ASKER.name} med en gang" in shown.text(".warning")
    merged = await kari.submit(shown, "form[action$='/sammen']")
    assert merged.text("#_svardel .answer .text") == "Klokka ti."


@pytest.mark.parametrize(("said", "told"), [("M-99999", "Ingen sak heter"), ("abc", "Ingen sak heter"), ("", "")])
async def test_a_number_that_no_case_has_is_said(visit: Visit, office: Office, said: str, told: str) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Kan jeg slås sammen?")
    page = await kari.page(f"/saker/{case.id}/sammen?inn={said}")
    assert (page.status, page.all(".problem")[:1]) == (409, [f"{told} {said}."]) if told else (200, [])


async def test_a_case_is_not_merged_into_itself(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Med meg selv?")
    page = await kari.page(f"/saker/{case.id}/sammen?inn={case.label}")
    assert (page.status, page.has("form[method=post][action$='/sammen']")) == (409, False)
    assert (await kari.post(f"/saker/{case.id}/sammen", inn=case.id)).status == 409
    assert (await kari.post(f"/saker/{case.id}/sammen", inn="finnes-ikke")).status == 404


async def test_an_earlier_answer_is_still_read_once_the_case_is_open_again(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("To ganger?")
    desk = office.desk()
    await desk.answer(case.id, KARI, "Første svar.")
    assert (await kari.page(f"/saker/{case.id}")).all(".events .text") == []
    await desk.reopen(case.id, AMINA, "Det sto ikke når.")
    assert (await kari.page(f"/saker/{case.id}")).all(".events .text") == ["Første svar.", "Det sto ikke når."]


@pytest.mark.parametrize("path", ["sammen", "publiser"])
async def test_these_pages_are_for_officers(visit: Visit, office: Office, path: str) -> None:
    case = await office.opened("Bare for saksbehandlere?")
    asker = await visit("kafe", office.url)
    assert (await asker.page(f"/saker/{case.id}/{path}")).status == 403
    assert (await asker.post(f"/saker/{case.id}/{path}", inn="x")).status == 403


async def test_a_late_case_that_was_escalated_says_so(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Hvorfor så sent?", office.desk(days=40))
    due = case.due_reply
    assert due
    page = await kari.page(f"/saker/{case.id}")
    assert page.text(".case-bar .due.late").endswith("for sent")
    assert dt.datetime.now(dt.UTC) > due
