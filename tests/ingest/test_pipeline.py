from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest

from ingest.fetching import Fetcher
from ingest.pipeline import Pipeline, Report
from ingest.sources import load_sources
from knowledge.catalogue import Holding
from knowledge.model import Audience, Document, Passage
from tests.ingest.paper import pdf
from tests.peers.site import Site

SOURCES = """
[[source]]
name = "Veiledninger"
path = "guides/*"
kind = "guidance"
audience = "public"
language = "nb"
"""


class Shelf:
    """A library in memory."""

    def __init__(self) -> None:
        self.held: dict[str, tuple[Document, Sequence[Passage]]] = {}
        self.puts: list[str] = []
        self.is_locked = False
        self.is_complete = False

    async def begin(self) -> None:
        assert self.is_locked
        self.is_complete = False

    async def end(self) -> None:
        assert self.is_locked
        self.is_complete = True

    async def holdings(self) -> dict[str, Holding]:
        return {
            id_: Holding(id=id_, source=document.source, audience=document.audience, digest=document.digest)
            for id_, (document, _) in self.held.items()
        }

    async def put(self, document: Document, passages: Sequence[Passage]) -> None:
        assert self.is_locked
        self.held[document.id] = (document, passages)
        self.puts.append(document.id)

    async def remove(self, id_: str) -> None:
        assert self.is_locked
        del self.held[id_]

    @contextlib.asynccontextmanager
    async def lock(self) -> AsyncIterator[None]:
        assert not self.is_locked
        self.is_locked = True
        yield
        self.is_locked = False


class Place:
    """A folder with sources.toml, a library, and a pipeline between them."""

    def __init__(self, folder: Path, client: httpx.AsyncClient) -> None:
        self.folder = folder
        self.shelf = Shelf()
        self.progress: list[tuple[int, int, str]] = []
        self.sources = SOURCES
        self._pipeline = Pipeline(self.shelf, Fetcher(client, allow_private=True, attempts=1))
        (folder / "guides").mkdir()

    def write(self, name: str, content: str | bytes) -> None:
        (self.folder / "guides" / name).write_bytes(content.encode() if isinstance(content, str) else content)

    async def run(self) -> Report:
        (self.folder / "sources.toml").write_text(self.sources)
        self.progress.clear()
        return await self._pipeline.run(load_sources(self.folder / "sources.toml"), self._note)

    def _note(self, done: int, total: int, title: str) -> None:
        self.progress.append((done, total, title))


@pytest.fixture
def place(tmp_path: Path, client: httpx.AsyncClient) -> Place:
    place = Place(tmp_path, client)
    place.write("a.md", "# Skilt\n\n## Krav\n\nSkilt må omsøkes.\n\n## Frist\n\nTre uker.")
    place.write("b.html", "<h1>Uteservering</h1><p>Søk kommunen.")
    place.write("c.pdf", pdf(["Torghandel krever leie."], title="Torghandel"))
    return place


def counts(report: Report) -> tuple[int, int, int, int, int]:
    return report.added, report.changed, report.unchanged, report.removed, len(report.failed)


async def test_documents_of_all_kinds_come_in_with_their_passages(place: Place) -> None:
    report = await place.run()
    assert counts(report) == (3, 0, 0, 0, 0)
    assert report.passages == 4
    assert report.seconds > 0
    assert [passage.text for passage in place.shelf.held["guides/a"][1]] == ["Skilt må omsøkes.", "Tre uker."]
    assert place.progress == [(0, 3, ""), (1, 3, "Skilt"), (2, 3, "Uteservering"), (3, 3, "Torghandel")]


async def test_a_second_run_leaves_everything_alone(place: Place) -> None:
    await place.run()
    place.shelf.puts.clear()
    report = await place.run()
    assert counts(report) == (0, 0, 3, 0, 0)
    assert (report.passages, place.shelf.puts) == (4, [])


