from __future__ import annotations

import contextlib
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from knowledge.embeddings import BrokenOff, CachedEmbeddings, E5Embeddings
from tests.damage import DAMAGES, Damage

ONE, TWO, THREE = "Du må søke.", "Kommunen svarer.", "Gebyret er 5 000 kroner."


@pytest.fixture(scope="module")
def model() -> E5Embeddings:
    return E5Embeddings()


class Counting(E5Embeddings):
    """The bundled model, remembering what it was asked to embed."""

    def __init__(self, name: str = E5Embeddings.name) -> None:
        super().__init__()
        self.name = name
        self.embedded: list[str] = []
        self.asked: list[str] = []

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded.extend(texts)
        return super().embed_documents(texts)

    def embed_patiently(self, texts: list[str]) -> list[list[float]]:
        self.embedded.extend(texts)
        return super().embed_patiently(texts)

    def embed_query(self, text: str) -> list[float]:
        self.asked.append(text)
        return super().embed_query(text)


def test_a_text_is_embedded_once_even_after_a_restart(tmp_path: Path) -> None:
    model = Counting()
    with contextlib.closing(CachedEmbeddings(model, tmp_path / "cache" / "v.db")) as cached:
        first = cached.embed_documents([ONE, TWO, ONE])
        assert model.embedded == [ONE, TWO]
        assert first[0] == first[2] != first[1]
    with contextlib.closing(CachedEmbeddings(model, tmp_path / "cache" / "v.db")) as cached:
        again = cached.embed_documents([TWO, THREE, ONE])
    assert model.embedded == [ONE, TWO, THREE]
    assert (again[0], again[2]) == (first[1], first[0])


def test_what_many_ask_is_read_by_the_model_once(tmp_path: Path) -> None:
    model = Counting()
    with contextlib.closing(CachedEmbeddings(model, tmp_path / "v.db")) as cached:
        first = cached.embed_query(ONE)
        kept = list(first)
        first[0] = 2.0  # whoever asked may do with it what they like
        assert cached.embed_query(TWO) != kept
        assert cached.embed_query(ONE) == kept
        assert model.asked == [ONE, TWO]
        cached.forget_questions()
        assert np.allclose(cached.embed_query(ONE), kept, atol=1e-6)
    assert model.asked == [ONE, TWO, ONE]


def test_the_cache_gives_what_the_model_gives(tmp_path: Path) -> None:
    with contextlib.closing(CachedEmbeddings(E5Embeddings(), tmp_path / "v.db")) as cached:
        for _ in range(2):
            np.testing.assert_allclose(cached.embed_documents([ONE]), E5Embeddings().embed_documents([ONE]), atol=1e-6)
        assert cached.embed_query(ONE) == E5Embeddings().embed_query(ONE)
        assert cached.embed_documents([]) == []


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_cache_is_begun_anew(tmp_path: Path, damage: Damage) -> None:
    file = tmp_path / "v.db"
    with contextlib.closing(CachedEmbeddings(Counting(), file)) as cached:
        kept = cached.embed_documents([f"Setning {number}." for number in range(40)])
    damage(file)
    again = Counting()
    with contextlib.closing(CachedEmbeddings(again, file)) as cached:
        assert cached.embed_documents(["Setning 1."]) == [kept[1]]
        assert cached.embed_documents(["Setning 1."]) == [kept[1]]
    assert again.embedded == ["Setning 1."]


def test_another_model_never_meets_the_vectors_of_the_first(tmp_path: Path) -> None:
    for name in ("first", "second"):
        model = Counting(name)
        with contextlib.closing(CachedEmbeddings(model, tmp_path / "v.db")) as cached:
            cached.embed_documents([ONE])
        assert model.embedded == [ONE]


def test_two_processes_share_a_cache(tmp_path: Path) -> None:
    one, two = Counting(), Counting()
    with (
        contextlib.closing(CachedEmbeddings(one, tmp_path / "v.db")) as first,
        contextlib.closing(CachedEmbeddings(two, tmp_path / "v.db")) as second,
    ):
        assert first.embed_documents([ONE]) == second.embed_documents([ONE])
    assert (one.embedded, two.embedded) == ([ONE], [])


@pytest.mark.parametrize("text", ["", " ", "\x00", "Du\x00 må\x07 søke", "\x1b[31m", "🌿" * 50, "§ " * 300, "a\nb\tc"])
def test_any_text_has_a_vector_of_length_one(model: E5Embeddings, text: str) -> None:
    (passage,) = model.embed_documents([text])
    for vector in (passage, model.embed_query(text)):
        assert len(vector) == 384
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-3)


def test_text_after_a_nul_is_read_too(model: E5Embeddings) -> None:
    assert model.embed_query("Du\x00må søke") == model.embed_query("Du må søke")
    assert model.embed_documents(["Du\x00må søke"]) == model.embed_documents(["Du må søke"])


def test_a_question_is_nearest_to_what_answers_it_in_three_languages(model: E5Embeddings) -> None:
    passages = model.embed_documents(["Røyking er forbudt i serveringslokaler.", "Gjerdet kan være 1,8 meter høyt."])
    for text in ("Er det lov å røyke på kafé?", "Er det lov å røykje på kafé?", "May I smoke in a café?"):
        near = np.asarray(passages) @ np.asarray(model.embed_query(text))
        assert near[0] > near[1]


def test_what_nobody_waits_for_is_broken_off_when_it_is_closed_and_what_was_made_is_kept(tmp_path: Path) -> None:
    model, texts = Counting(), [f"Gebyret er {number} kroner." for number in range(400)]
    cached = CachedEmbeddings(model, tmp_path / "vectors.db")
    with ThreadPoolExecutor(1) as beside:
        making = beside.submit(cached.patient.embed_documents, texts)
        while not model.embedded:
            time.sleep(0.01)
        cached.close()
        with pytest.raises(BrokenOff):
            making.result(30)
    made = len(model.embedded)
    assert 0 < made < len(texts)
    again = Counting()
    with contextlib.closing(CachedEmbeddings(again, tmp_path / "vectors.db")) as reopened:
        reopened.embed_documents(texts[:made])
    assert again.embedded == []
