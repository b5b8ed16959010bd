from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.wiring import Knowledge
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, INSIDE, NO_SIGN_IN_YET, Person, later, message_of, running, thread_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def site(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """The address of an app where nobody has signed in."""
    async with running(knowledge, tmp_path_factory.mktemp("site"), demo=False, **NO_SIGN_IN_YET) as url:
        yield url


async def ask_alone(guest: Person) -> str:
    """A question in the guest's own channel; its channel's name."""
    return (await guest.page("/")).node("#_strom").attrs["data-channel"] or ""


@pytest.mark.parametrize(
    ("path", "business", "staff", "officer"),
    [
        ("/", 200, 200, 200),
        ("/strategier", 200, 200, 200),
        ("/kilde/guides/servering", 200, 200, 200),
        ("/kilde/internal/skjenkekontroll", 404, 200, 200),
        ("/ansatte", 404, 200, 200),
        ("/saker", 403, 403, 200),
        ("/saker/finnes-ikke", 403, 403, 404),
    ],
)
async def test_everybody_sees_what_their_role_may(
    visit: Visit, path: str, business: int, staff: int, officer: int
) -> None:
    seen = [(await (await visit(persona)).page(path)).status for persona in ("kafe", "ansatt", "kari")]
    assert seen == [business, staff, officer]


async def test_the_menu_shows_what_can_be_opened_and_nothing_else(visit: Visit) -> None:
    menus = {
        persona: (await (await visit(persona)).page("/")).all(".side nav a") for persona in ("kafe", "ansatt", "kari")
    }
    assert menus == {
        "kafe": ["næringsliv", "Mine spørsmål", "Strategier"],
        "ansatt": ["næringsliv", "ansatte", "Mine spørsmål", "Strategier", "Kilder"],
        "kari": [
            *("næringsliv", "ansatte", "Mine spørsmål", "Strategier", "Kilder"),
            *("Saker", "Publiserte svar", "Tilbakemeldinger", "Fravær"),
        ],
    }


async def test_officers_pages_say_whom_they_are_for(visit: Visit, site: str) -> None:
    outsider = await (await visit()).page("/saker")
    assert (outsider.status, outsider.text("h1")) == (403, "Bare for saksbehandlere")
    guest = await (await visit("", site)).page("/saker")
    assert [link.attrs["href"] for link in guest.tree.css("main .primary")] == ["/inn"]


@pytest.mark.parametrize("move", ["ta", "frigi", "svar", "avslutt", "gjenapne"])
async def test_only_officers_move_cases(visit: Visit, move: str) -> None:
    asker, kari = await visit(), await visit("kari")
    page = await asker.ask(ABSTAINED)
    await asker.forward(page)
    case = (await kari.page(f"/t/{thread_of(page)}")).node(".case-state a").attrs["href"]
    for person in (asker, await visit("ansatt")):
        assert (await person.post(f"{case}/{move}", svar="Ja")).status == 403
    assert (await kari.page(case or "")).text(".case-bar .state") == "Venter på saksbehandler"


async def test_a_case_of_the_staff_cannot_be_seen_in_the_thread_by_outsiders(visit: Visit) -> None:
    staff = await visit("ansatt")
    page = await staff.ask(INSIDE, channel="ansatte")
    outsider = await visit()
    assert (await outsider.page(f"/t/{thread_of(page)}")).status == 404
    for action in ("tommel", "saksbehandler"):
        assert (await outsider.post(f"/m/{message_of(page)}/{action}", verdi="opp")).status == 404
    refused = await outsider.post("/spor", tekst="Og?", kanal="naeringsliv", traad=thread_of(page))
    assert (refused.status, "alkoholloven § 1-9" in refused.response.text) == (404, False)
    bad = await outsider.post("/spor", tekst="", kanal="naeringsliv", traad=thread_of(page))
    assert (bad.status, "alkoholloven § 1-9" in bad.response.text) == (404, False)


async def test_a_guest_is_alone_with_their_questions(visit: Visit, site: str) -> None:
    guest, other = await visit("", site), await visit("", site)
    channel = await ask_alone(guest)
    page = await guest.ask(ABSTAINED, channel=channel)
    thread, reply = thread_of(page), message_of(page)
    assert (await guest.page("/")).all(".question .text") == [ABSTAINED]
    assert await ask_alone(other) != channel
    assert (await other.page("/")).all(".question .text") == []
    seen = [
        (await other.page(f"/t/{thread}")).status,
        (await other.page(f"/hendelser?kanal={channel}&etter=0")).status,
        (await other.post(f"/m/{reply}/tommel", verdi="opp")).status,
        (await other.post(f"/m/{reply}/saksbehandler")).status,
        (await other.post("/spor", tekst="Hei", kanal=channel)).status,
    ]
    assert seen == [404] * 5
    assert (await other.page(f"/?rett={message_of(page, 'question')}")).node("#_tekst").text() == ""
    assert (await guest.forward(page)).has(".case-state")


async def test_a_guest_who_comes_by_now_and_then_keeps_the_questions(
    visit: Visit, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    guest = await visit("", site)
    page = await guest.ask(ABSTAINED, channel=await ask_alone(guest))
    seen = {}
    for days in (100, 250, 400, 600):
        later(monkeypatch, days=days)
        seen[days] = (await guest.page(f"/t/{thread_of(page)}")).status
    assert seen == {100: 200, 250: 200, 400: 200, 600: 404}


async def test_a_session_that_was_tampered_with_is_nobodys(visit: Visit, site: str) -> None:
    guest = await visit("", site)
    await guest.page("/")
    name, value = next(iter(guest.client.cookies.items()))
    body, _, signature = value.partition(".")
    forged = body[:-4] + ("AAAA" if body[-4:] != "AAAA" else "BBBB")
    guest.client.cookies.clear()
    page = await guest.client.get("/", headers={"Cookie": f"{name}={forged}.{signature}"})
    assert page.status_code == 200
    assert page.cookies[name] != value


async def test_the_secret_of_sessions_is_kept_for_the_owner_only(
    visit: Visit, tmp_path: Path, knowledge: Knowledge
) -> None:
    async with running(knowledge, tmp_path, demo=True) as url:
        person = await visit("kari", url)
    assert (tmp_path / "session-secret").stat().st_mode & 0o077 == 0
    async with running(knowledge, tmp_path, demo=True) as url:
        again = await visit("", url)
        again.client.cookies = person.client.cookies
        assert (await again.page("/")).text(".person-name") == "Kari Berg"
