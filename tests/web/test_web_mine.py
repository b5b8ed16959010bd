from __future__ import annotations

import datetime as dt
import functools

import pytest

from bot.desk.case import Case, CaseState, Move
from bot.desk.timekeeper import Timekeeper
from tests.desk.examples import KARI, OLA
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, Page, Person, message_of, thread_of
from tests.web.offices import Office, until

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def sent(office: Office, asker: Person) -> tuple[Page, Case]:
    """A question that was sent to the officers: its thread, and the case."""
    page = await asker.ask(ABSTAINED)
    thread = await asker.forward(page)
    case = await office.desk().of_reply(message_of(page))
    assert case
    return thread, case


def _at(moment: dt.datetime) -> dt.datetime:
    return moment


async def nudged(office: Office, case: Case) -> Case:
    """The case once its asker was asked whether it helped: some weeks after it was answered."""
    await office.desk().answer(case.id, KARI, "Ingen.")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    for hours in range(0, 240, 8):  # the next working day, whatever holidays there are
        moment = later + dt.timedelta(hours=hours)
        await Timekeeper(office.desk(days=-30, hours=-hours), functools.partial(_at, moment)).look()
        if (case := await office.desk().get(case.id)).nudged:
            return case
    raise AssertionError("nobody was asked whether it helped")


async def test_my_questions_are_mine_with_their_state_and_the_way_to_the_thread(visit: Visit, office: Office) -> None:
    asker, other = await visit("leverandor", office.url), await visit("bygg", office.url)
    assert "sendt noe" in (await asker.page("/mine")).text(".empty")
    thread, case = await sent(office, asker)
    page = await asker.page("/mine")
    assert page.all(".case .state") == ["Venter på saksbehandler"]
    assert page.node(".case-question").attrs["href"] == f"/t/{thread_of(thread)}#m-{case.reply_id}"
    assert "Første svar innen" in page.text(".case-told")
    assert (await other.page("/mine")).has(".empty")
    await office.desk().ask_back(case.id, KARI, "Hvilken <planet>?")
    asked = await asker.page("/mine")
    assert (asked.text(".case .state"), asked.text("blockquote")) == ("Venter på deg", "Hvilken <planet>?")
    await office.desk().answer(case.id, KARI, "Ingen.")
    assert (await asker.page("/mine")).all("blockquote") == ["Ingen."]


async def test_what_the_asker_writes_while_the_case_is_open_goes_to_the_officer(visit: Visit, office: Office) -> None:
    asker, kari = await visit("kafe", office.url), await visit("kari", office.url)
    page, case = await sent(office, asker)
    await office.desk().ask_back(case.id, KARI, "Hvilken planet?")

    async def arrived() -> bool:
        return (await asker.page(f"/t/{thread_of(page)}")).has(".message.answer")

    await until(arrived)
    thread = await asker.page(f"/t/{thread_of(page)}")
    assert "Saksbehandleren venter på deg" in thread.text(".case-state")
    assert thread.text(".composer-bar label") == "Skriv til saksbehandleren"
    replies = len(thread.all(".message.reply"))
    told = await asker.submit(thread, ".composer-bar form.composer", tekst="Den røde. Ring 99 88 77 66.")
    assert told.all(".message.follow_up .text") == ["Den røde. Ring [telefonnummer]."]
    assert told.all(".message.follow_up .note")[0] == "Sendt til saksbehandleren"
    assert len(told.all(".message.reply")) == replies
    assert (await kari.page(f"/saker/{case.id}")).all(".events .text")[-1] == "Den røde. Ring [telefonnummer]."
    assert (await office.desk().get(case.id)).state is CaseState.CLAIMED


