"""What befalls a file."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

Damage = Callable[[Path], None]


def no_database(file: Path) -> None:
    """Somebody has written something else there."""
    file.write_bytes(b"dette er ingen database " * 500)


def cut_off(file: Path) -> None:
    """The disk was full, or a copy was broken off."""
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def emptied(file: Path) -> None:
    """There is the file, and nothing in it."""
    file.write_bytes(b"")


DAMAGES = (no_database, cut_off, emptied)


def in_place(file: Path, seed: int = 0, size: int | None = None) -> None:
    """A bad disk: half of what a process has open, or so many bytes, reads otherwise now, under its hands."""
    whole = file.stat().st_size
    size = size or whole // 2
    with file.open("r+b") as opened:
        opened.seek((whole - size) // 2)
        opened.write(random.Random(seed).randbytes(size))
