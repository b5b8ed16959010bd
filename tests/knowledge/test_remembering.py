"""What was found is remembered for who asks the same, and never longer than it would be found."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import shutil
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import ANSWER, Audience, Evidence, Section
from knowledge.remembering import Remembered
from knowledge.retriever import Retriever
from knowledge.typical_questions import TypicalQuestions
from tests.knowledge.examples import SECRET, document, guide, split
from tests.knowledge.held import Held

PUBLIC, INTERNAL = Audience.PUBLIC, Audience.INTERNAL
QUESTIONS = ("Må skilt på fasaden omsøkes?", "Når må vi søke om skilt?", "strategi B3", "Når kommer kontrollen?")
SKILT = guide("guides/skilt", "Skilt på fasaden må omsøkes.")
CHANGED = guide("guides/skilt", "Skilt på fasaden må omsøkes innen 1. mai.")
GJERDE = guide("guides/gjerde", "Gjerder og skilt mot vei må omsøkes.")
ROUTINE = guide("routines/kontroll", f"Kontrollen kommer på torsdag. {SECRET}", audience=INTERNAL)
SVAR = document(
    "answer/1", Section(anchor="svar", heading=QUESTIONS[1], text="Hele året."), title="Svar", kind=ANSWER, source=""
)

TYPICAL = "Trenger jeg tillatelse til en plakat?"

Room = Remembered[Evidence]
Change = Callable[[Library], Awaitable[object]]


def retriever(
    library: Library, embeddings: CachedEmbeddings, audience: Audience = PUBLIC, **about: object
) -> Retriever:
    return Retriever.model_validate({"reader": library.reader(audience), "embeddings": embeddings, **about})


async def is_remembered(asked: Retriever, text: str = QUESTIONS[0], language: str = "") -> bool:
    """What is remembered took no part of a search any time."""
    return not (await asked.find(text, language)).ms


async def publish(library: Library) -> None:
    made, (passage,) = split(SVAR)
    await library.publish(made, passage)


CHANGES: dict[str, Change] = {
    "a document comes in": lambda library: library.put(*split(GJERDE)),
    "it is replaced": lambda library: library.put(*split(CHANGED)),
    "it is taken out": lambda library: library.remove(SKILT.id),
    "an answer is published": publish,
    "it is retracted": lambda library: library.retract(SVAR.id),
    "staff get a routine": lambda library: library.put(*split(ROUTINE)),
    "it is everybody's": lambda library: library.put(*split(ROUTINE.model_copy(update={"audience": PUBLIC}))),
    "it is the staff's again": lambda library: library.put(*split(ROUTINE)),
}


async def test_what_is_asked_again_is_found_again_without_being_looked_for(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    await shelf.put(*split(SKILT))
    asked = retriever(shelf, embeddings, remembered=Room(10))
    first = await asked.find(QUESTIONS[0], "nb")
    assert first.ms
    assert await asked.find(QUESTIONS[0], "nb") == dataclasses.replace(first, ms={})
    with asked.hold() as held:
        assert await is_remembered(held, language="nb")
    assert not await is_remembered(asked, QUESTIONS[0].lower(), "nb")
    assert not await is_remembered(asked, language="en"), "what a question is looked up by goes by its language"
    assert not await is_remembered(asked.model_copy(update={"count": 1}), language="nb")
    asked.remembered.forget()
    assert not await is_remembered(asked, language="nb")


@pytest.mark.parametrize("audience", Audience)
async def test_after_each_change_all_is_found_that_who_remembers_nothing_finds(
    shelf: Library, embeddings: CachedEmbeddings, audience: Audience
) -> None:
    room, plain = Room(100), ExtractiveAnswerer(embeddings, "")
    remembering = {each: retriever(shelf, embeddings, each, remembered=room) for each in Audience}
    await shelf.put(*split(SKILT))
    for name, change in CHANGES.items():
        await change(shelf)
        for text in (*QUESTIONS, *QUESTIONS):
            for each in (INTERNAL if audience is PUBLIC else PUBLIC, audience):
                found = await remembering[each].find(text)
                drafted = await plain.draft(found, remembering[each].reader)
                near = await plain.nearest(found)
            afresh = await retriever(shelf, embeddings, audience).find(text)
            assert dataclasses.replace(found, ms={}) == dataclasses.replace(afresh, ms={}), f"{name}: {text}"
            assert drafted == await plain.draft(afresh, shelf.reader(audience)), f"{name}: {text}"
            assert near == await plain.nearest(afresh), f"{name}: {text}"
        assert all([await is_remembered(remembering[audience], text) for text in QUESTIONS])


async def test_what_another_process_changes_is_heard_of(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    asked = retriever(shelf, embeddings, remembered=Room(10))
    await shelf.put(*split(SKILT))
    await asked.find(QUESTIONS[0])
    other = Library(tmp_path / "library", embeddings, warm=False)
    await other.put(*split(CHANGED))
    other.close()
    assert [each.passage.text for each in (await asked.find(QUESTIONS[0])).found] == [CHANGED.sections[0].text]


async def test_what_comes_into_force_overnight_is_found_in_the_morning(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    morning = dt.date(2031, 7, 1)
    days = [morning - dt.timedelta(days=1)]
    law = document(
        "lov/skiltloven",
        Section(anchor="1", heading="§ 1", text="Skilt på fasaden må omsøkes."),
        kind="law",
        in_force=morning,
    )
    await shelf.put(*split(law))
    asked = retriever(shelf, embeddings, remembered=Room(10), today=lambda: days[-1])
    assert [len((await asked.find(QUESTIONS[0])).found) for _ in range(2)] == [0, 0]
    days.append(morning)
    assert len((await asked.find(QUESTIONS[0])).found) == 1


async def test_what_was_found_without_an_index_is_not_remembered(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await shelf.put(*split(SKILT))
    asked = retriever(shelf, embeddings, remembered=Room(10))
    await asked.find(QUESTIONS[0])
    with shelf.hold() as shelves:
        (shelves[PUBLIC].folder / "lexical" / "meta.json").write_bytes(b"garbage")
        shelves[PUBLIC].catalogue.touch()
    assert not any([await is_remembered(asked) for _ in range(3)])
    assert await shelf.heal()
    assert [await is_remembered(asked) for _ in range(2)] == [False, True]


async def test_what_a_search_met_with_is_not_remembered_though_the_same_version_takes_its_place(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    await shelf.put(*split(SKILT))
    asked = retriever(shelf, embeddings, remembered=Room(10))
    with shelf.hold() as shelves:
        shelves[PUBLIC].catalogue.touch()
        stamps = asked.reader.stamps()
        shutil.copytree(tmp_path / "library", tmp_path / "copy")
        (shelves[PUBLIC].folder / "lexical" / "meta.json").write_bytes(b"garbage")
    await asked.find(QUESTIONS[0])
    shelf.turn_to(tmp_path / "copy")
    assert asked.reader.stamps() == stamps
    assert [await is_remembered(asked) for _ in range(2)] == [False, True]


async def test_what_was_found_before_lost_vectors_were_put_back_is_not_remembered(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    await shelf.put(*split(SKILT))
    asked = retriever(shelf, embeddings, remembered=Room(10))
    with shelf.hold() as shelves:
        vectors = shelves[PUBLIC].vectors
        vectors.remove([*vectors.entries()])
    await asked.find(QUESTIONS[0])
    await shelf.begin()
    found, afresh = await asked.find(QUESTIONS[0]), await retriever(shelf, embeddings).find(QUESTIONS[0])
    assert dataclasses.replace(found, ms={}) == dataclasses.replace(afresh, ms={})


async def test_what_was_found_before_typical_questions_were_at_hand_is_not_remembered(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    law = document("lov/x", Section(anchor="1", heading="§ 1", text="Skilt må omsøkes.", keys=("law:x/1",)), kind="law")
    await shelf.put(*split(law))
    model, typical = Held(embeddings, TYPICAL), TypicalQuestions({"law:x/1": [TYPICAL]})
    asked = Retriever(reader=shelf.reader(PUBLIC), embeddings=model, remembered=Room(10), typical=typical)
    first = asyncio.create_task(asked.find(QUESTIONS[1]))
    await asyncio.to_thread(model.asked.wait, 30)
    assert not any([await is_remembered(asked) for _ in range(2)])
    model.may.set()
    await first
    assert [await is_remembered(asked) for _ in range(2)] == [False, True]


async def test_two_libraries_that_share_the_room_are_kept_apart_even_where_one_is_a_copy_of_the_other(
    shelf: Library, embeddings: CachedEmbeddings, tmp_path: Path
) -> None:
    await shelf.put(*split(SKILT))
    shelf.close()
    shutil.copytree(tmp_path / "library", tmp_path / "copy")
    here, there = (Library(tmp_path / name, embeddings, warm=False) for name in ("library", "copy"))
    room = Room(10)
    await here.put(*split(CHANGED))
    await there.put(*split(guide("guides/skilt", "Skilt på fasaden er fritt fram.")))
    assert here.reader(PUBLIC).stamps() == there.reader(PUBLIC).stamps()
    asked = [retriever(library, embeddings, remembered=room) for library in (here, there)]
    texts = [(await each.find(QUESTIONS[0])).found[0].passage.text for each in (*asked, *asked)]
    assert texts == 2 * [CHANGED.sections[0].text, "Skilt på fasaden er fritt fram."]
    here.close()
    there.close()


@given(st.integers(0, 5), st.lists(st.tuples(st.booleans(), st.integers(0, 7))))
def test_the_last_ones_asked_for_are_remembered_and_no_more(count: int, steps: Sequence[tuple[bool, int]]) -> None:
    room, order = Remembered[str](count), list[int]()
    for keeps, asked in steps:
        if keeps:
            room.keep(asked, str(asked))
        else:
            assert room.get(asked) == (str(asked) if asked in order else None)
        if keeps or asked in order:
            order = [*(each for each in order if each != asked), asked][-count:] if count else []
