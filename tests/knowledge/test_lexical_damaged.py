"""The words of an index are damaged on the disk while it is open: tantivy panics, which takes nobody down."""

from __future__ import annotations

import contextlib
import inspect
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from knowledge.coverage import Coverage
from knowledge.embeddings import CachedEmbeddings
from knowledge.lexical import IndexBroken, LexicalIndex
from knowledge.library import Library
from knowledge.model import Audience
from tests.damage import in_place
from tests.disks import fill, full, small_disk
from tests.knowledge.examples import found, guide, split

SIGN, QUESTION = "Skilt på fasaden må omsøkes.", "skilt på fasaden"
WORDS = [f"ord{number}{'abcdefghij'[number % 10] * 3}{number * 7919 % 1000}" for number in range(2_000)]
TEXTS = {str(number): " ".join(WORDS[number * 5 : number * 5 + 5]) for number in range(400)}
"""So many that tantivy panics over some of the words, where two hundred bytes in the middle are others."""
CALLS: dict[str, Callable[[LexicalIndex, str], object]] = {
    "add": lambda index, text: index.add({text: text}),
    "remove": lambda index, text: index.remove([text]),
    "count": lambda index, text: index.count(),
    "search": lambda index, text: index.search(text, terms={text: 1.0}),
    "refresh": lambda index, text: index.refresh(),
    "terms": LexicalIndex.terms,
    "grams": LexicalIndex.grams,
    "rarity": lambda index, text: index.rarity(index.terms(text)),
    "rarity_of_grams": LexicalIndex.rarity_of_grams,
}
SLOW = {"add", "remove"}


def damage(folder: Path, seed: int = 0, size: int | None = None) -> None:
    for file in folder.glob("*.term"):
        in_place(file, seed, size)


def test_all_that_can_be_done_with_an_index_is_done_here() -> None:
    assert CALLS.keys() == {name for name, _ in inspect.getmembers(LexicalIndex, callable) if not name.startswith("_")}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("size", [200, None], ids=["some of the words", "half of them"])
def test_damage_never_ends_in_more_than_that_it_is_broken(tmp_path: Path, size: int | None, seed: int) -> None:
    index = LexicalIndex(tmp_path)
    index.add(TEXTS)
    damage(tmp_path, seed, size)
    broken: Counter[str] = Counter()
    for name, call in CALLS.items():
        for text in [*TEXTS.values()][:: 200 if name in SLOW else 1]:
            try:
                call(index, text)
            except IndexBroken:
                broken[name] += 1
    assert {"search", "rarity_of_grams"} <= broken.keys()


async def filled(library: Library) -> None:
    await library.begin()
    await library.put_all([split(guide("guides/skilt", SIGN))])
    await library.end()


async def test_without_words_a_text_still_covers_what_it_shares_with_the_question(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    await filled(shelf)
    damage(shelf.folder / "public" / "lexical")
    shares = Coverage(shelf.reader(Audience.PUBLIC), QUESTION).parts(SIGN)
    assert shares == {"coverage": pytest.approx(1.0), "gram_coverage": pytest.approx(1.0)}
    assert await found(shelf, embeddings, QUESTION) == [SIGN]
    assert await shelf.heal()


async def test_where_the_disk_is_full_the_other_half_answers_until_there_is_room_to_mend(
    tmp_path: Path, embeddings: CachedEmbeddings
) -> None:
    with (
        small_disk(tmp_path / "disk", "16m") as disk,
        contextlib.closing(Library(disk / "library", embeddings, warm=False)) as library,
    ):
        await filled(library)
        assert await found(library, embeddings, QUESTION) == [SIGN]
        damage(library.folder / "public" / "lexical")
        with full(disk):
            for _ in range(3):
                assert await found(library, embeddings, QUESTION) == [SIGN]
                with pytest.raises((IndexBroken, OSError, sqlite3.OperationalError)):
                    await heal_while_others_write(library, disk)
        assert await found(library, embeddings, QUESTION) == [SIGN]
        assert await library.heal(thorough=True)
        assert await both(library, embeddings) == (1, 1)
        assert not await library.heal(thorough=True)


async def test_vectors_that_a_full_disk_keeps_from_being_opened_are_kept(
    tmp_path: Path, embeddings: CachedEmbeddings
) -> None:
    with (
        small_disk(tmp_path / "disk", "16m") as disk,
        contextlib.closing(Library(disk / "library", embeddings, warm=False)) as library,
    ):
        await filled(library)
        before = made(library)
        with full(disk):
            assert await found(library, embeddings, QUESTION) == [SIGN], "by words: Chroma must be opened anew"
            for _ in range(2):
                with pytest.raises(Exception, match="disk is full"):
                    await library.heal()
                with pytest.raises(Exception, match="disk is full"):
                    Library(disk / "library", embeddings, warm=False)
        assert await library.heal()
        assert await both(library, embeddings) == (1, 1)
        assert made(library) == before


def made(library: Library) -> int:
    """Which file the vectors lie in: one that was made anew is another."""
    return (library.folder / "public" / "vectors" / "chroma.sqlite3").stat().st_ino


async def both(library: Library, embeddings: CachedEmbeddings) -> tuple[int, int]:
    """How many passages the words and the meaning of the question find."""
    scores = library.reader(Audience.PUBLIC).search(QUESTION, embeddings.embed_query(QUESTION), 5)
    return len(scores.words), len(scores.meaning)


async def heal_while_others_write(library: Library, disk: Path) -> None:
    """What is taken away to be made anew leaves room, which something else fills at once."""
    rmtree = shutil.rmtree

    def at_once(folder: Path, *, ignore_errors: bool) -> None:
        rmtree(folder, ignore_errors=ignore_errors)
        fill(disk / "ballast")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "rmtree", at_once)
        await library.heal()