async def test_what_is_posted_twice_is_said_once(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page, case = await sent(office, asker)
    fields = {"kanal": "naeringsliv", "traad": thread_of(page), "nokkel": "samme"}
    for _ in range(2):
        assert (await asker.posted("/spor", tekst="Det haster.", **fields)).status_code == 200
    assert (await asker.page(f"/t/{thread_of(page)}")).all(".follow_up .text") == ["Det haster."]
    events = await office.desk().events(case.id)
    assert [event.text for event in events if event.move is Move.FOLLOWED_UP] == ["Det haster."]


async def test_others_in_the_thread_and_the_asker_after_the_answer_ask_the_bot(visit: Visit, office: Office) -> None:
    asker, other = await visit("kafe", office.url), await visit("bygg", office.url)
    page, case = await sent(office, asker)
    assert not (await other.ask("Hva sier B3?", thread=thread_of(page))).has(".follow_up")
    await office.desk().answer(case.id, KARI, "Ingen.")
    assert not (await asker.ask("Hva sier C1?", thread=thread_of(page))).has(".follow_up")


async def test_a_case_is_withdrawn_by_who_asked_and_by_nobody_else(visit: Visit, office: Office) -> None:
    asker, other = await visit("kafe", office.url), await visit("bygg", office.url)
    thread, case = await sent(office, asker)
    form = f"form[action='/m/{case.reply_id}/sak/trekk']"
    assert not (await other.page(f"/t/{thread_of(thread)}")).has(form)
    assert (await other.post(f"/m/{case.reply_id}/sak/trekk")).status == 403
    done = await asker.submit(thread, form)
    assert "er trukket av den som spurte" in done.text(".case-state")
    assert (await office.desk().get(case.id)).state is CaseState.WITHDRAWN
    assert "Trukket av deg" in (await asker.page("/mine")).all(".case .state")
    assert (await asker.post(f"/m/{case.reply_id}/sak/slett")).status == 404
    assert (await asker.post("/m/finnes-ikke/sak/trekk")).status == 404


async def test_what_takes_longer_than_promised_is_said(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    thread, case = await sent(office, asker)
    assert "lengre tid enn vi lovet" not in thread.text(".case-state")
    later = dt.datetime.now(dt.UTC) + dt.timedelta(days=30)
    await Timekeeper(office.desk(days=-30), lambda: later).look()
    assert (await office.desk().get(case.id)).escalated
    told = (await asker.page(f"/t/{thread_of(thread)}")).text(".case-state")
    assert "Det tar lengre tid enn vi lovet" in told
    assert "leder" not in told  # a team need not have a leader who could have been told
    assert "innen" not in told


async def test_a_nudge_is_answered_with_yes_which_ends_the_case(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page, case = await sent(office, asker)
    await nudged(office, case)
    thread = await asker.page(f"/t/{thread_of(page)}")
    assert thread.text(".nudge strong") == "Hjalp svaret fra Kari Berg?"
    done = await asker.submit(thread, f"form[action='/m/{case.reply_id}/sak/hjalp']")
    assert not done.has(".nudge")
    case = await office.desk().get(case.id)
    assert (case.state, case.helped) == (CaseState.CLOSED, True)


async def test_a_nudge_is_answered_with_what_is_missing_which_opens_the_case_again(
    visit: Visit, office: Office
) -> None:
    asker, kari = await visit("kafe", office.url), await visit("kari", office.url)
    _, case = await sent(office, asker)
    await nudged(office, case)
    form = f"form[action='/m/{case.reply_id}/sak/gjenapne']"
    empty = await asker.submit(await asker.page("/mine"), form, mangler=" ")
    assert (empty.status, "tom" in empty.text(".problem[role=alert]:not([hidden])")) == (409, True)
    opened = await asker.submit(await asker.page("/mine"), form, mangler="Hva med Månen?")
    assert opened.response.url.path == "/mine"
    case = await office.desk().get(case.id)
    assert (case.state, case.helped) == (CaseState.FORWARDED, False)
    assert "Hva med Månen?" in (await kari.page(f"/saker/{case.id}")).all(".events .text")


async def test_our_script_gets_the_reply_anew_or_the_reason(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    _, case = await sent(office, asker)
    refused = await asker.posted(f"/m/{case.reply_id}/sak/hjalp")
    assert (refused.status_code, "ikke besvart" in refused.json()["problem"]) == (409, True)
    done = await asker.posted(f"/m/{case.reply_id}/sak/trekk")
    (update,) = done.json()["messages"]
    assert (update["id"], "er trukket" in update["html"]) == (case.reply_id, True)


async def test_a_merged_case_says_that_the_answer_comes_all_the_same(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page, case = await sent(office, asker)
    main = await office.opened("Hvor mange elefanter bor det på Mars nå?")
    await office.desk().merge(case.id, OLA, main.id)
    told = (await asker.page(f"/t/{thread_of(page)}")).text(".case-state")
    assert "besvares sammen med en annen" in told
    assert main.label not in told
    said = await asker.ask("Det haster!", thread=thread_of(page))
    assert said.all(".follow_up .text") == ["Det haster!"]
