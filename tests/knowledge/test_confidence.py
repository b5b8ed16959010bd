"""How sure a draft is: what speaks for it and against it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.answering import ExtractiveAnswerer
from knowledge.confidence import PLAIN, THRESHOLD, WEIGHTS, confidence, is_open, signs
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Evidence, Found, Passage, Section
from knowledge.retriever import Retriever
from tests.knowledge.examples import document, split

TEST = "Styreren må bestå kunnskapsprøven om alkoholloven."
PASSED = "Prøven har 30 spørsmål, og minst 24 må være riktige."


async def drafted(
    library: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, text: str, asked: str
) -> dict[str, float]:
    section = Section(anchor="prove", heading="Kunnskapsprøven", text=text)
    await library.put_all([split(document("guides/prove", section))])
    retriever = Retriever(reader=library.reader(Audience.PUBLIC), embeddings=embeddings)
    return (await answerer.draft(await retriever.find(asked), retriever.reader)).signs


@pytest.mark.parametrize(
    ("asked", "text", "lacking"),
    [
        ("Hvor mange riktige svar må jeg ha på kunnskapsprøven?", TEST, True),
        ("Kor mange rette svar må eg ha på kunnskapsprøva?", TEST, True),
        ("How many correct answers do I need on the knowledge test?", TEST, True),
        ("Hvor mange riktige svar må jeg ha på kunnskapsprøven?", PASSED, False),
        (
            "Hvor mange riktige svar må jeg ha på kunnskapsprøven?",
            "Minst tjuefire svar på kunnskapsprøven må være rette.",
            False,
        ),
        ("Må jeg bestå kunnskapsprøven?", TEST, False),
        ("Må vi betale for kunnskapsprøven?", TEST, False),
        ("Hva koster kunnskapsprøven?", f"{TEST[:-1]}, jf. § 5.", True),
        ("Hva koster kunnskapsprøven?", "Fristen for kunnskapsprøven er 3 uker.", True),
        ("Hva koster kunnskapsprøven?", "Kunnskapsprøven koster 400 kroner.", False),
    ],
)
async def test_what_asks_for_an_amount_is_not_answered_without_one(
    shelf: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, asked: str, text: str, lacking: bool
) -> None:
    signs = await drafted(shelf, embeddings, answerer, text, asked)
    assert bool(signs["lacking"]) is lacking
    assert confidence({**signs, "lacking": 1.0}) < confidence({**signs, "lacking": 0.0})


def guide(title: str, text: str, kind: str = "guidance") -> Passage:
    return Passage(
        id=title,
        document=title,
        section="1",
        title=title,
        heading="Gebyr",
        text=text,
        kind=kind,
        audience=Audience.PUBLIC,
        language="nb",
    )


SERVING, POURING = "Serveringsbevillingen gis av kommunen.", "Gebyret er minst 6600 kroner i året."


@pytest.mark.parametrize(
    ("asked", "kind", "quote", "beside"),
    [
        ("Hva koster serveringsbevilling?", "guidance", POURING, True),
        ("Kva kostar serveringsbevillinga?", "guidance", POURING, True),
        ("Hva koster skjenkebevilling?", "guidance", POURING, False),
        ("Hva koster bevilling?", "guidance", POURING, False),
        ("Hva koster serveringsbevilling?", "guidance", f"{POURING} Serveringsbevilling er gratis.", False),
        ("Hva koster serveringsbevilling?", "law", POURING, False),
        ("Hva koster ambulansebevilling?", "guidance", POURING, False),
    ],
)
def test_what_another_document_is_titled_by_is_not_answered_by_this_one(
    asked: str, kind: str, quote: str, beside: bool
) -> None:
    passages = [guide("Skjenkebevilling", quote), guide("Serveringsbevilling – søk her", SERVING, kind)]
    found = tuple(Found(passage=each, score=1.0 - index) for index, each in enumerate(passages))
    told = signs(Evidence(asked, found), [quote])
    assert bool(told["beside"]) is beside
    assert confidence({**told, "beside": 1.0}) < confidence({**told, "beside": 0.0})


SURENESS = st.floats(0.0, 1.0)


@given(SURENESS, SURENESS, st.floats(-5.0, 5.0), st.booleans())
def test_what_a_verifier_says_decides_only_where_it_is_asked(
    near: float, meant: float, said: float, is_typical: bool
) -> None:
    names = WEIGHTS if is_typical else PLAIN
    told = dict.fromkeys(names, 0.2) | {"sentence": near, "meaning": meant, "verified": 0.0}
    told |= {"typical": near} if is_typical else {}
    passes, verified = (confidence({**told, "verified": each}) >= THRESHOLD for each in (0.0, said))
    assert is_open(told) or passes == verified


@pytest.mark.parametrize("is_typical", [False, True])
def test_a_verifier_is_asked_about_drafts_that_are_neither_sure_nor_hopeless(is_typical: bool) -> None:
    names = WEIGHTS if is_typical else PLAIN
    drafts = [dict.fromkeys(names, 0.0) | {"sentence": near / 100, "meaning": near / 100} for near in range(0, 250, 5)]
    drafts = [each | ({"typical": each["sentence"]} if is_typical else {}) for each in drafts]
    asked = [is_open(each) for each in drafts]
    assert not asked[0]
    assert any(asked)
    assert not asked[-1]
    for told in drafts:
        assert confidence({**told, "verified": -1.0}) < confidence(told) < confidence({**told, "verified": 1.0})


@given(SURENESS, SURENESS, SURENESS)
def test_questions_that_came_with_a_document_hardly_make_its_own_words_count_for_less(
    near: float, meant: float, typical: float
) -> None:
    own = dict.fromkeys(PLAIN, 0.2) | {"sentence": near, "meaning": meant, "nearest": near, "verified": 1.0}
    asked = own | {"typical": typical, "typical_words": 1.0}
    brought, of_law = (confidence(asked | {"brought": each}) for each in (1.0, 0.0))
    assert brought >= max(confidence(own), of_law)
