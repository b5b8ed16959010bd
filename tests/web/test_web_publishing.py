from __future__ import annotations

import datetime as dt

import pytest

from bot.desk.case import Case
from tests.desk.examples import KARI
from tests.web.conftest import Visit
from tests.web.examples import Page, Person
from tests.web.offices import Office, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

QUESTION = "Kan jeg sette ut tre hengekøyer på torget om sommeren?"
ANSWER = "Ja, fra mai til september. Amina Yusuf kan ringe 99 88 77 66."
KEPT = "Ja, fra mai til september. [navn] kan ringe [telefonnummer]."


async def answered(office: Office) -> Case:
    case = await office.opened(QUESTION)
    return await office.desk().answer(case.id, KARI, ANSWER)


async def previewed(kari: Person, case: Case, **typed: str) -> Page:
    page = await kari.page(f"/saker/{case.id}/publiser")
    review = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=200)).isoformat()
    fields = {"sporsmal": QUESTION, "svar": ANSWER, "dato": review, "gjor": "se"}
    return await kari.submit(page, "form.forwarding", **fields | typed)


async def proposed(kari: Person, case: Case, **typed: str) -> Page:
    """The answer, proposed as it was previewed."""
    page = await previewed(kari, case, **typed)
    fields = {
        "sporsmal": page.node("#_sporsmal").text().strip(),
        "svar": page.node("#_svar").text().strip(),
        "dato": page.node("#_dato").attrs["value"] or "",
        "flere": page.node("#_flere").text().strip(),
        "behold": page.node("#_behold").text().strip(),
    }
    return await kari.submit(page, "form.forwarding", **fields, gjor="foresla")


async def test_what_is_taken_out_is_shown_before_anything_is_proposed(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await answered(office)
    assert (await kari.page(f"/saker/{case.id}")).has(f"a[href='/saker/{case.id}/publiser']")
    begun = await kari.page(f"/saker/{case.id}/publiser")
    assert begun.node("#_svar").text().strip() == ANSWER
    assert begun.all("form.forwarding button") == ["Se hvordan det blir"]
    shown = await previewed(kari, case)
    assert "Amina Yusuf" in shown.text(".preview .warning")
    assert "99 88 77 66" in shown.text(".preview .warning")
    assert shown.text(".preview > p.text") == KEPT
    assert not (await kari.page(f"/saker/{case.id}")).has("a[href^='/publisert/']")
    kept = await previewed(kari, case, behold="99 88 77 66")
    assert "99 88 77 66" in kept.text(".preview > p.text")


async def test_only_what_was_shown_is_proposed(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await answered(office)
    page = await previewed(kari, case)
    review = page.node("#_dato").attrs["value"] or ""
    changed = {"sporsmal": QUESTION, "svar": "Ring Amina Yusuf.", "dato": review, "gjor": "foresla"}
    again = await kari.submit(page, "form.forwarding", **changed)
    assert again.text(".preview > p.text") == "Ring [navn]."
    assert not (await kari.page(f"/saker/{case.id}")).has("a[href^='/publisert/']")


async def test_a_second_officer_approves_and_the_answer_can_be_renewed_and_withdrawn(
    visit: Visit, office: Office
) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    case = await answered(office)
    own = await proposed(kari, case, flere="guides/servering")
    path = own.response.url.path
    assert path.startswith("/publisert/")
    assert "En annen saksbehandler må godkjenne det" in own.text("main")
    assert not own.has("form[action$='/godkjenn']")
    refused = await kari.post(f"{path}/godkjenn", sporsmal=QUESTION, svar=KEPT)
    assert (refused.status, "Kari Berg har foreslått" in refused.text(".problem")) == (409, True)
    assert QUESTION in (await ola.page("/publisert")).all(".case-question")
    page = await ola.page(path)
    source = page.node("input[name=kilde]").attrs["value"] or ""
    done = await ola.submit(page, "form[action$='/godkjenn']", sporsmal=QUESTION, svar=KEPT, kilde=source)
    assert done.text(".page-head .state") == "Publisert"
    assert done.all(".along li") == ["Serveringsbevilling"]
    listed = await ola.page("/publisert?vis=publiserte")
    assert QUESTION in listed.all(".case-question")
    review = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)).isoformat()
    renewed = await ola.submit(done, "form[action$='/forny']", dato=review)
    assert "lot det stå" in renewed.all(".events li")[-1]
    gone = await kari.submit(renewed, "form[action$='/trekk']", grunn="Feil torg")
    assert gone.text(".page-head .state") == "Trukket tilbake"
    assert gone.all(".events .text") == ["Feil torg"]
    assert (await kari.page(f"/saker/{case.id}")).text("#_publiserte .state") == "Trukket tilbake"


