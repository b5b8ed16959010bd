from __future__ import annotations

import pytest

from tests.databases import KINDS
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, ANSWERED, Page, message_of, thread_of

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.parametrize("demo", KINDS, indirect=True, scope="session"),
]

ELEPHANTS = "Hvor mange elefanter bor det på Mars, spør en som ikke gir seg?"


def pressed(page: Page) -> list[str]:
    return page.all(".thumb[aria-pressed=true]")


async def test_abstaining_shows_the_nearest_sources_and_the_ways_on(visit: Visit) -> None:
    page = await (await visit()).ask(ABSTAINED)
    assert "Det vet jeg ikke" in page.text(".abstention")
    assert not page.has(".claim")
    assert page.text(".nearest h3") == "Nærmeste kilder (svarer ikke sikkert på spørsmålet)"
    assert len(page.all(".nearest .source q")) == 3
    assert page.text(".actions .primary") == "Send til saksbehandler"
    assert page.text(".actions a.rephrase") == "Skriv spørsmålet på nytt"


async def test_an_answer_offers_a_person_too_and_no_rewriting(visit: Visit) -> None:
    page = await (await visit()).ask(ANSWERED)
    assert page.text(".forward") == "Send til saksbehandler"
    assert not page.has(".actions a.rephrase")


async def test_small_talk_gets_words_and_nothing_to_press(visit: Visit) -> None:
    page = await (await visit()).ask("Takk!")
    assert page.text(".reply .lead").startswith("Bare hyggelig")
    assert not page.has(".reply .actions, .reply button, .reply a.button")


async def test_a_question_can_be_written_anew_by_whoever_asked_it_and_by_nobody_else(visit: Visit) -> None:
    page = await (await visit()).ask(ELEPHANTS)
    again = page.node(".actions a.rephrase").attrs["href"] or ""
    path = again.partition("#")[0]
    assert (await (await visit()).page(path)).node("#_tekst").text() == ELEPHANTS
    other = await (await visit("bygg")).page(path)
    assert (other.status, other.node("#_tekst").text()) == (200, "")


async def test_thumbs_are_pressed_turned_and_taken_back_each_for_oneself(visit: Visit) -> None:
    person, other = await visit(), await visit("bygg")
    page = await person.ask(ANSWERED)
    thumb = f"/m/{message_of(page)}/tommel"
    assert pressed(page) == []
    assert pressed(await person.post(thumb, verdi="opp")) == ["Nyttig"]
    assert pressed(await person.post(thumb, verdi="ned")) == ["Ikke nyttig"]
    assert pressed(await other.page(f"/t/{thread_of(page)}")) == []
    assert pressed(await other.post(thumb, verdi="opp")) == ["Nyttig"]
    assert pressed(await person.page(f"/t/{thread_of(page)}")) == ["Ikke nyttig"]
    assert pressed(await person.post(thumb, verdi="ned")) == []
    (update,) = (await person.posted(thumb, verdi="opp")).json()["messages"]
    assert update["id"] == message_of(page)
    assert update["html"].count('aria-pressed="true"') == 1


async def test_sending_a_question_on_twice_makes_one_case(visit: Visit) -> None:
    person = await visit()
    page = await person.ask(ABSTAINED)
    sent = await person.forward(page)
    assert sent.response.url.path == f"/t/{thread_of(page)}"
    told = sent.text(".case-state")
    assert "venter på en saksbehandler. Svaret kommer i denne tråden. Første svar innen" in told
    assert not sent.has(".forward")
    again = await person.post(f"/m/{message_of(page)}/saksbehandler", sporsmal=ABSTAINED)
    assert again.text(".case-state") == told


async def test_only_who_asked_sends_a_question_on(visit: Visit) -> None:
    person, other = await visit(), await visit("leverandor")
    page = await person.ask(ABSTAINED)
    assert not (await other.page(f"/t/{thread_of(page)}")).has(".forward")
    refused = await other.post(f"/m/{message_of(page)}/saksbehandler")
    assert (refused.status, refused.text("h1")) == (403, "Det kan du ikke gjøre")
    assert not (await person.page(f"/t/{thread_of(page)}")).has(".case-state")


@pytest.mark.parametrize(
    ("kind", "action", "fields", "status"),
    [
        ("reply", "tommel", {"verdi": "midt imellom"}, 400),
        ("reply", "tommel", {}, 400),
        ("reply", "finnes-ikke", {}, 404),
        ("question", "tommel", {"verdi": "opp"}, 404),
        ("question", "saksbehandler", {}, 404),
        (None, "tommel", {"verdi": "opp"}, 404),
        (None, "saksbehandler", {}, 404),
    ],
)
async def test_nothing_is_done_to_what_is_not_a_reply_nor_in_an_unknown_way(
    visit: Visit, kind: str | None, action: str, fields: dict[str, str], status: int
) -> None:
    person = await visit()
    id_ = message_of(await person.ask(ABSTAINED), kind) if kind else "finnes-ikke"
    assert (await person.post(f"/m/{id_}/{action}", **fields)).status == status
