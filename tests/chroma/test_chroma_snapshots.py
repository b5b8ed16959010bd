"""Snapshots of a library whose vectors a Chroma server has."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from knowledge.chroma_server import ChromaServer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.snapshots import Copies, Publisher, SnapshotStore
from tests.knowledge.examples import guide, split

OLD = guide("guides/skilt", "Skilt på fasaden må omsøkes.")
NEW = guide("guides/skilt", "Plakater må meldes.")


def meant(library: Library, embeddings: CachedEmbeddings) -> list[str]:
    """The texts that are found by meaning."""
    reader = library.reader(Audience.PUBLIC)
    scores = reader.search("skilt", embeddings.embed_query("skilt"), 5)
    return [each.text for each in reader.passages(list(scores.meaning)).values()]


async def test_the_vectors_of_an_older_snapshot_are_found_in_the_server_until_their_grace_ends(
    server: ChromaServer, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    store = SnapshotStore(str(tmp_path / "shared"))
    about = {"warm": False, "open_vectors": server}
    with contextlib.closing(Library(tmp_path / "writer", embeddings, grace=3600, **about)) as writer:  # type: ignore[arg-type]
        await writer.put(*split(OLD))
        with writer.hold() as shelves:
            manifest = await asyncio.to_thread(Publisher(store, writer.folder).publish, shelves, {})
        assert manifest
        assert not [path for path in manifest.files if "/vectors/" in path]
        folder = Copies(store, tmp_path / "copies").fetch()
        with contextlib.closing(Library(folder, embeddings, frozen=True, **about)) as reader:  # type: ignore[arg-type]
            await writer.put(*split(NEW))
            await writer.begin()
            await writer.end()
            assert await asyncio.to_thread(meant, reader, embeddings) == ["Skilt på fasaden må omsøkes."]
            assert await asyncio.to_thread(meant, writer, embeddings) == ["Plakater må meldes."]
            with writer.hold() as shelves:
                shelves[Audience.PUBLIC].sweep(0)
            assert await asyncio.to_thread(meant, reader, embeddings) == []
