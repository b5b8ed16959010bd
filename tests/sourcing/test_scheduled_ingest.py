"""Sources are looked at when they are due, by whoever is up, whatever goes wrong meanwhile."""

from __future__ import annotations

import asyncio
import datetime as dt
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.sourcing.standing import State
from ingest.report import Report
from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.library import Library
from tests.peers.site import PAGE, running
from tests.sourcing.district import GUIDE, LIST, District

HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def embeddings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CachedEmbeddings]:
    embeddings = CachedEmbeddings(E5Embeddings(), tmp_path_factory.mktemp("embeddings") / "vectors.db")
    yield embeddings
    embeddings.close()


@pytest.fixture
async def district(tmp_path: Path, embeddings: CachedEmbeddings) -> AsyncIterator[District]:
    library = Library(tmp_path / "library", embeddings, warm=False)
    async with running() as site:
        district = District(tmp_path, library, site)
        yield district
    district.ledger.close()
    library.close()


def events(logged: list[EventDict]) -> list[str]:
    return [each["event"] for each in logged]


async def test_a_library_that_was_never_complete_gets_the_whole_list(district: District) -> None:
    report = await district.schedule().look()
    assert report
    assert report.added == 2
    assert await district.library.is_complete()
    assert await district.schedule().look() is None, "nothing is due"


async def test_only_what_is_due_is_looked_at(district: District) -> None:
    await district.schedule().look()
    asked = len(district.site.asked)
    district.now += HOUR * 1.2
    (district.folder / "guides" / "torg.md").write_text(GUIDE.replace("500", "600"), encoding="utf-8")
    report = await district.schedule().look()
    assert report
    assert (report.unchanged, report.changed) == (1, 0), "the guides are looked at once a day"
    assert len(district.site.asked) == asked + 1
    district.now += 27 * HOUR  # a tenth more or less than a day, by chance
    report = await district.schedule().look()
    assert report
    assert [change.document for change in report.changes] == ["guides/torg"]


async def test_a_source_that_fails_is_tried_again_and_recovers(district: District) -> None:
    await district.schedule().look()
    district.now += HOUR * 1.2
    district.site.failures["/skilt.html"] = [500]
    report = await district.schedule().look()
    assert report
    assert [failure.source for failure in report.failed] == ["Kommunen"]
    standing = district.standing("Kommunen")
    assert (standing.state, len(standing.held)) == (State.FAILING, 1)
    assert "answered 500" in standing.error
    assert district.measured('moteplassen_source_documents_failing{source="Kommunen"}') == 1
    assert district.measured('moteplassen_ingest_runs_total{result="failed"}') == 1
    district.now += HOUR * 1.2
    await district.schedule().look()
    assert district.standing("Kommunen").state is State.OK
    assert district.measured('moteplassen_source_documents_failing{source="Kommunen"}') == 0
    assert district.measured('moteplassen_ingest_runs_total{result="ok"}') == 2
    assert district.measured("moteplassen_ingest_seconds_count") == 3
    district.now += HOUR / 2
    assert district.measured('moteplassen_source_success_age_seconds{source="Kommunen"}') == 1800


async def test_what_is_listed_otherwise_now_is_looked_at_at_once(district: District) -> None:
    await district.schedule().look()
    district.write(LIST.replace('audience = "public"', 'audience = "internal"', 1))
    await district.schedule().look()
    assert (await district.library.holdings())["guides/torg"].audience == "internal"
    (district.folder / "guides" / "nytt.md").write_text("# Nytt\n\nHer.", encoding="utf-8")
    report = await district.schedule().look()
    assert report
    assert [change.document for change in report.changes] == ["guides/nytt"]
    district.write("[[source]]" + LIST.split("[[source]]")[2])
    await district.schedule().look()
    assert set(await district.library.holdings()) == {"kommunen/skilt"}
    assert await district.schedule().look() is None


async def test_a_broken_list_is_told_once_and_the_last_good_one_is_kept(district: District) -> None:
    await district.schedule().look()
    district.write(LIST.replace('"public"', '"everybody"', 1))
    with capture_logs() as logged:
        for _ in range(3):
            district.now += HOUR * 1.2
            report = await district.schedule().look()
            assert report
            assert report.unchanged == 1
    assert events(logged).count("sources.not_taken") == 1
    assert "sources.toml:6: source 'Veiledninger', key 'audience'" in district.listing.read().fault
    assert len(await district.library.holdings()) == 2
    assert district.measured("moteplassen_sources_fault") == 1
    district.write(LIST)
    assert district.listing.read().fault == ""


async def test_a_list_that_was_never_good_does_nothing(district: District) -> None:
    district.file.unlink()
    assert await district.schedule().look() is None
    assert "cannot be read" in district.listing.read().fault


async def test_of_several_that_look_at_once_those_that_come_too_late_leave_it(district: District) -> None:
    async with district.library.lock():
        assert await asyncio.wait_for(district.schedule().look(), 20) is None
    assert district.measured('moteplassen_ingest_runs_total{result="busy"}') == 1
    assert isinstance(await district.schedule().look(), Report)


async def test_it_goes_on_after_a_crash_which_is_logged_with_an_error_id(district: District) -> None:
    district.ledger.close()
    stop = asyncio.Event()
    with capture_logs() as logged:
        going = asyncio.create_task(district.schedule().run(stop))
        async with asyncio.timeout(20):
            while events(logged).count("ingest.crashed") < 2:
                await asyncio.sleep(0.01)
        stop.set()
        await asyncio.wait_for(going, 5)
    assert len({crash["error_id"] for crash in logged if crash["event"] == "ingest.crashed"}) >= 2
    with pytest.raises(sqlite3.ProgrammingError):
        district.ledger.sources()


async def test_a_run_under_way_is_broken_off_when_told_to_stop_and_ended_by_the_next(district: District) -> None:
    district.write(LIST.replace("/skilt.html", "/slow"))
    stop = asyncio.Event()
    going = asyncio.create_task(district.schedule().run(stop))
    while "/slow" not in district.site.asked:
        await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(going, 3)
    assert not await district.library.is_complete()
    district.write(LIST)
    report = await district.schedule().look()
    assert report
    assert set(await district.library.holdings()) == {"guides/torg", "kommunen/skilt"}


async def test_it_is_told_to_stop_before_it_has_begun(district: District) -> None:
    stop = asyncio.Event()
    going = asyncio.create_task(district.schedule(pause=1000).run(stop))
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(going, 1)
    assert not district.opened.is_set()


async def test_how_it_stands_with_sources(district: District) -> None:
    assert district.standing("Veiledninger").state is State.DUE
    await district.schedule().look()
    veiledninger = district.standing("Veiledninger")
    assert (veiledninger.state, veiledninger.passages, veiledninger.overdue, veiledninger.where) == (
        *(State.OK, 1, []),
        "guides/*",
    )
    (district.folder / "guides" / "nytt.md").write_text("# Nytt\n\nHer.", encoding="utf-8")
    district.site.pages["/skilt.html"] = (PAGE.encode(), {"content-type": "text/html"})
    district.site.failures["/skilt.html"] = [404]
    district.now += dt.timedelta(days=160)
    await district.schedule().look()
    assert district.standing("Kommunen").state is State.FAILING
    assert [record.document for record in district.standing("Kommunen").missing] == ["kommunen/skilt"]
    assert [record.document for record in district.standing("Veiledninger").overdue] == ["guides/torg"]
    assert district.measured('moteplassen_source_documents_overdue{source="Veiledninger"}') == 1
    assert district.measured('moteplassen_source_documents_missing{source="Kommunen"}') == 1
