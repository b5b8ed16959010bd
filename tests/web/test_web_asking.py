from __future__ import annotations

from pathlib import Path

import pytest

from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, ANSWERED, FEE, hrefs, message_of, running, thread_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

FORM = "form:has(#_tekst)"


async def test_the_front_page_is_a_channel_where_others_have_asked_already(visit: Visit) -> None:
    page = await (await visit()).page("/")
    assert page.text("h1") == "næringsliv"
    assert page.text(".side nav [aria-current=page]") == "næringsliv"
    assert "Per Bakke spør" in [node.attrs.get("aria-label") for node in page.tree.css("article.question")]
    assert page.text("label[for=_tekst]") == "Spør i næringsliv"


async def test_a_form_without_javascript_asks_and_shows_the_cited_answer(visit: Visit) -> None:
    person = await visit()
    await person.ask("Hva sier B3?")  # what the first question of all loads may take longer than a form waits
    page = await person.submit(await person.page("/"), FORM, tekst=ANSWERED)
    assert page.response.url.path == "/"
    thread = page.tree.css(f".thread:has(#{page.response.url.fragment})")[0]
    assert thread.css(".question .text")[0].text() == ANSWERED
    claims = [claim.text() for claim in thread.css(".reply .claim")]
    assert [claim.removesuffix(" 1") for claim in claims] == [FEE]
    assert len(thread.css(".claim a.mark[href^='/kilde/guides/servering?q=']")) == 1
    assert not thread.css("[aria-busy]")


async def test_the_reply_stands_there_as_busy_until_it_has_come(visit: Visit) -> None:
    person = await visit()
    question, waiting = (await person.posted("/spor", tekst="Hva sier D2?", kanal="naeringsliv")).json()["messages"]
    assert 'aria-busy="true"' in waiting["html"]
    assert "aria-busy" not in question["html"]
    assert not (await person.ask("Hva sier D2?")).has("[aria-busy]")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "Meldingen er tom"),
        ("  \n\t ", "Meldingen er tom"),
        ("\x00\x07\x1b", "Meldingen er tom"),
        ("???", "Jeg finner ingen ord"),
        ("æ" * 20_000, "20000 tegn"),
        (("ord " * 600).strip(), "2399 tegn"),
    ],
    ids=["empty", "blank", "control characters", "no words", "20,000 characters", "a little too long"],
)
async def test_what_cannot_be_asked_comes_back_with_advice_and_with_the_text(
    visit: Visit, typed: str, told: str
) -> None:
    person = await visit()
    before = len((await person.page("/")).all(".thread"))
    page = await person.submit(await person.page("/"), FORM, tekst=typed)
    assert page.status == 422
    assert told in page.text("#_tekst-problem")
    assert page.node("#_tekst").attrs["aria-invalid"] == "true"
    if typed.strip("\x00\x07\x1b \n\t"):
        assert page.node("#_tekst").text() == typed
    assert len(page.all(".thread")) == before
    refused = await person.posted("/spor", tekst=typed, kanal="naeringsliv")
    assert (refused.status_code, told in refused.json()["problem"]) == (422, True)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Hva sier\x07 C1?\x00", "Hva sier C1?"),
        ("Hva <b>sier</b> C1? <script>alert(1)</script>", "Hva <b>sier</b> C1? <script>alert(1)</script>"),
        ("Hva sier C1? &lt;3 \"'", "Hva sier C1? &lt;3 \"'"),
        ("Hva sier C1? Jeg er 01019010046", "Hva sier C1? Jeg er [fødselsnummer]"),
    ],
    ids=["control characters", "HTML", "entities", "national identity number"],
)
async def test_a_question_is_shown_as_it_may_be_kept(visit: Visit, typed: str, shown: str) -> None:
    page = await (await visit()).ask(typed)
    assert page.text(".question .text") == shown
    assert not page.has("main script, main b")


