from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge.concepts import Concepts
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Match
from knowledge.retriever import Retriever
from knowledge.scores import Scores
from tests.knowledge.examples import SECRET

HALVES: dict[str, Callable[[Scores], dict[str, float]]] = {
    "words": lambda scores: scores.words,
    "grams": lambda scores: scores.grams,
    "meaning": lambda scores: scores.meaning,
}
HARD = {
    "gebyrene": "guides/servering#gebyr",  # an inflection
    "avtrykk": "plan/naeringsliv#d2",  # a part of a compound
    "cut emissions from cars": "plan/klima#a1",  # the same in other words, and in another language
    "gjerdehøgde": "guides/terrasse#unntak",  # parts of words that stand apart, and nynorsk
    "14 dager": "guides/servering#gebyr",  # the very number
    "kor stor veranda kan eg byggje": "guides/terrasse#unntak",  # nynorsk, and everyday words
}


async def first(retriever: Retriever, text: str) -> str:
    return (await retriever.find(text)).found[0].passage.id


async def test_the_hybrid_finds_what_each_half_misses(
    outsider: Retriever, library: Library, embeddings: CachedEmbeddings
) -> None:
    reader = library.reader(Audience.PUBLIC)
    right = dict.fromkeys(HALVES, 0)
    for text, passage in HARD.items():
        assert await first(outsider, text) == passage, text
        scores = reader.search(text, embeddings.embed_query(text), 100)
        for name, half in HALVES.items():
            right[name] += max(half(scores), key=half(scores).__getitem__, default="") == passage
    assert max(right.values()) < len(HARD)


@pytest.mark.parametrize(
    ("text", "match", "subject", "passages"),
    [
        ("Hva sier C1?", Match.NAMED, "", ["plan/naeringsliv#c1"]),
        ("B3", Match.NAMED, "", ["plan/klima#b3", "plan/naeringsliv#b3"]),
        ("Hva sier strategi B3 i klima og miljø?", Match.NAMED, "", ["plan/klima#b3"]),
        ("Hva sier B3 i Klima og miljø?", Match.NAMED, "", ["plan/klima#b3"]),
        ("the D strategies", Match.NAMED, "", ["plan/naeringsliv#d1", "plan/naeringsliv#d2"]),
        ("serveringsloven § 15", Match.NAMED, "", ["laws/serveringsloven#15"]),
        ("serveringsloven § 3", Match.CITING, "serveringsloven § 3", ["guides/servering#krav"]),
        ("tobakksskadeloven § 25", Match.CITING, "tobakksskadelova § 25", ["guides/royk#inne"]),
        (
            "Hva sier serveringsloven §§ 3 og 27?",
            Match.CITING,
            "serveringsloven § 27, serveringsloven § 3",
            ["guides/servering#gebyr", "guides/servering#krav"],
        ),
    ],
)
async def test_what_a_question_names_is_found_exactly(
    outsider: Retriever, text: str, match: Match, subject: str, passages: list[str]
) -> None:
    evidence = await outsider.find(text)
    assert (evidence.match, evidence.subject) == (match, subject)
    assert [found.passage.id for found in evidence.found] == passages
    assert evidence.exact
    assert set(evidence.ms) == {"embed"}


@pytest.mark.parametrize(
    ("text", "topic", "near", "far"),
    [
        ("alle strategier om grønt næringsliv", "grønt næringsliv", "d1", "c2"),
        ("strategi om digitalisering", "digitalisering", "c2", "d2"),
        ("Kva strategiar handlar om klimaavtrykk?", "klimaavtrykk", "d2", "a4"),
    ],
)
async def test_strategies_about_a_topic_are_the_nearest_ones_and_not_all(
    outsider: Retriever, text: str, topic: str, near: str, far: str
) -> None:
    evidence = await outsider.find(text)
    found = {each.passage.id.partition("#")[2] for each in evidence.found}
    assert near in found
    assert far not in found
    assert (evidence.match, evidence.subject) == (Match.TOPIC, topic)


@pytest.mark.parametrize("topic", ["romfart", "barnehage", "strikking"])
async def test_a_topic_that_no_strategy_is_about_names_none(outsider: Retriever, topic: str) -> None:
    assert not (await outsider.find(f"Hvilke strategier handler om {topic}?")).exact


