from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from knowledge.catalogue import entries_of
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library, LibraryBusy
from knowledge.model import Audience, Document, Section
from knowledge.reader import Reader
from knowledge.references import Keys, law_key
from knowledge.retriever import Retriever
from tests.knowledge.examples import basis, document, found, guide, split

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL
SKILT = guide("guides/skilt", "Skilt på fasaden må omsøkes.")


async def test_a_document_that_is_put_in_is_found_and_opened(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await shelf.put(*split(SKILT))
    assert await found(shelf, embeddings, "skilt") == ["Skilt på fasaden må omsøkes."]
    assert await shelf.reader(PUBLIC).document(SKILT.id) == SKILT
    assert await shelf.reader(PUBLIC).documents() == [SKILT]
    assert await shelf.reader(PUBLIC).documents("plan") == []
    holding = (await shelf.holdings())[SKILT.id]
    assert (holding.digest, holding.audience, holding.source) == (SKILT.digest, PUBLIC, "Eksempler")


async def test_a_document_that_is_replaced_is_found_by_its_new_text_only(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    keyed = Section(anchor="a", heading="A", text="Gjerder må omsøkes.", keys=("law:gjerdeloven/1",))
    await shelf.put(*split(document("guides/skilt", keyed, Section(anchor="b", heading="B", text="Murer også."))))
    await shelf.put(*split(SKILT))
    reader = shelf.reader(PUBLIC)
    assert await found(shelf, embeddings, "gjerder og murer") == ["Skilt på fasaden må omsøkes."]
    assert (reader.keys(), reader.by_key("*")) == (frozenset(), [])
    assert await reader.document(SKILT.id) == SKILT


async def test_a_document_that_is_removed_is_gone_from_everywhere(shelf: Library, embeddings: CachedEmbeddings) -> None:
    keyed = Section(anchor="a", heading="A", text="Gjerder må omsøkes.", keys=("law:gjerdeloven/1",))
    await shelf.put_all([split(SKILT), split(document("guides/gjerde", keyed))])
    await shelf.remove("guides/gjerde")
    await shelf.remove("guides/never-was")
    reader = shelf.reader(PUBLIC)
    assert await found(shelf, embeddings, "gjerdeloven § 1") == ["Skilt på fasaden må omsøkes."]
    assert (reader.keys(), await reader.document("guides/gjerde")) == (frozenset(), None)
    assert list(await shelf.holdings()) == [SKILT.id]


@pytest.mark.parametrize(("before", "after"), [(PUBLIC, INTERNAL), (INTERNAL, PUBLIC)])
async def test_a_document_that_changes_audience_stands_on_one_shelf(
    shelf: Library, embeddings: CachedEmbeddings, before: Audience, after: Audience
) -> None:
    for audience in (before, after):
        await shelf.put(*split(guide("guides/skilt", "Skilt må omsøkes.", audience=audience)))
    assert (await shelf.holdings())["guides/skilt"].audience is after
    assert len(await found(shelf, embeddings, "skilt", INTERNAL)) == 1
    assert len(await found(shelf, embeddings, "skilt", PUBLIC)) == (after is PUBLIC)


async def test_an_empty_library_finds_nothing(shelf: Library, embeddings: CachedEmbeddings) -> None:
    for text in ("skilt", "B3", "", "🌿", "\x00"):
        assert await found(shelf, embeddings, text) == []
    await shelf.put_all([])
    assert await shelf.holdings() == {}


async def test_a_document_without_text_is_held_but_never_found(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await shelf.put(*split(guide("guides/tom", "")))
    assert await found(shelf, embeddings, "tom") == []
    assert list(await shelf.holdings()) == ["guides/tom"]


class TooLong(Embeddings):
    """A model whose vectors don't have length 1."""

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [[3.0, 4.0] for _ in texts]

    def embed_query(self, text: str) -> list[float]:
        return [3.0, 4.0]


async def test_vectors_that_would_spoil_the_ranking_are_refused_before_anything_changes(tmp_path: Path) -> None:
    with contextlib.closing(Library(tmp_path / "library", TooLong(), warm=False)) as library:
        with pytest.raises(ValueError, match="length 1"):
            await library.put(*split(SKILT))
        assert await library.holdings() == {}


async def test_two_processes_see_what_the_other_has_brought_in(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False)) as other:
        assert await found(other, embeddings, "skilt") == []
        keyed = Section(anchor="a", heading="A", text="Skilt må omsøkes.", keys=("law:skiltloven/1",))
        await shelf.put(*split(document("guides/skilt", keyed)))
        assert await found(other, embeddings, "skilt") == ["Skilt må omsøkes."]
        assert other.reader(PUBLIC).keys() == Keys({"law:skiltloven/1"})
        assert await found(other, embeddings, "skiltloven § 1") == ["Skilt må omsøkes."]

        await other.put(*split(SKILT))
        assert await found(shelf, embeddings, "fasade") == ["Skilt på fasaden må omsøkes."]
        assert shelf.reader(PUBLIC).keys() == frozenset()

        await shelf.remove(SKILT.id)
        assert await found(other, embeddings, "skilt") == []


async def test_what_another_process_has_brought_in_is_not_taken_for_lost(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False)) as waiting:
        await shelf.begin()
        await shelf.put(*split(SKILT))
        await shelf.end()
        await waiting.begin()
        assert caplog.messages == []
        assert await found(waiting, embeddings, "fasade") == ["Skilt på fasaden må omsøkes."]


async def test_a_library_is_still_there_after_a_restart(embeddings: CachedEmbeddings, tmp_path: Path) -> None:
    for _ in range(2):
        with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False)) as library:
            if not await library.holdings():
                await library.put(*split(SKILT))
            assert await found(library, embeddings, "skilt") == ["Skilt på fasaden må omsøkes."]


