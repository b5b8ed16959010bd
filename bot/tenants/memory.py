"""What the process has freed of one municipality is not written into the files of another."""

from __future__ import annotations

import ctypes

_PERTURB = -6
"""glibc's M_PERTURB (mallopt(3)): what is freed is filled with this byte, what is handed out with its complement."""
_ONES = 0xFF


def hand_memory_out_empty() -> bool:
    """Have all memory filled with zeros before it is handed out, from here on; False where that can't be had.

    Chroma writes the room that it keeps for vectors to come (hnswlib's data_level0.bin) as malloc gave it: with what
    others had there before, texts of another municipality among it.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    return bool(mallopt and mallopt(_PERTURB, _ONES))
