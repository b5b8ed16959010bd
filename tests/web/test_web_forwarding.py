from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.database import Database
from bot.desk.case import Case
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.guard import LONGEST_QUESTION
from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, ANSWERED, NO_SIGN_IN_YET, Page, Person, message_of, running, thread_of
from tests.web.offices import Office

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def case_of(office: Office, page: Page) -> Case:
    case = await office.desk().of_reply(message_of(page))
    assert case
    return case


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[str, Path]]:
    """The web as it is outside the demo, where nobody is signed in, and its data."""
    folder = tmp_path_factory.mktemp("open-web")
    async with running(knowledge, folder, **NO_SIGN_IN_YET) as url:
        yield url, folder


async def asked_by_guest(guest: Person) -> Page:
    channel = (await guest.page("/")).node(".composer input[name=kanal]").attrs["value"] or ""
    return await guest.ask(ABSTAINED, channel=channel)


async def test_what_will_be_sent_is_shown_and_nothing_is_sent_by_looking(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    await asker.ask("Hva sier B3?")
    page = await asker.ask(ANSWERED)
    follow = await asker.ask("Og for pølser på Mars?", thread=thread_of(page))
    shown = await asker.page(f"/m/{message_of(follow)}/saksbehandler")
    assert shown.node("#_sporsmal").text().strip() == "Og for pølser på Mars?"
    assert "Navnet ditt: Amina Yusuf" in shown.all(".along > li")
    history = shown.all(".along .text")
    assert len(history) == 2
    assert history[0] == f"Amina Yusuf: {ANSWERED}"
    assert "Næringsavdelingen får spørsmålet" in shown.text("main")
    assert "alle i kanalen kan lese det" in shown.text("main")
    assert "Du hører fra oss innen" in shown.text("main")
    assert not shown.has("#_kontakt")
    assert shown.node("a.button").attrs["href"] == f"/t/{thread_of(page)}#m-{message_of(follow)}"
    assert await office.desk().of_reply(message_of(follow)) is None


async def test_the_asker_may_edit_the_question_and_officers_see_both(visit: Visit, office: Office) -> None:
    asker, kari = await visit("kafe", office.url), await visit("kari", office.url)
    page = await asker.ask("Hvor mange nilhester bor det på Mars?")
    sent = await asker.forward(page, sporsmal="Hvor mange nilhester kan jeg ha i kafeen?")
    assert "venter på en saksbehandler" in sent.text(".case-state")
    case = await case_of(office, page)
    assert case.question == "Hvor mange nilhester kan jeg ha i kafeen?"
    assert (case.original, case.abstained) == ("Hvor mange nilhester bor det på Mars?", True)
    assert case.original in (await kari.page(f"/saker/{case.id}")).all(".history")[0]


async def test_what_is_hidden_is_shown_to_the_asker_before_it_is_sent(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page = await asker.ask("Hvor mange nilhester får ringe fra Mars?")
    shown = await asker.forward(page, sporsmal="Hvor mange nilhester? Ring 99 88 77 66")
    assert (shown.status, "skjult" in shown.text(".problem")) == (422, True)
    assert await office.desk().of_reply(message_of(page)) is None
    seen = shown.node("#_sporsmal").text().strip()
    await asker.forward(page, sporsmal=seen)
    assert (await case_of(office, page)).question == seen == "Hvor mange nilhester? Ring [telefonnummer]"


async def test_a_question_that_is_sent_as_it_was_asked_has_no_other_original(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page = await asker.ask(ANSWERED)
    await asker.forward(page)
    case = await case_of(office, page)
    assert (case.question, case.original, case.abstained) == (ANSWERED, "", False)


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Skriv"), ("???", "finner ingen ord"), ("ø" * (LONGEST_QUESTION + 1), str(LONGEST_QUESTION))],
    ids=["empty", "unreadable", "long"],
)
async def test_what_can_not_be_sent_comes_back(visit: Visit, office: Office, typed: str, told: str) -> None:
    asker = await visit("kafe", office.url)
    page = await asker.ask(ABSTAINED)
    refused = await asker.post(f"/m/{message_of(page)}/saksbehandler", sporsmal=typed)
    assert (refused.status, refused.node("#_sporsmal").text().strip()) == (422, typed)
    assert told in refused.text(".problem")
    assert await office.desk().of_reply(message_of(page)) is None


async def test_pressing_without_having_seen_it_sends_nothing(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page = await asker.ask(ABSTAINED)
    assert (await asker.post(f"/m/{message_of(page)}/saksbehandler")).status == 422
    assert await office.desk().of_reply(message_of(page)) is None


async def test_the_page_leads_back_to_the_thread_once_it_is_sent(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page = await asker.ask(ABSTAINED)
    await asker.forward(page)
    again = await asker.page(f"/m/{message_of(page)}/saksbehandler")
    assert again.response.url.path == f"/t/{thread_of(page)}"


@pytest.mark.parametrize("persona", ["bygg", "kari"])
async def test_nobody_else_sees_what_would_be_sent(visit: Visit, office: Office, persona: str) -> None:
    asker, other = await visit("kafe", office.url), await visit(persona, office.url)
    page = await asker.ask(ABSTAINED)
    assert (await other.page(f"/m/{message_of(page)}/saksbehandler")).status == 403


async def test_a_guest_can_leave_a_contact_that_only_officers_see(visit: Visit, site: tuple[str, Path]) -> None:
    guest = await visit("", site[0])
    page = await asked_by_guest(guest)
    path = f"/m/{message_of(page)}/saksbehandler"
    shown = await guest.page(path)
    assert "Brukes bare til å svare deg" in shown.text("#_kontakt-hint")
    assert "du er ikke logget inn" in shown.text(".along")
    bad = await guest.forward(page, kontakt="ring meg")
    assert (bad.status, bad.node("#_kontakt").attrs["aria-invalid"]) == (422, "true")
    sent = await guest.forward(page, kontakt=" post@kafe.example ")
    assert "post@kafe.example" not in sent.response.text
    database = Database(f"sqlite+aiosqlite:///{site[1] / 'moteplassen.db'}")
    case = await Desk(database, Outbox(database)).of_reply(message_of(page))
    await database.close()
    assert case
    assert case.contact == "post@kafe.example"


async def test_whoever_is_signed_in_leaves_no_contact(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page = await asker.ask(ABSTAINED)
    assert (await asker.forward(page, kontakt="a@b.no")).status == 422
