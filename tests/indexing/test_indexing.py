from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from bot.indexing.following import SnapshotFollowing
from bot.indexing.mending import Mending
from bot.indexing.publishing import SnapshotPublishing
from bot.publishing.notices import LIBRARY
from bot.settings import Settings
from bot.wiring import open_knowledge, open_worker
from ingest.ledger import Ledger
from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.library import Library
from knowledge.snapshots import Copies, Meanings, Publisher, SnapshotStore
from tests.knowledge.examples import document, guide, split
from tests.town import moteplassen

SKILT = guide("guides/skilt", "Skilt på fasaden må omsøkes.")
ANSWER = document("answer/1", kind="answer")


class Two:
    """A library that is published, and one elsewhere that follows it; `moment` is what time it is for both (s)."""

    def __init__(self, folder: Path, embeddings: CachedEmbeddings) -> None:
        self.folder, self.embeddings = folder, embeddings
        self.moment = 1000.0
        self.store = SnapshotStore(str(folder / "shared"))
        self.library = Library(folder / "library", embeddings, warm=False)
        self.ledger = Ledger(folder / "library" / "ledger.db")
        publisher = Publisher(self.store, folder / "library")
        meanings = Meanings(folder / "cache" / "vectors.db")
        self.publishing = SnapshotPublishing(publisher, self.library, self.ledger, meanings, clock=lambda: self.moment)

    async def fill(self, text: str = "Skilt på fasaden må omsøkes.") -> None:
        await self.library.begin()
        await self.library.put(*split(guide("guides/skilt", text)))
        await self.library.end()

    @contextlib.contextmanager
    def follower(self) -> Iterator[tuple[SnapshotFollowing, Library, Ledger]]:
        copies = Copies(self.store, self.folder / "copies")
        folder = copies.latest()
        with (
            contextlib.closing(Library(folder, self.embeddings, warm=False, frozen=True)) as library,
            contextlib.closing(Ledger(folder / "ledger.db", frozen=True)) as ledger,
        ):
            meanings = Meanings(self.folder / "elsewhere" / "vectors.db")
            following = SnapshotFollowing(copies, library, ledger, meanings, lambda: None, clock=lambda: self.moment)
            yield following, library, ledger

    def close(self) -> None:
        self.ledger.close()
        self.library.close()


@pytest_asyncio.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    embeddings = CachedEmbeddings(E5Embeddings(), tmp_path / "cache" / "vectors.db")
    with contextlib.closing(embeddings), contextlib.closing(Two(tmp_path, embeddings)) as both:
        yield both


async def text_of(library: Library) -> str:
    found = await library.document(SKILT.id)
    return found.sections[0].text if found else ""


async def test_the_library_is_published_when_it_is_complete_and_has_changed(two: Two) -> None:
    assert await two.publishing.look() is None, "it is empty"
    await two.library.begin()
    await two.library.put(*split(SKILT))
    assert await two.publishing.look() is None, "it was never complete"
    await two.library.end()
    assert await two.publishing.look()
    assert await two.publishing.look() is None
    await two.library.publish(ANSWER, split(SKILT)[1][0].model_copy(update={"document": ANSWER.id, "id": "answer/1#a"}))
    assert await two.publishing.look()


async def test_while_documents_are_brought_in_a_snapshot_is_made_once_a_minute(two: Two) -> None:
    await two.fill()
    assert await two.publishing.look()
    await two.library.begin()
    await two.library.put(*split(guide("guides/skilt", "Skilt er forbudt.")))
    assert await two.publishing.look() is None
    two.moment += 61
    assert await two.publishing.look()


async def test_a_follower_turns_to_what_is_published_and_stays_with_it_where_the_next_is_broken(two: Two) -> None:
    await two.fill()
    await two.publishing.look()
    with two.follower() as (following, library, _):
        assert not await following.look()
        await two.fill("Skilt er forbudt.")
        await two.publishing.look()
        assert await following.look()
        assert await text_of(library) == "Skilt er forbudt."
        await two.fill("Skilt er tillatt.")
        await two.publishing.look()
        pointer = two.folder / "shared" / "current"
        whole = pointer.read_bytes()
        pointer.write_bytes(whole[:-30])
        with capture_logs() as logs:
            assert not await following.look()
        assert [(each["event"], each["log_level"]) for each in logs] == [("snapshots.refused", "error")]
        assert await text_of(library) == "Skilt er forbudt."
        pointer.write_bytes(whole)
        two.moment += 60
        assert following.idle_seconds == 60
        assert await following.look()
        assert following.idle_seconds == 0
        assert await text_of(library) == "Skilt er tillatt."