async def test_only_what_changed_is_put_again(place: Place) -> None:
    await place.run()
    place.shelf.puts.clear()
    place.write("a.md", "# Skilt\n\nAlt er fritt.")
    place.write("d.md", "# Nytt\n\nHer.")
    report = await place.run()
    assert counts(report) == (1, 1, 2, 0, 0)
    assert place.shelf.puts == ["guides/a", "guides/d"]


async def test_what_the_source_says_counts_as_a_change(place: Place) -> None:
    await place.run()
    place.sources = SOURCES.replace('"public"', '"internal"')
    assert counts(await place.run()) == (0, 3, 0, 0, 0)
    assert {document.audience for document, _ in place.shelf.held.values()} == {Audience.INTERNAL}


async def test_a_document_that_was_put_without_passages_of_today_is_put_again(place: Place) -> None:
    await place.run()
    document, _ = place.shelf.held["guides/a"]
    place.shelf.held["guides/a"] = (Document(**document.model_dump()), ())
    assert counts(await place.run()) == (0, 1, 2, 0, 0)
    assert len(place.shelf.held["guides/a"][1]) == 2


async def test_documents_of_vanished_files_and_sources_are_removed_and_others_kept(place: Place) -> None:
    await place.run()
    answer = Document(id="answers/1", title="Svar", kind="answer", audience=Audience.PUBLIC, language="nb", sections=())
    place.shelf.held["answers/1"] = (answer, ())
    (place.folder / "guides" / "a.md").unlink()
    assert counts(await place.run()) == (0, 0, 2, 1, 0)
    place.sources = SOURCES.replace("guides/*", "guides/b.html")
    assert counts(await place.run()) == (0, 0, 1, 1, 0)
    assert set(place.shelf.held) == {"answers/1", "guides/b"}


async def test_a_failing_document_stops_nothing_and_stays_as_it_was(place: Place) -> None:
    await place.run()
    before = place.shelf.held["guides/a"]
    place.write("a.md", "")
    place.write("c.pdf", b"%PDF-1.7 broken")
    place.write("d.md", "# Nytt\n\nHer.")
    report = await place.run()
    assert counts(report) == (1, 0, 1, 0, 2)
    assert [failure.document for failure in report.failed] == ["guides/a", "guides/c"]
    assert "a.md: is empty; " in report.failed[0].reason
    assert place.shelf.held["guides/a"] == before
    assert place.progress[-1][:2] == (4, 4)
    assert place.shelf.is_complete, "the run has ended, whatever failed"


async def test_a_document_that_should_be_internal_now_does_not_stay_public_when_it_fails(place: Place) -> None:
    await place.run()
    place.sources = SOURCES.replace('"public"', '"internal"')
    place.write("a.md", "")
    report = await place.run()
    assert "guides/a" not in place.shelf.held
    assert "its public version was taken out" in report.failed[0].reason


async def test_addresses_come_in_and_stay_when_the_server_is_down(place: Place, site: Site) -> None:
    place.sources += SOURCES.replace('"Veiledninger"', '"Kommunen"').replace(
        'path = "guides/*"', f'url = "{site.url}/skilt.html"'
    )
    assert counts(await place.run()) == (4, 0, 0, 0, 0)
    document, _ = place.shelf.held["kommunen/skilt"]
    assert (document.title, document.url) == ("Skilt", f"{site.url}/skilt.html")
    site.failures["/skilt.html"] = [500]
    report = await place.run()
    assert counts(report) == (0, 0, 3, 0, 1)
    assert "answered 500" in report.failed[0].reason
    assert "kommunen/skilt" in place.shelf.held


async def test_a_reader_that_breaks_fails_its_document_only(place: Place, client: httpx.AsyncClient) -> None:
    def breaking(fetched: object, source: object) -> Document:
        raise RecursionError("too deep")

    (place.folder / "sources.toml").write_text(SOURCES)
    pipeline = Pipeline(place.shelf, Fetcher(client), {"markdown": breaking})
    report = await pipeline.run(load_sources(place.folder / "sources.toml"))
    assert counts(report) == (0, 0, 0, 0, 3)
    assert "cannot be read (RecursionError: too deep); it may be damaged" in report.failed[0].reason
