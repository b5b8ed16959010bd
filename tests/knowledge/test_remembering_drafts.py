"""What was drafted is remembered for as long as what it was drafted from."""

from __future__ import annotations

import dataclasses
import gc

import pytest

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Citation, Draft, Evidence
from knowledge.remembering import Remembered
from knowledge.retriever import Retriever
from knowledge.shared_passages import SharedPassages
from tests.knowledge.counting import Counting
from tests.knowledge.examples import guide, split

ASKED, ALSO = "Må skilt på fasaden omsøkes?", "Hvor høyt kan et gjerde være?"
SKILT = guide("guides/skilt", "Skilt på fasaden må omsøkes. Gjelder alle.")
CHANGED = guide("guides/skilt", "Skilt på fasaden er fritt fram. Gjelder alle.")
GJERDE = guide("guides/gjerde", "Gjerder kan være halvannen meter høye. Gjelder alle.")


@pytest.fixture
def counting(embeddings: CachedEmbeddings) -> Counting:
    return Counting(embeddings)


@pytest.fixture
def answerer(counting: Counting) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(counting, "")


@pytest.fixture
def asked(shelf: Library, embeddings: CachedEmbeddings) -> Retriever:
    reader = shelf.reader(Audience.PUBLIC)
    return Retriever(reader=reader, embeddings=embeddings, remembered=Remembered[Evidence](1))


async def both(
    answerer: ExtractiveAnswerer, evidence: Evidence, asked: Retriever
) -> tuple[Draft, tuple[Citation, ...]]:
    """What is drafted from it, and what is nearest."""
    return await answerer.draft(evidence, asked.reader), await answerer.nearest(evidence)


async def test_what_was_drafted_and_what_is_nearest_are_not_looked_for_again(
    shelf: Library, asked: Retriever, answerer: ExtractiveAnswerer, counting: Counting
) -> None:
    await shelf.put_all([split(SKILT), split(GJERDE)])
    drafted, near = await both(answerer, await asked.find(ASKED), asked)
    once = counting.count
    assert drafted.claims
    assert near
    assert await both(answerer, await asked.find(ASKED), asked) == (drafted, near)
    assert counting.count == once
    other, nearest = await both(answerer, await asked.find(ALSO), asked)
    assert other != drafted
    assert nearest != near


@pytest.mark.parametrize("what", ["draft", "nearest"])
async def test_it_is_forgotten_with_what_was_found(
    shelf: Library, asked: Retriever, answerer: ExtractiveAnswerer, counting: Counting, what: str
) -> None:
    await shelf.put_all([split(SKILT), split(GJERDE)])

    async def make() -> int:
        before, found = counting.count, await asked.find(ASKED)
        await (answerer.draft(found, asked.reader) if what == "draft" else answerer.nearest(found))
        return counting.count - before

    once = await make()
    assert once > 0
    assert await make() == 0
    await asked.find(ALSO)  # one is remembered
    assert await make() == once
    asked.remembered.forget()
    assert await make() == once


async def test_of_evidence_in_another_order_something_else_is_made_and_not_kept(
    shelf: Library, asked: Retriever, answerer: ExtractiveAnswerer, counting: Counting
) -> None:
    await shelf.put_all([split(SKILT), split(GJERDE)])
    found = await asked.find(ASKED)
    drafted, near = await both(answerer, found, asked)
    turned = dataclasses.replace(found, found=found.found[::-1])
    for _ in range(2):
        before = counting.count
        other, nearest = await both(answerer, turned, asked)
        assert other != drafted
        assert nearest != near
        assert counting.count > before + 1
    again, before = await asked.find(ASKED), counting.count
    assert await both(answerer, again, asked) == (drafted, near)
    assert counting.count == before


async def test_of_evidence_that_is_not_remembered_nothing_is(
    shelf: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, counting: Counting
) -> None:
    await shelf.put(*split(SKILT))
    asked = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    found = await asked.find(ASKED)
    for _ in range(2):
        before = counting.count
        await both(answerer, found, asked)
        assert counting.count > before + 1


async def test_a_draft_made_while_the_library_changed_is_not_remembered(
    shelf: Library, asked: Retriever, answerer: ExtractiveAnswerer, counting: Counting
) -> None:
    await shelf.put(*split(SKILT))
    found = await asked.find(ASKED)
    await shelf.put(*split(CHANGED))
    for _ in range(2):
        before = counting.count
        await answerer.draft(found, asked.reader)
        assert counting.count > before


async def test_of_a_passage_that_is_in_use_there_is_one_object(shelf: Library, asked: Retriever) -> None:
    await shelf.put(*split(SKILT))
    first, other = await asked.find(ASKED), await asked.find(ALSO)
    assert first.found[0].passage is other.found[0].passage
    (passage,) = asked.reader.section(first.found[0].passage)
    assert passage is first.found[0].passage


def test_a_passage_that_nobody_uses_is_not_kept() -> None:
    _, (passage,) = split(SKILT)
    body, shared = passage.model_dump_json(), SharedPassages()
    held = shared.passage("entry", body)
    assert held == passage
    assert shared.passage("entry", "is not read") is held
    del held
    gc.collect()
    with pytest.raises(ValueError, match="JSON"):
        shared.passage("entry", "is not read")