async def test_a_follower_fetches_a_copy_anew_that_is_damaged(two: Two) -> None:
    await two.fill()
    await two.publishing.look()
    with two.follower() as (following, library, _):
        for damaged in library.folder.glob("public/lexical/*.store"):
            damaged.unlink()
        assert await following.look()
        assert await text_of(library) == "Skilt på fasaden må omsøkes."
        assert not await library.is_damaged(thorough=True)


async def test_a_follower_need_not_make_the_vectors_anew(two: Two) -> None:
    await two.fill()
    first = await two.publishing.look()
    with two.follower() as (following, _, _):
        await two.fill("Skilt er forbudt.")
        second = await two.publishing.look()
        assert await following.look()
    assert first
    assert second
    made, taken = (_vectors(two.folder / folder / "vectors.db") for folder in ("cache", "elsewhere"))
    assert made == taken
    assert len(made) > 1


def _vectors(file: Path) -> dict[bytes, bytes]:
    with contextlib.closing(sqlite3.connect(file)) as database:
        return dict(database.execute("SELECT key, vector FROM vectors"))


async def test_what_is_lost_is_said_and_what_is_in_no_source_is_brought_back_at_once(two: Two) -> None:
    restored: list[bool] = []

    async def restore() -> None:
        restored.append(await two.library.is_complete())

    mending = Mending(two.library, restore)
    await two.fill()
    assert not await mending.look()
    (two.folder / "library" / "public" / "catalogue.db").unlink()
    with capture_logs() as logs:
        assert await mending.look()
    assert {"event": "library.mended", "complete": False, "log_level": "warning"} in logs
    assert restored == [False]


async def test_only_who_indexes_carries_what_writes_the_library(data_dir: Path, sources: Path, tmp_path: Path) -> None:
    shared = str(tmp_path / "shared")
    shutil.copytree(data_dir, tmp_path / "writer")
    done = await asyncio.to_thread(moteplassen, "ingest", sources, "--data-dir", tmp_path / "writer", SNAPSHOTS=shared)
    assert done.exit_code == 0, done.output
    carried = {}
    for name, indexing in (("writer", True), ("reader", False)):
        settings = Settings(_env_file=None, data_dir=tmp_path / name, snapshots=shared, indexing=indexing)
        with contextlib.closing(open_knowledge(settings)) as knowledge:
            async with open_worker(settings, knowledge) as worker:
                carried[name] = LIBRARY in worker.platforms
    assert carried == {"writer": True, "reader": False}


@pytest.mark.parametrize(
    ("command", "changes", "told"),
    [
        (["ask", "Hva er skilt?"], {"SNAPSHOTS": "{folder}/none"}, "nothing was published yet"),
        (["ask", "Hva er skilt?"], {"SNAPSHOTS": "nosuch://x"}, "correct MOTEPLASSEN_SNAPSHOTS"),
        (["ask", "Hva er skilt?"], {}, "MOTEPLASSEN_INDEXING=false needs MOTEPLASSEN_SNAPSHOTS"),
        (["sources"], {"SNAPSHOTS": "{folder}/none"}, "nothing was published yet"),
        (["check"], {"SNAPSHOTS": "{folder}/none"}, "nothing was published yet"),
    ],
    ids=["nothing published", "an address nobody knows", "no address", "its sources", "its state"],
)
def test_who_reads_snapshots_is_told_what_is_missing(
    tmp_path: Path, command: list[str], changes: dict[str, str], told: str
) -> None:
    given = {name: value.format(folder=tmp_path) for name, value in changes.items()}
    result = moteplassen(*command, "--data-dir", tmp_path / "data", INDEXING="false", **given)
    assert result.exit_code == 1
    assert told in " ".join(result.output.split())
    assert "Traceback" not in result.output


def test_who_reads_snapshots_answers_from_them_says_which_and_can_not_index(
    data_dir: Path, sources: Path, tmp_path: Path
) -> None:
    shared = str(tmp_path / "shared")
    shutil.copytree(data_dir, tmp_path / "writer")
    assert moteplassen("ingest", sources, "--data-dir", tmp_path / "writer", SNAPSHOTS=shared).exit_code == 0
    reader = {"INDEXING": "false", "SNAPSHOTS": shared}
    asked = moteplassen("ask", "Når må skilt omsøkes?", "--data-dir", tmp_path / "reader", **reader)
    assert "Skilt på fasaden må omsøkes" in asked.stdout
    listed = moteplassen("sources", "--data-dir", tmp_path / "reader", SOURCES=str(sources), **reader)
    assert "Veiledninger" in listed.stdout
    checked = moteplassen("check", "--data-dir", tmp_path / "reader", SOURCES=str(sources), **reader)
    (version,) = SnapshotStore(shared).versions()
    assert f"snapshot {version}" in checked.stdout
    indexed = moteplassen("ingest", sources, "--data-dir", tmp_path / "reader", **reader)
    assert indexed.exit_code == 1
    assert "can't be written" in indexed.stderr
