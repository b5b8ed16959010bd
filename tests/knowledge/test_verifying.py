"""Whether what is said answers what is asked, by the model that reads both together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.engine import Engine
from knowledge.model import Evidence
from knowledge.retriever import Retriever
from knowledge.typical_questions import TypicalQuestions
from knowledge.verifying import CrossEncoder, Verifier

RAILING = "Utforming av rekkverk: Hvor høyt må rekkverket på verandaen være? Må balkongen ha rekkverk?"
FEE = "Gebyr for landmålerbrev: Hva koster det å få landmålerbrev?"
NEIGHBOUR = "Varsel til naboer og gjenboere: Må nabovarselet ha tegninger? Kan jeg sende nabovarsel på e-post?"
DEPOSIT = "Depositum: How much deposit can a landlord ask for? Hvor mye depositum kan utleier kreve?"
OPENING = "Når kan stedet holde åpent?: Serveringssteder kan holde åpent fra klokken 06.00 til 24.00."


@pytest.fixture(scope="module")
def encoder() -> CrossEncoder:
    return CrossEncoder(Engine())


@pytest.mark.parametrize(
    ("asked", "near_miss", "said"),
    [
        ("Hvor høyt skal gjerdet på terrassen være?", "Hvor høyt må rekkverket på seilbåten være?", RAILING),
        ("Hva er prisen for landmålerbrev?", "Hva koster det å få båtførerbevis?", FEE),
        ("Kva kostar landmålarbrevet?", "Kva kostar våpenkortet?", FEE),
        ("Kan nabovarselet gå på e-post?", "Kan jeg sende fødselsmeldingen på e-post?", NEIGHBOUR),
        ("How big may the deposit be?", "How much deposit can a wedding dress shop ask for?", DEPOSIT),
        ("Når må kafeen stenge?", "Når må treningssenteret stenge?", OPENING),
    ],
)
def test_another_subject_is_told_from_other_words(encoder: CrossEncoder, asked: str, near_miss: str, said: str) -> None:
    assert encoder.log_odds(asked, said) > encoder.log_odds(near_miss, said)


def test_long_texts_are_read_from_their_beginning(encoder: CrossEncoder) -> None:
    asked, said = "Hvor høyt må rekkverket være? " * 40, f"{RAILING} " * 40
    assert encoder.log_odds(asked, said) == encoder.log_odds(f"{asked} Og hvor langt?", f"{said} Og ikke lenger.")


def test_several_threads_may_ask_at_once(encoder: CrossEncoder) -> None:
    asked = ["Hvor høyt må rekkverket være?", "Hva koster det?"] * 8
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda each: encoder.log_odds(each, RAILING), asked))
    assert found == [encoder.log_odds(each, RAILING) for each in asked]


class Counting(CrossEncoder):
    """Notes what it read."""

    def __init__(self) -> None:
        super().__init__(Engine())
        self.read: list[tuple[str, str]] = []

    def log_odds(self, asked: str, said: str) -> float:
        self.read.append((asked, said))
        return super().log_odds(asked, said)


async def test_a_draft_of_which_it_is_open_whether_it_is_given_is_verified_once(
    outsider: Retriever, embeddings: CachedEmbeddings
) -> None:
    encoder = Counting()
    verifier = Verifier(encoder, embeddings, TypicalQuestions())
    answerer = ExtractiveAnswerer(embeddings, "", verifier)
    evidence = await outsider.find("Hvor søker jeg om servering?")
    first, again = [(await answerer.draft(evidence, outsider.reader)).signs["verified"] for _ in range(2)]
    assert first == again != 0.0
    assert len(encoder.read) == 1
    verifier.forget()
    await answerer.draft(evidence, outsider.reader)
    assert len(encoder.read) == 2


@pytest.mark.parametrize("asked", ["Hvor fort flyr en svale?", "Hvem gir serveringsbevilling?"])
async def test_others_are_not(outsider: Retriever, embeddings: CachedEmbeddings, asked: str) -> None:
    encoder = Counting()
    answerer = ExtractiveAnswerer(embeddings, "", Verifier(encoder, embeddings, TypicalQuestions()))
    draft = await answerer.draft(await outsider.find(asked), outsider.reader)
    assert draft.claims
    assert draft.signs["verified"] == 0.0
    assert not encoder.read


async def test_a_law_is_verified_by_the_nearest_typical_questions(
    outsider: Retriever, embeddings: CachedEmbeddings
) -> None:
    evidence = await outsider.find("Hvem gir serveringsbevilling?")
    passage = evidence.found[0].passage.model_copy(update={"keys": ("lov § 1",), "heading": "Bevilling"})
    evidence = Evidence(
        evidence.query,
        (evidence.found[0].model_copy(update={"passage": passage}), *evidence.found[1:]),
        vector=evidence.vector,
    )
    asked = ["Hvem gir bevilling til servering?", "Hva er et kjøkken?", "Kven gjev løyve?", "Hvor gis bevilling?"]
    encoder = Counting()
    Verifier(encoder, embeddings, TypicalQuestions({"lov § 1": asked})).log_odds(evidence, ["Kommunen gir den."])
    ((read, said),) = encoder.read
    assert read == evidence.query
    assert said.startswith("Bevilling: Hvem gir bevilling til servering?")
    assert "kjøkken" not in said
    assert "Kommunen gir den." not in said
