from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.soundness import database_fault, lexical_fault, vectors_fault
from knowledge.vectors import VectorIndex
from tests.knowledge.examples import directions, found, guide, split

PUBLIC = Audience.PUBLIC
SKILT = guide("guides/skilt", "Skilt på fasaden må omsøkes.")
ROUTINE = guide("routines/kontroll", "Kontrollen kommer på torsdag.", audience=Audience.INTERNAL)


def cut(file: Path) -> None:
    """Put half a file in its place. (Of one that is read in place, the operating system would end the reader.)"""
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content[: len(content) // 2])


def scramble(file: Path) -> None:
    size = file.stat().st_size
    file.unlink()
    file.write_bytes(os.urandom(size))


def flip(file: Path) -> None:
    """Change a byte in the middle."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.unlink()
    file.write_bytes(content)


Damage = Callable[[Path], None]


def each(pattern: str, damage: Callable[[Path], object]) -> Damage:
    def every(folder: Path) -> None:
        files = sorted(folder.glob(pattern))
        assert files, f"nothing is {pattern}"
        for file in files:
            damage(file)

    return every


LEXICAL = {
    "the folder is gone": each("lexical", shutil.rmtree),
    "meta.json is garbage": each("lexical/meta.json", scramble),
    "meta.json is gone": each("lexical/meta.json", Path.unlink),
    "texts are cut off": each("lexical/*.store", cut),
    "words are garbage": each("lexical/*.term", scramble),
    "places are gone": each("lexical/*.idx", Path.unlink),
    "a bit of the words has changed": each("lexical/*.term", flip),
}
VECTORS = {
    "the folder is gone": each("vectors", shutil.rmtree),
    "the database is garbage": each("vectors/chroma.sqlite3", scramble),
    "the database is cut off": each("vectors/chroma.sqlite3", cut),
}
CATALOGUE: dict[str, Damage] = {
    "it is garbage": each("catalogue.db", scramble),
    "it is cut off": each("catalogue.db", cut),
    "it is gone": each("catalogue.db", Path.unlink),
    "the whole folder is gone": shutil.rmtree,
}
HALVES = {
    f"{half}: {name}": damage
    for half, all_ in (("lexical", LEXICAL), ("vectors", VECTORS))
    for name, damage in all_.items()
}


async def filled(library: Library) -> None:
    await library.begin()
    await library.put_all([split(SKILT), split(ROUTINE)])
    await library.end()


async def both(library: Library, embeddings: CachedEmbeddings) -> tuple[int, int]:
    """How many passages the words and the meaning of a question find."""
    vector = embeddings.embed_query("skilt på fasaden")
    scores = library.reader(PUBLIC).search("skilt på fasaden", vector, 5)
    return len(scores.words), len(scores.meaning)


@pytest.mark.parametrize("damage", HALVES.values(), ids=HALVES)
async def test_a_damaged_index_is_made_anew_from_the_catalogue_when_the_library_is_opened(
    tmp_path: Path, embeddings: CachedEmbeddings, damage: Damage
) -> None:
    with contextlib.closing(Library(tmp_path, embeddings, warm=False)) as library:
        await filled(library)
    damage(tmp_path / "public")
    with contextlib.closing(Library(tmp_path, embeddings, warm=False)) as library:
        assert await library.heal(thorough=True)
        assert await both(library, embeddings) == (1, 1)
        assert await library.is_complete()
        assert not await library.heal(thorough=True)


@pytest.mark.parametrize("damage", HALVES.values(), ids=HALVES)
async def test_while_an_index_is_damaged_the_other_one_finds_and_then_both_do(
    tmp_path: Path, embeddings: CachedEmbeddings, damage: Damage
) -> None:
    with contextlib.closing(Library(tmp_path, embeddings, warm=False)) as library:
        await filled(library)
        damage(tmp_path / "public")
        assert sum(await both(library, embeddings)) >= 1
        assert await library.heal(thorough=True)
        assert await both(library, embeddings) == (1, 1)
        assert await found(library, embeddings, "skilt") == ["Skilt på fasaden må omsøkes."]
        assert await library.is_complete()


@pytest.mark.parametrize("running", [True, False], ids=["running", "at the start"])
@pytest.mark.parametrize("audience", Audience)
@pytest.mark.parametrize("damage", CATALOGUE.values(), ids=CATALOGUE)
async def test_a_damaged_catalogue_begins_anew_and_says_that_all_is_to_be_brought_in(
    tmp_path: Path, embeddings: CachedEmbeddings, damage: Damage, audience: Audience, running: bool
) -> None:
    library = Library(tmp_path, embeddings, warm=False)
    await filled(library)
    if not running:
        library.close()
    for beside in (tmp_path / audience).glob("catalogue.db-*"):
        beside.unlink()
    damage(tmp_path / audience)
    if not running:
        library = Library(tmp_path, embeddings, warm=False)
    with contextlib.closing(library):
        await library.heal(thorough=True)
        assert not await library.is_complete()
        assert (SKILT.id in await library.holdings()) is (audience is not PUBLIC)
        await filled(library)
        assert await library.is_complete()
        assert await both(library, embeddings) == (1, 1)
        assert (await library.holdings()).keys() == {SKILT.id, ROUTINE.id}


async def test_a_run_that_was_under_way_when_a_catalogue_was_lost_does_not_make_the_library_complete(
    tmp_path: Path, embeddings: CachedEmbeddings
) -> None:
    with contextlib.closing(Library(tmp_path, embeddings, warm=False)) as library:
        await filled(library)
        await library.begin()
        await library.put(*split(SKILT))
        scramble(tmp_path / "internal" / "catalogue.db")
        await library.heal()
        await library.end()
        assert not await library.is_complete()


async def test_another_process_sees_what_one_has_mended(tmp_path: Path, embeddings: CachedEmbeddings) -> None:
    with (
        contextlib.closing(Library(tmp_path, embeddings, warm=False)) as library,
        contextlib.closing(Library(tmp_path, embeddings, warm=False)) as other,
    ):
        await filled(library)
        assert await both(other, embeddings) == (1, 1)
        LEXICAL["the folder is gone"](tmp_path / "public")
        CATALOGUE["it is garbage"](tmp_path / "internal")
        assert await library.heal()
        assert await both(other, embeddings) == (1, 1)
        await other.heal()
        assert not await other.is_complete()
        assert ROUTINE.id not in await other.holdings()


def hnsw(folder: Path) -> Path:
    """A Chroma with enough entries for it to write files of its own."""
    vectors = directions(1500, 384)
    index = VectorIndex(folder, "public")
    index.add([f"e{number}" for number in range(len(vectors))], vectors.tolist())
    index.remove([f"e{number}" for number in range(0, 900, 3)])
    index.close()
    return folder


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hnsw(tmp_path_factory.mktemp("sound") / "vectors")


def _lose_folders(folder: Path) -> None:
    for header in folder.glob("*/header.bin"):
        shutil.rmtree(header.parent)


HNSW: dict[str, Damage] = {
    "vectors cut off": each("*/data_level0.bin", cut),
    "vectors garbage": each("*/data_level0.bin", scramble),
    "header garbage": each("*/header.bin", scramble),
    "links gone": each("*/link_lists.bin", Path.unlink),
    "lengths cut off": each("*/length.bin", cut),
    "the files of the vectors gone": _lose_folders,
}


def test_what_is_whole_is_found_to_be_whole(sound: Path, tmp_path: Path) -> None:
    assert list(sound.glob("*/data_level0.bin")), "Chroma wrote no file: it holds too few"
    assert vectors_fault(sound, thorough=True) == ""
    assert database_fault(sound / "chroma.sqlite3", thorough=True) == ""
    assert lexical_fault(tmp_path, thorough=True) == ""


@pytest.mark.parametrize("damage", HNSW.values(), ids=HNSW)
def test_damage_is_seen_before_chroma_reads_it(sound: Path, tmp_path: Path, damage: Damage) -> None:
    shutil.copytree(sound, tmp_path / "vectors")
    damage(tmp_path / "vectors")
    assert vectors_fault(tmp_path / "vectors", thorough=True)