async def test_what_is_published_answers_whoever_asks_the_same_until_it_is_withdrawn(
    visit: Visit, office: Office
) -> None:
    kari, ola, asker = [await visit(persona, office.url) for persona in ("kari", "ola", "bygg")]
    case = await answered(office)
    page = await ola.page((await proposed(kari, case)).response.url.path)
    await ola.submit(page, "form[action$='/godkjenn']", sporsmal=QUESTION, svar=KEPT)

    async def answers() -> bool:
        return any(KEPT in claim for claim in (await asker.ask(QUESTION)).all(".claim"))

    await until(answers)
    await ola.post(f"{page.response.url.path}/trekk", grunn="")

    async def silent() -> bool:
        return not await answers()

    await until(silent)


async def test_a_proposal_is_rejected_with_a_reason(visit: Visit, office: Office) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    page = await proposed(kari, await answered(office))
    path = page.response.url.path
    empty = await ola.post(f"{path}/avvis", grunn=" ")
    assert (empty.status, empty.has(".problem")) == (409, True)
    rejected = await ola.post(f"{path}/avvis", grunn="For smalt")
    assert (rejected.text(".page-head .state"), rejected.all(".events .text")) == ("Ikke godkjent", ["For smalt"])
    assert not rejected.has("form[action$='/trekk']")


async def test_an_approver_is_told_what_was_taken_out_of_what_they_wrote(visit: Visit, office: Office) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    path = (await proposed(kari, await answered(office))).response.url.path
    told = await ola.post(f"{path}/godkjenn", sporsmal=QUESTION, svar="Spør Ola Lie.")
    assert (told.status, told.text(".message.answer .text")) == (200, "Spør [navn].")
    assert "Ola Lie" in told.text(".case-work > .warning")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"svar": " "}, "mangler det tekst"),
        ({"sporsmal": "ø" * 301}, "300"),
        ({"dato": "2020-01-01"}, "må være etter i dag"),
        ({"dato": ""}, "må være etter i dag"),
        ({"flere": "guides/finnes-ikke"}, "guides/finnes-ikke"),
        ({"flere": "internal/skjenkekontroll"}, "internal/skjenkekontroll"),
    ],
    ids=["empty", "long", "past", "no day", "no source", "internal source"],
)
async def test_what_can_not_be_proposed_comes_back(
    visit: Visit, office: Office, typed: dict[str, str], told: str
) -> None:
    kari = await visit("kari", office.url)
    refused = await previewed(kari, await answered(office), **typed)
    assert refused.status == 409
    assert told in refused.text(".problem[role=alert]")
    assert not refused.has(".preview")


async def test_an_answer_is_replaced_by_a_new_one(visit: Visit, office: Office) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    case = await answered(office)
    path = (await proposed(kari, case)).response.url.path
    await ola.post(f"{path}/godkjenn", sporsmal=QUESTION, svar=KEPT)
    begun = await kari.page(f"/saker/{case.id}/publiser?erstatter={path.rpartition('/')[2]}")
    assert begun.node("#_svar").text().strip() == KEPT
    review = begun.node("#_dato").attrs["value"] or ""
    fields = {"sporsmal": QUESTION, "svar": "Nei, ikke lenger.", "dato": review}
    shown = await kari.submit(begun, "form.forwarding", **fields, gjor="se")
    new = (await kari.submit(shown, "form.forwarding", **fields, gjor="foresla")).response.url.path
    assert new != path
    await ola.post(f"{new}/godkjenn", sporsmal=QUESTION, svar="Nei, ikke lenger.")
    assert (await ola.page(path)).text(".page-head .state") == "Erstattet av et nyere svar"


async def test_these_pages_are_for_officers_and_for_answered_cases(visit: Visit, office: Office) -> None:
    asker, kari = await visit("kafe", office.url), await visit("kari", office.url)
    assert (await asker.page("/publisert")).status == 403
    waiting = await office.opened("Ikke besvart ennå?")
    assert (await kari.page(f"/saker/{waiting.id}/publiser")).status == 404
    assert [(await kari.page(path)).status for path in ("/publisert/finnes-ikke", "/publisert?vis=alt")] == [404, 404]
    assert (await kari.page("/publisert?vis=gjennomgang")).has(".empty")
