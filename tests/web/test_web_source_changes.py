"""What has changed in a source is read where it matters: in the open case, and in the published answer under review."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from bot.database import now
from bot.desk.outbox import Outbox
from bot.publishing.courier import LibraryCourier
from bot.publishing.publishing import Publishing
from bot.publishing.sources import Sources
from bot.publishing.upkeep import Upkeep
from bot.sourcing.herald import Herald
from bot.texts import Texts
from bot.wiring import Knowledge
from ingest.changes import Kind, change_of
from ingest.ledger import Ledger
from knowledge.model import Citation
from tests.desk.examples import KARI
from tests.knowledge.examples import SERVERING, split
from tests.web.conftest import Visit
from tests.web.offices import Office, meeting
from tests.web.test_web_publishing import KEPT, QUESTION, answered, proposed

pytestmark = pytest.mark.asyncio(loop_scope="session")

FEES = SERVERING.sections[1]
DEARER = FEES.model_copy(update={"text": FEES.text.replace("5 000", "7 000")})
AFTER = SERVERING.model_copy(update={"sections": (SERVERING.sections[0], DEARER)})
NAME = "Serveringsbevilling – Hva koster det?"
CITED = Citation(
    document=SERVERING.id,
    section=FEES.anchor,
    title=NAME,
    url=f"https://bot.example.no/kilde/{SERVERING.id}#{FEES.anchor}",
    quote=FEES.text,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("changes")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(knowledge: Knowledge, folder: Path) -> AsyncIterator[Office]:
    async with meeting(knowledge, folder) as office:
        yield office


@pytest.fixture
def ledger(office: Office, folder: Path) -> Iterator[Ledger]:
    with contextlib.closing(Ledger(folder / "library" / "ledger.db")) as ledger:
        yield ledger


async def dearer(office: Office, knowledge: Knowledge, ledger: Ledger) -> None:
    """The fees go up, and that is dealt with."""
    ledger.add_changes([change_of(Kind.CHANGED, AFTER, SERVERING)], now())
    await knowledge.library.put_all([split(AFTER)])
    await knowledge.library.end()
    outbox, desk = Outbox(office.database), office.desk()
    publishing = Publishing(office.database, outbox, desk, Sources(knowledge.library), ("web",))
    upkeep = Upkeep(publishing, LibraryCourier(office.database, knowledge.library, Texts()), knowledge.library)
    await Herald(office.database, outbox, desk, ledger, upkeep.run_once, clock=in_an_hour).look()


def in_an_hour() -> dt.datetime:
    return now() + dt.timedelta(hours=1)


async def test_officers_read_what_a_source_said_and_what_it_says(
    visit: Visit, office: Office, knowledge: Knowledge, ledger: Ledger
) -> None:
    kari, ola = await visit("kari", office.url), await visit("ola", office.url)
    case = await office.opened("Hva koster bevillingen?", nearest=(CITED,))
    await office.desk().claim(case.id, KARI)
    cited = f"{SERVERING.id}#{FEES.anchor}"
    proposal = await ola.page((await proposed(kari, await answered(office), flere=cited)).response.url.path)
    path = proposal.response.url.path
    ticked = proposal.node("input[name=kilde]").attrs["value"] or ""
    await ola.submit(proposal, "form[action$='/godkjenn']", sporsmal=QUESTION, svar=KEPT, kilde=ticked)
    assert not (await kari.page(f"/saker/{case.id}")).has("#_endret .warning")
    try:
        await dearer(office, knowledge, ledger)
        page = await kari.page(f"/saker/{case.id}")
        told = "Kilden «Serveringsbevilling» er endret siden spørsmålet kom: Hva koster det?"
        assert page.text("#_endret .warning > p > span") == told
        assert page.node("#_endret a").attrs["href"] == f"/kilde/{cited}"
        assert (page.text("#_endret del"), page.text("#_endret ins")) == ("fjernet: 5", "nytt: 7")
        assert "Møteplassen meldte at en kilde som saken bygger på, er endret" in " ".join(page.all(".events li"))

        page = await kari.page(path)
        assert page.text(".warning li") == f"Kilden «{NAME}» er endret siden svaret ble godkjent."
        assert (page.text("del"), page.text("ins")) == ("fjernet: 5", "nytt: 7")
        assert QUESTION in page.text("h1")
        assert page.node(".along a").attrs["href"] == f"/kilde/{cited}"
    finally:
        await knowledge.library.put_all([split(SERVERING)])
        await kari.post(f"{path}/trekk", grunn="")


async def test_a_proposal_rests_on_the_sections_that_the_case_cites(visit: Visit, office: Office) -> None:
    kari = await visit("kari", office.url)
    case = await office.opened("Hva koster en bevilling nå?", nearest=(CITED,))
    await office.desk().answer(case.id, KARI, "Fem tusen.")
    page = await kari.page(f"/saker/{case.id}/publiser")
    ticked = page.node("input[name=kilde]")
    assert (ticked.attrs["value"], "checked" in ticked.attrs) == (f"{SERVERING.id}#{FEES.anchor}", True)
    assert NAME in page.text("fieldset label:has(input)")
