from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from langchain_core.embeddings import Embeddings

from ingest.passages import passages_of
from knowledge.catalogue import entries_of
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Document, Passage, Section
from knowledge.shelf import Shelf
from tests.knowledge.counting import Counting
from tests.knowledge.examples import document, found, guide, split

PUBLIC = Audience.PUBLIC
SKILT = guide("guides/skilt", "Skilt på fasaden må omsøkes.")


class WrongSize(Embeddings):
    """A model whose vectors the index can't take, which breaks indexing off half-way."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[1.0, 0.0] for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        return [1.0, 0.0]


async def test_a_document_whose_indexing_broke_off_stays_as_it_was_until_it_is_indexed_again(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    await shelf.put(*split(SKILT))
    changed = guide("guides/skilt", "Skilt og reklame må omsøkes.")
    with (
        contextlib.closing(Library(tmp_path / "library", WrongSize(), warm=False)) as breaking,
        pytest.raises(Exception, match="dimension"),
    ):
        await breaking.put(*split(changed))
    assert (await shelf.holdings())[SKILT.id].digest == SKILT.digest
    assert await found(shelf, embeddings, "reklame") == ["Skilt på fasaden må omsøkes."]
    await shelf.put(*split(changed))
    assert (await shelf.holdings())[SKILT.id].digest == changed.digest
    assert await found(shelf, embeddings, "reklame") == ["Skilt og reklame må omsøkes."]


async def test_what_was_replaced_or_broken_off_leaves_the_indexes_and_what_is_live_never_does(
    tmp_path: Path, embeddings: CachedEmbeddings
) -> None:
    moment = 0.0
    shelf = Shelf(tmp_path / "shelf", PUBLIC, clock=lambda: moment)

    def embed(passages: Sequence[Passage]) -> list[list[float]]:
        return embeddings.embed_documents([passage.text for passage in passages])

    def breaking(passages: Sequence[Passage]) -> list[list[float]]:
        raise RuntimeError("the model is away")

    one, other, third = (guide("guides/skilt", f"Skilt {word}.") for word in ("her", "der", "hvor"))
    with contextlib.closing(shelf):
        shelf.put([split(one)], embed)
        shelf.put([split(other)], embed)
        with pytest.raises(RuntimeError, match="away"):
            shelf.put([split(third)], breaking)
        assert set(shelf.lexical.search("skilt")[0]) == {*entries_of(passages_of(one)), *entries_of(passages_of(other))}
        shelf.put([split(one)], embed)  # as it was before
        moment = 11.0
        shelf.sweep(10.0)
        live = set(entries_of(passages_of(one)))
        assert set(shelf.lexical.search("skilt")[0]) == live
        assert set(shelf.vectors.search(embeddings.embed_query("skilt"), 10)) == live
        assert (shelf.catalogue.loose(0.0), set(shelf.catalogue.live([*live]))) == ([], live)


async def test_of_a_changed_document_only_the_passages_that_changed_are_indexed(
    tmp_path: Path, embeddings: CachedEmbeddings
) -> None:
    def law(second: str) -> Document:
        texts = {"a": "Skilt må omsøkes.", "b": second, "c": "Gjerder er frie."}
        sections = [Section(anchor=name, heading=name.upper(), text=text) for name, text in texts.items()]
        return document("laws/skilt", *sections)

    counting = Counting(embeddings)
    with contextlib.closing(Library(tmp_path / "library", counting, warm=False)) as library:
        await library.put(*split(law("Murer er frie.")))
        counting.texts.clear()
        await library.put(*split(law("Murer må omsøkes.")))
        assert ["Murer må omsøkes." in text for text in counting.texts] == [True]
        assert sorted(await found(library, embeddings, "skilt gjerder murer")) == [
            "Gjerder er frie.",
            "Murer må omsøkes.",
            "Skilt må omsøkes.",
        ]


async def test_who_searches_while_a_document_is_replaced_finds_its_old_version_or_its_new_one(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    versions = [f"Skilt på fasaden må omsøkes, utgave {number}." for number in range(8)]
    await shelf.put(*split(guide("guides/skilt", versions[0])))
    done = asyncio.Event()

    async def replace() -> None:
        for text in versions[1:]:
            await shelf.put(*split(guide("guides/skilt", text)))
        done.set()

    async def search() -> list[list[str]]:
        seen = []
        while not done.is_set():
            seen.append(await found(shelf, embeddings, "skilt på fasaden"))
        return seen

    async with asyncio.TaskGroup() as group:
        group.create_task(replace())
        searches = [group.create_task(search()) for _ in range(3)]
    seen = [texts for each in searches for texts in each.result()]
    assert {len(texts) for texts in seen} == {1}
    assert {text for texts in seen for text in texts} <= set(versions)


async def test_a_document_that_is_replaced_in_the_middle_of_a_search_is_found(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    """The worst moment, which chance rarely hits: the halves have been asked, the catalogue has not."""
    await shelf.put(*split(SKILT))
    changed = guide("guides/skilt", "Skilt må ikke omsøkes.")
    reader = shelf.reader(PUBLIC)
    swapped: list[Document] = []

    class Vector(list[float]):
        """A question's vector that has the document replaced when the second half looks at it."""

        def __iter__(self) -> Iterator[float]:
            if not swapped:
                swapped.append(changed)
                asyncio.run(shelf.put(*split(changed)))
            return super().__iter__()

    vector = Vector(embeddings.embed_query("skilt"))
    scores = await asyncio.to_thread(reader.search, "skilt", vector, 10)
    assert swapped
    texts = [passage.text for passage in reader.passages([*scores.words]).values()]
    assert texts == ["Skilt må ikke omsøkes."]


@pytest.mark.parametrize("lost", ["lexical", "vectors"])
async def test_an_index_that_was_lost_is_made_anew_from_the_catalogue_when_documents_come_in(
    tmp_path: Path, embeddings: CachedEmbeddings, lost: str
) -> None:
    for _ in range(2):
        with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False)) as library:
            if not await library.holdings():
                await library.put(*split(SKILT))
            async with library.lock():
                await library.begin()
                await library.end()
            scores = library.reader(PUBLIC).search("skilt", embeddings.embed_query("skilt"), 10)
            assert len(scores.words) == len(scores.meaning) == 1
        shutil.rmtree(tmp_path / "library" / "public" / lost)


async def test_what_a_broken_off_run_left_among_the_public_documents_too_is_internal(
    shelf: Library, tmp_path: Path, embeddings: CachedEmbeddings
) -> None:
    await shelf.put(*split(SKILT))
    with contextlib.closing(Shelf(tmp_path / "library" / "internal", Audience.INTERNAL)) as internal:
        secret = guide("guides/skilt", "Skilt koster internt.", audience=Audience.INTERNAL)
        internal.put([split(secret)], lambda passages: embeddings.embed_documents([each.text for each in passages]))
    await shelf.begin()
    assert await shelf.reader(PUBLIC).document(SKILT.id) is None
    assert await shelf.reader(Audience.INTERNAL).document(SKILT.id) == secret