async def test_another_language_is_answered_in_english_and_offered_a_person(visit: Visit) -> None:
    page = await (await visit()).ask("Wo finde ich in dieser Stadt einen Zahnarzt, der am Sonntag arbeitet?")
    assert page.text(".question .text").startswith("Wo finde ich")
    assert page.node(".said").attrs["lang"] == "en"
    assert "don't know" in page.text(".abstention").replace("’", "'").lower()
    assert page.has(".forward.primary")


async def test_a_follow_up_stays_in_its_thread_and_knows_what_it_is_about(visit: Visit) -> None:
    person = await visit()
    thread = thread_of(await person.ask(ANSWERED))
    page = await person.submit(await person.page(f"/t/{thread}"), FORM, tekst="Hva betyr det?")
    assert page.response.url.path == f"/t/{thread}"
    assert page.all(".question .text") == [ANSWERED, "Hva betyr det?"]
    assert FEE in page.all(".reply .said")[-1]


async def test_sending_the_same_form_twice_asks_once(visit: Visit) -> None:
    person = await visit()
    page = await person.page("/")
    for _ in range(2):
        after = await person.submit(page, FORM, tekst="Hva sier A4 for oss som kom sent?")
    assert after.all(".question .text").count("Hva sier A4 for oss som kom sent?") == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"kanal": "naeringsliv", "traad": "finnes-ikke"}, 404),
        ({"kanal": "ansatte"}, 404),
        ({"kanal": "finnes-ikke"}, 404),
        ({}, 404),
    ],
)
async def test_nobody_asks_where_there_is_nothing_or_where_they_may_not_read(
    visit: Visit, fields: dict[str, str], status: int
) -> None:
    person = await visit()
    assert (await person.post("/spor", tekst=ANSWERED, **fields)).status == status


async def test_older_threads_are_a_page_back(visit: Visit, knowledge: Knowledge, tmp_path: Path) -> None:
    async with running(knowledge, tmp_path, demo=True) as url:
        person = await visit("bygg", url)
        for number in range(15):
            await person.posted("/spor", tekst=f"Nummer {number}?", kanal="naeringsliv")
        latest = await person.page("/")
        assert latest.all(".question .text") == [f"Nummer {number}?" for number in range(15)]
        older = await person.page(latest.node(".older a").attrs["href"] or "")
        assert len(older.all(".thread")) == 2
        assert older.text(".older a") == "Gå til de nyeste"


async def test_a_bad_question_in_a_thread_comes_back_in_that_thread(visit: Visit) -> None:
    person = await visit()
    thread = thread_of(await person.ask(ABSTAINED))
    page = await person.post("/spor", tekst="!!!", kanal="naeringsliv", traad=thread)
    assert (page.status, page.node("#_tekst").text(), thread_of(page)) == (422, "!!!", thread)


async def test_a_page_that_sends_a_question_back_leads_on_to_pages_that_are_there(visit: Visit) -> None:
    person = await visit()
    thread = thread_of(await person.ask(ABSTAINED))
    in_channel = await person.post("/spor", tekst="???", kanal="naeringsliv")
    in_thread = await person.post("/spor", tekst="???", kanal="naeringsliv", traad=thread)
    assert in_channel.text(".side nav [aria-current=page]") == "næringsliv"
    for refused, home in ((in_channel, "/"), (in_thread, f"/t/{thread}")):
        assert {link.split("?")[0] for link in hrefs(refused, "a[href*='?rett=']")} == {home}
        turned = await person.submit(refused, "form[action='/spraak']", sprak="en")
        assert (turned.status, turned.response.url.path) == (200, home)


async def test_a_refused_action_leads_back_to_the_front_page_in_another_language(visit: Visit) -> None:
    page = await (await visit()).ask(ABSTAINED)
    other = await visit("bygg")
    refused = await other.post(f"/m/{message_of(page)}/saksbehandler")
    turned = await other.submit(refused, "form[action='/spraak']", sprak="nn")
    assert (refused.status, turned.status, turned.response.url.path) == (403, 200, "/")