@pytest.mark.parametrize("text", ["serveringsloven § 99", "Hva sier våpenloven § 5?", "hva er strategi B 12?", "B7"])
async def test_what_is_named_and_is_not_there_is_known_to_be_absent(outsider: Retriever, text: str) -> None:
    evidence = await outsider.find(text)
    assert evidence.absent in {"serveringsloven § 99", "våpenloven § 5", "B12", "B7"}
    assert not evidence.exact


async def test_a_long_question_may_mention_what_is_not_there(outsider: Retriever) -> None:
    text = "Kommunen viser til våpenloven § 5 i brevet, og jeg lurer på hvor lenge en skjenkebevilling gjelder hos dere"
    assert (await outsider.find(text)).absent == ""


@pytest.mark.parametrize("topic", ["🌿", "—"])
async def test_a_topic_without_known_words_still_lists_strategies(outsider: Retriever, topic: str) -> None:
    evidence = await outsider.find(f"alle strategier om {topic}")
    assert evidence.found
    assert all(found.passage.kind == "plan" for found in evidence.found)


async def test_all_else_is_found_by_likeness(outsider: Retriever) -> None:
    evidence = await outsider.find("Hva koster en serveringsbevilling?")
    assert (evidence.match, evidence.exact, evidence.subject) == (Match.SIMILAR, False, "")
    assert evidence.found[0].passage.id == "guides/servering#gebyr"
    assert set(evidence.ms) == {"embed", "typical", "lexical", "vector", "fuse", "rerank"}
    scores = [found.score for found in evidence.found]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("text", ["Kan kafeen servere øl om natta?", "røyk ute", "Hvor kan jeg klage?", "gebyr"])
async def test_nothing_that_is_found_by_its_words_is_lost_to_what_the_question_is_known_to_be_about(
    outsider: Retriever, text: str
) -> None:
    about: dict[str, object] = {"reader": outsider.reader, "embeddings": outsider.embeddings, "count": 100}
    plain = await Retriever.model_validate(about | {"concepts": Concepts([], {})}).find(text)
    known = await Retriever.model_validate(about).find(text)
    assert {each.passage.id for each in plain.found} <= {each.passage.id for each in known.found}


async def test_everyday_words_find_the_paragraph_that_they_are_known_to_be_about(outsider: Retriever) -> None:
    evidence = await outsider.find("Hvor lenge kan puben holde åpent?")
    assert evidence.found[0].passage.id == "laws/serveringsloven#15"
    assert evidence.found[0].parts["point"] > 0


async def test_what_a_long_story_asks_at_its_end_is_found(outsider: Retriever) -> None:
    story = "Vi er to søstre som flyttet hit i fjor, og vi har lett lenge etter et sted å være. " * 20
    assert await first(outsider, f"{story}Hva koster en serveringsbevilling?") == "guides/servering#gebyr"


async def test_a_search_gives_no_more_than_it_is_asked_for(library: Library, embeddings: CachedEmbeddings) -> None:
    few = Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings, count=2)
    assert len((await few.find("næringsliv")).found) == 2


@pytest.mark.parametrize("text", ["kanarifugl", "alkoholloven § 1-9", "Hvordan kontrolleres skjenkesteder?", SECRET])
async def test_only_insiders_find_what_is_internal(outsider: Retriever, insider: Retriever, text: str) -> None:
    assert await first(insider, text) == "internal/skjenkekontroll#kontroll"
    outside = await outsider.find(text)
    assert all(found.passage.audience is Audience.PUBLIC for found in outside.found)
    assert outside.match is Match.SIMILAR


async def test_insiders_find_what_is_public_too(insider: Retriever) -> None:
    assert await first(insider, "Hva koster en serveringsbevilling?") == "guides/servering#gebyr"


async def test_it_is_a_langchain_retriever(outsider: Retriever) -> None:
    documents = await outsider.ainvoke("Hva sier C1?")
    (document,) = documents
    assert document.id == "plan/naeringsliv#c1"
    assert document.page_content.startswith("Etablerer attraktive")
    assert document.metadata["title"] == "Omstillingsdyktig næringsliv"
    assert document.metadata["keys"] == ["strategy:omstillingsdyktig-naeringsliv/C1"]
    assert (document.metadata["date"], document.metadata["score"]) == ("2022-03-02", 1.0)
    assert "text" not in document.metadata
    assert [each.id for each in outsider.invoke("Hva sier C1?")] == [document.id]
