"""How sure a draft is: what speaks for it and against it."""

from __future__ import annotations

import pytest

from knowledge.answering import ExtractiveAnswerer
from knowledge.confidence import confidence
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Section
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
    ],
)
async def test_what_asks_for_an_amount_is_not_answered_without_one(
    shelf: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, asked: str, text: str, lacking: bool
) -> None:
    signs = await drafted(shelf, embeddings, answerer, text, asked)
    assert bool(signs["lacking"]) is lacking
    assert confidence({**signs, "lacking": 1.0}) < confidence({**signs, "lacking": 0.0})
