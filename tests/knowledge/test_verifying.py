"""Whether what is said answers what is asked, by the model that reads both together."""

from __future__ import annotations

import dataclasses
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.engine import Engine
from knowledge.engine_file import EngineFile
from knowledge.model import Claim, Evidence, Passage
from knowledge.retriever import Retriever
from knowledge.typical_questions import TypicalQuestions
from knowledge.verifying import CrossEncoder, Verifier
from tests.bench.tuning.pack import layers
from tests.bench.tuning.swaps import Swaps
from tests.knowledge.test_engine import as_tuned

RAILING = "Utforming av rekkverk: Hvor høyt må rekkverket på verandaen være? Må balkongen ha rekkverk?"
FEE = "Gebyr for landmålerbrev: Hva koster det å få landmålerbrev?"
NEIGHBOUR = "Varsel til naboer og gjenboere: Må nabovarselet ha tegninger? Kan jeg sende nabovarsel på e-post?"
DEPOSIT = "Depositum: How much deposit can a landlord ask for? Hvor mye depositum kan utleier kreve?"
ASKED = ("Hvem gir bevilling til servering?", "Hva er et kjøkken?", "Kven gjev løyve?", "Hvor gis bevilling?")
OPENING = "Når kan stedet holde åpent?: Serveringssteder kan holde åpent fra klokken 06.00 til 24.00."


@pytest.fixture(scope="module")
def encoder(engine: Engine) -> CrossEncoder:
    return CrossEncoder(engine)


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

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self.read: list[tuple[str, str]] = []

    def log_odds(self, asked: str, said: str) -> float:
        self.read.append((asked, said))
        return super().log_odds(asked, said)


@pytest.fixture
def counting(engine: Engine) -> Counting:
    return Counting(engine)


async def test_a_draft_of_which_it_is_open_whether_it_is_given_is_verified_once(
    outsider: Retriever, embeddings: CachedEmbeddings, counting: Counting
) -> None:
    verifier = Verifier(counting, embeddings, TypicalQuestions())
    answerer = ExtractiveAnswerer(embeddings, "", verifier)
    evidence = await outsider.find("Hvor søker jeg om servering?")
    first, again = [(await answerer.draft(evidence, outsider.reader)).signs["verified"] for _ in range(2)]
    assert first == again != 0.0
    assert len(counting.read) == 1
    verifier.forget()
    await answerer.draft(evidence, outsider.reader)
    assert len(counting.read) == 2


@pytest.mark.parametrize("asked", ["Hvor fort flyr en svale?", "Hvem gir serveringsbevilling?"])
async def test_others_are_not(
    outsider: Retriever, embeddings: CachedEmbeddings, counting: Counting, asked: str
) -> None:
    answerer = ExtractiveAnswerer(embeddings, "", Verifier(counting, embeddings, TypicalQuestions()))
    draft = await answerer.draft(await outsider.find(asked), outsider.reader)
    assert draft.claims
    assert draft.signs["verified"] == 0.0
    assert not counting.read


async def found(outsider: Retriever, **about: object) -> Evidence:
    """What is found for a question, of which the best passage is changed."""
    evidence = await outsider.find("Hvem gir serveringsbevilling?")
    best = evidence.found[0].passage.model_copy(update=about)
    return dataclasses.replace(
        evidence, found=(evidence.found[0].model_copy(update={"passage": best}), *evidence.found[1:])
    )


def claims(answerer: ExtractiveAnswerer, *quoted: tuple[Passage, str]) -> list[Claim]:
    return [Claim(text=quote, citation=answerer.cite(passage, quote)) for passage, quote in quoted]


@pytest.mark.parametrize(
    "passage", [{"keys": ("lov § 1",)}, {"typical": ASKED}], ids=["a law", "a section that questions came with"]
)
async def test_it_is_verified_by_the_nearest_typical_questions(
    outsider: Retriever,
    embeddings: CachedEmbeddings,
    answerer: ExtractiveAnswerer,
    counting: Counting,
    passage: dict[str, object],
) -> None:
    evidence = await found(outsider, heading="Bevilling", **passage)
    verifier = Verifier(counting, embeddings, TypicalQuestions({"lov § 1": ASKED}))
    verifier.log_odds(evidence, claims(answerer, (evidence.found[0].passage, "Kommunen gir den.")))
    ((read, said),) = counting.read
    assert read == evidence.query
    assert said.startswith("Bevilling: Hvem gir bevilling til servering?")
    assert "kjøkken" not in said
    assert "Kommunen gir den." not in said


async def test_only_quotes_of_the_best_section_are_read(
    outsider: Retriever, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, counting: Counting
) -> None:
    evidence = await found(outsider, heading="Bevilling")
    best, other = (each.passage for each in evidence.found[:2])
    verifier = Verifier(counting, embeddings, TypicalQuestions())
    verifier.log_odds(evidence, claims(answerer, (other, "Noe annet."), (best, "Kommunen gir den.")))
    assert [said for _, said in counting.read] == ["Bevilling: Kommunen gir den."]
    assert verifier.log_odds(evidence, claims(answerer, (other, "Noe annet."))) == 0.0
    assert len(counting.read) == 1


def test_what_was_tuned_is_packed_with_the_weights_of_its_sum(engine: Engine, tmp_path: Path) -> None:
    file = EngineFile()
    tensors = as_tuned(file)
    weights = np.random.default_rng(1).normal(size=file.width).astype(np.float32)
    told = []
    for times in (0.0, 1.0, 2.0):
        head = {"head.w": times * weights, "head.b": np.asarray([1.5], np.float32)}
        (tmp_path / "verifier.onnx").write_bytes(layers(file, tensors | head))
        told.append(CrossEncoder(engine, tmp_path / "verifier.onnx").log_odds("Hva koster det?", FEE))
    assert told[0] == pytest.approx(1.5)
    assert told[1] != pytest.approx(1.5, abs=1e-3)
    assert told[2] - told[1] == pytest.approx(told[1] - told[0], rel=1e-3)


def test_one_noun_is_exchanged_for_one_that_is_not_spoken_of(engine: Engine) -> None:
    asked = [
        "Hvor høyt må rekkverket på verandaen være?",
        "Kan kommunestyrekomiteen vedta noe om kaféen?",
        "Når må kafeen stenge om kvelden?",
        "Do I need a licence for the café?",
    ]
    laws = ["Rekkverket på verandaen skal være høyt. Komiteen i kommunen gir kaféen bevilling til kvelden."]
    news = ["En seilbåt og en kanin i en hage på en øy. Det er en trompet til kaninen og båten på øya for hagen."]
    swaps = Swaps(engine, asked, laws, news)
    random.seed(1)
    exchanged = [(each, swaps.swapped(each, laws[0])) for each in asked * 10]
    assert any(other for _, other in exchanged)
    for before, after in exchanged:
        words = before.rstrip("?").split()
        changed = [(one, other) for one, other in zip(words, after.rstrip("?").split(), strict=False) if one != other]
        assert not after or len(changed) == 1
        assert all(one not in ("Hvor", "Kan", "Når", "Do") for one, _ in changed)
