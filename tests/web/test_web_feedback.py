from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.wiring import Knowledge
from tests.peers.openid import running as provider_running
from tests.web.conftest import Visit
from tests.web.examples import ABSTAINED, ANSWERED, FEE, Page, message_of, running, visiting
from tests.web.offices import Office
from tests.web.test_web_sign_in import at

pytestmark = pytest.mark.asyncio(loop_scope="session")


def form(page: Page) -> str:
    return f"form[action='/m/{message_of(page)}/tilbakemelding']"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def quiet(knowledge: Knowledge, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[str]:
    """A demo in which nobody has thought anything yet."""
    async with running(knowledge, tmp_path_factory.mktemp("quiet"), demo=True) as url:
        yield url


async def test_a_thumb_down_asks_what_was_wrong_and_a_thumb_up_does_not(visit: Visit, office: Office) -> None:
    asker = await visit("kafe", office.url)
    page = await asker.ask(ANSWERED)
    thumb = f"/m/{message_of(page)}/tommel"
    assert not page.has(form(page))
    assert not (await asker.post(thumb, verdi="opp")).has(form(page))
    down = await asker.post(thumb, verdi="ned")
    assert down.all(f"{form(page)} label:has(input)") == [
        "Svaret er feil",
        "Noe viktig mangler",
        "Kilden finnes, men ble ikke funnet",
        "Svaret er utdatert",
        "Noe annet",
    ]
    assert not down.has(f"{form(page)} select")
    assert not (await asker.post(thumb, verdi="ned")).has(form(page))


async def test_what_was_wrong_is_kept_and_officers_read_it_with_the_reply_and_its_sources(
    visit: Visit, office: Office
) -> None:
    asker, kari = await visit("kafe", office.url), await visit("kari", office.url)
    page = await asker.ask(ANSWERED)
    down = await asker.post(f"/m/{message_of(page)}/tommel", verdi="ned")
    said = await asker.submit(down, form(page), feil="outdated", tekst="Det <koster> mer nå. Ring 99 88 77 66.")
    assert said.text(f"{form(page)} [role=status]") == "Takk, det er notert."
    assert said.node(f"{form(page)} input[checked]").attrs["value"] == "outdated"
    (first, *_) = (await kari.page("/tilbakemeldinger")).tree.css("li.judged")
    told = " ".join(first.text().split())
    assert "Svaret er utdatert" in told
    assert "Det <koster> mer nå. Ring [telefonnummer]." in told
    assert ANSWERED in told
    assert FEE in told
    assert first.css(".source-title")
    turned = await asker.post(f"/m/{message_of(page)}/tommel", verdi="opp")
    assert not turned.has(form(page))
    assert "koster" not in (await kari.page("/tilbakemeldinger")).text("main")


async def test_officers_say_how_much_it_matters_and_others_cannot(visit: Visit, office: Office) -> None:
    kari, asker = await visit("kari", office.url), await visit("bygg", office.url)
    page = await kari.ask("Hva sier C1?")
    path = f"/m/{message_of(page)}/tilbakemelding"
    await asker.post(path, feil="wrong", viktig="high", tekst="Fra en bedrift")
    await kari.post(path, feil="wrong", viktig="high", tekst="Fra en saksbehandler")
    judged = (await kari.page("/tilbakemeldinger")).all("li.judged")
    assert "Svært viktig" in next(text for text in judged if "Fra en saksbehandler" in text)
    assert "Svært viktig" not in next(text for text in judged if "Fra en bedrift" in text)


@pytest.mark.parametrize("fields", [{}, {"feil": "stupid"}, {"feil": "wrong", "viktig": "very"}])
async def test_what_is_no_fault_is_refused(visit: Visit, office: Office, fields: dict[str, str]) -> None:
    kari = await visit("kari", office.url)
    page = await kari.ask("Hva sier C2?")
    assert (await kari.post(f"/m/{message_of(page)}/tilbakemelding", **fields)).status == 400


async def test_the_list_is_for_officers_newest_first_and_says_when_it_is_empty(visit: Visit, quiet: str) -> None:
    kari, asker = await visit("kari", quiet), await visit("kafe", quiet)
    assert (await asker.page("/tilbakemeldinger")).status == 403
    assert (await kari.page("/tilbakemeldinger")).has(".empty")
    page = await asker.ask(ABSTAINED)
    replies = [message_of(page), message_of(await asker.ask("Hva sier D1?"))]
    for reply in replies:
        await asker.post(f"/m/{reply}/tommel", verdi="ned")
    page = await kari.page("/tilbakemeldinger")
    assert page.all("li.judged strong") == ["Ikke nyttig"] * 2
    assert page.all("li.judged .case-question") == ["Hva sier D1?", ABSTAINED]


async def test_what_a_guest_asked_alone_is_not_shown_to_officers(
    visit: Visit, knowledge: Knowledge, tmp_path: Path
) -> None:
    async with (
        provider_running() as provider,
        running(knowledge, tmp_path, **at(provider)) as url,
        visiting(url) as guest,
        visiting(url) as officer,
    ):
        channel = (await guest.page("/")).node(".composer input[name=kanal]").attrs["value"] or ""
        page = await guest.ask(ANSWERED, channel=channel)
        await guest.post(f"/m/{message_of(page)}/tilbakemelding", feil="wrong", tekst="Ikke riktig")
        await officer.page("/inn")
        judged = await officer.page("/tilbakemeldinger")
    assert judged.all("li.judged blockquote") == ["Ikke riktig"]
    assert "Spørsmålet ble stilt der bare den som spurte leser" in judged.text("li.judged")
    assert ANSWERED not in judged.text("li.judged")
    assert FEE in judged.text("li.judged")