async def test_a_library_of_an_earlier_version_is_made_anew(tmp_path: Path, embeddings: CachedEmbeddings) -> None:
    folder = tmp_path / "library" / "public"
    folder.mkdir(parents=True)
    with contextlib.closing(sqlite3.connect(folder / "catalogue.db")) as file:
        file.executescript("CREATE TABLE passages (id TEXT PRIMARY KEY, document TEXT, position INTEGER, body TEXT)")
    with contextlib.closing(Library(tmp_path / "library", embeddings, warm=False)) as library:
        assert (await library.is_complete(), await library.holdings()) == (False, {})
        await library.put(*split(SKILT))
        assert await found(library, embeddings, "skilt") == ["Skilt på fasaden må omsøkes."]


async def test_only_one_brings_documents_in_at_a_time(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    with contextlib.closing(Library(tmp_path / "library", embeddings)) as other:
        async with shelf.lock():
            with pytest.raises(LibraryBusy, match="wait until it is done"):
                async with other.lock(patience=0.05):
                    pass
        async with other.lock(patience=0.05):
            pass


WORDS = ("sommerfugl", "lokomotiv", "pannekake", "kanarifugl", "orgelpipe")


def telling(number: int, audience: Audience) -> Document:
    """A document that gives itself away by a word, a key and a paragraph of its own."""
    section = Section(
        anchor="om",
        heading=f"Om {WORDS[number]}",
        text=f"Her nevnes {WORDS[number]}, jf. grunnloven § {number}.",
        keys=(law_key("prøveloven", str(number)),),
        rests_on=(basis("grunnloven", str(number)),),
    )
    return document(f"docs/{number}", section, audience=audience)


@pytest.fixture(scope="module")
def moving(embeddings: CachedEmbeddings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    library = Library(tmp_path_factory.mktemp("moving"), embeddings, warm=False)
    yield library
    library.close()


async def given_away(reader: Reader, embeddings: CachedEmbeddings) -> set[int]:
    """The documents of which a reader gives anything away, by every way there is to ask it."""
    texts: list[str] = [str(reader.keys()), str(await reader.documents()), str(reader.by_key("*"))]
    texts.append(str(reader.by_key("*", own=False)))
    entries = [
        entry
        for number in range(len(WORDS))
        for audience in Audience
        for entry in entries_of(split(telling(number, audience))[1])
    ]
    texts.append(str(reader.passages(entries)))
    texts.extend([str(await reader.document(f"docs/{number}")) for number in range(len(WORDS))])
    retriever = Retriever(reader=reader, embeddings=embeddings)
    for query in (" ".join(WORDS), "prøveloven §§ 0, 1, 2, 3 og 4", "grunnloven §§ 0, 1, 2, 3 og 4"):
        evidence = await retriever.find(query)
        texts.append(str((evidence.found, evidence.subject, evidence.keys)))
    said = "\n".join(texts)
    return {number for number, word in enumerate(WORDS) if word in said or f"docs/{number}" in said}


placements = st.lists(st.sampled_from([PUBLIC, INTERNAL, None]), min_size=len(WORDS), max_size=len(WORDS))


@settings(max_examples=8, deadline=None)
@given(before=placements, after=placements)
async def test_a_public_reader_never_gives_internal_text_away(
    moving: Library, embeddings: CachedEmbeddings, before: list[Audience | None], after: list[Audience | None]
) -> None:
    for placement in (before, after):
        for number, audience in enumerate(placement):
            if audience is None:
                await moving.remove(f"docs/{number}")
        await moving.put_all([split(telling(number, each)) for number, each in enumerate(placement) if each])
    public = {number for number, audience in enumerate(after) if audience is PUBLIC}
    everything = {number for number, audience in enumerate(after) if audience}
    assert await given_away(moving.reader(PUBLIC), embeddings) == public
    assert await given_away(moving.reader(INTERNAL), embeddings) == everything


async def test_how_rare_a_word_is_tells_nothing_of_internal_documents(shelf: Library) -> None:
    await shelf.put_all([split(SKILT), split(guide("guides/gjerde", "Gjerder må omsøkes."))])
    readers = [shelf.reader(audience) for audience in Audience]
    common, rare = readers[0].terms("omsøkes kanarifugl")

    def rarities() -> list[dict[str, float]]:
        return [reader.rarity([common, rare]) | reader.rarity_of_grams("omsøk kanar") for reader in readers]

    before = rarities()
    await shelf.put(*split(guide("internal/k", "Kanarifugl og kanarifugl må omsøkes.", audience=INTERNAL)))
    assert rarities() == before
    assert before[0][rare] > before[0][common]
    assert before[0]["kanar"] > before[0]["omsøk"]
