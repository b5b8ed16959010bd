from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ingest.fetching import Fetcher
from ingest.finding import Finder
from ingest.ledger import Ledger
from ingest.pipeline import Pipeline
from ingest.sources import load_sources
from ingest.splitting import ProcessSplitter
from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.library import Library, LibraryBusy
from knowledge.model import Audience

PLAN = Path(__file__).parents[2] / "ingest" / "corpus" / "plan" / "omstillingsdyktig-naeringsliv.txt"
SOURCES = f"""
[[source]]
name = "Plan"
path = "{PLAN}"
reader = "plan"
kind = "plan"
audience = "public"
language = "nb"

[[source]]
name = "Veiledninger"
path = "guides/*.md"
kind = "guidance"
audience = "public"
language = "nb"
"""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    embeddings = CachedEmbeddings(E5Embeddings(), tmp_path / "vectors.db")
    library = Library(tmp_path / "library", embeddings, warm=False)
    yield library
    library.close()
    embeddings.close()


@pytest.fixture
def pipeline(library: Library, client: httpx.AsyncClient, tmp_path: Path) -> Iterator[Pipeline]:
    with (
        contextlib.closing(ProcessSplitter(1)) as splitter,
        contextlib.closing(Ledger(tmp_path / "ledger.db")) as ledger,
    ):
        yield Pipeline(library, Finder(Fetcher(client), tmp_path / "cache"), splitter, ledger)


@pytest.fixture
def list_of_sources(tmp_path: Path) -> Path:
    (tmp_path / "guides").mkdir()
    (tmp_path / "guides" / "skilt.md").write_text("# Skilt\n\n## Krav\n\nSkilt må omsøkes.")
    (tmp_path / "guides" / "notat.md").write_text("# Notat\n\n## Om\n\nBare for ansatte.")
    (tmp_path / "sources.toml").write_text(SOURCES)
    return tmp_path / "sources.toml"


async def test_a_library_is_kept_in_step_with_its_sources(
    library: Library, list_of_sources: Path, pipeline: Pipeline
) -> None:
    report = await pipeline.run(load_sources(list_of_sources))
    assert (report.added, report.passages, report.failed) == (3, 19, [])
    public = library.reader(Audience.PUBLIC)
    assert [passage.text for passage in public.by_key("strategy:omstillingsdyktig-naeringsliv/C3")] == [
        "Søker å foreta innkjøp i størst mulig grad lokalt."
    ]

    assert await public.document("plan/omstillingsdyktig-naeringsliv") is not None

    again = await pipeline.run(load_sources(list_of_sources))
    assert (again.added, again.changed, again.unchanged, again.removed) == (0, 0, 3, 0)

    guides = list_of_sources.parent / "guides"
    (guides / "notat.md").write_text("---\naudience: internal\n---\n# Notat\n\n## Om\n\nBare for ansatte.")
    (guides / "skilt.md").unlink()
    moved = await pipeline.run(load_sources(list_of_sources))
    assert (moved.added, moved.changed, moved.unchanged, moved.missing) == (0, 1, 1, 1)
    assert await public.document("guides/notat") is None
    assert (kept := await public.document("guides/skilt")) is not None
    assert kept.missing is not None
    assert await library.reader(Audience.INTERNAL).document("guides/notat") is not None


async def test_only_one_ingest_runs_at_a_time(library: Library, list_of_sources: Path, pipeline: Pipeline) -> None:
    async with library.lock():
        with pytest.raises(LibraryBusy, match="another ingest is running"):
            await pipeline.run(load_sources(list_of_sources))
