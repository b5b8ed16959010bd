"""What is made ready beside the first questions, and what that leaves over."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable


def warm(load: Callable[[], None]) -> None:
    """Have ready, moments after the start, what takes long to load and few questions need. It runs on a thread."""
    threading.Thread(target=_load, args=(load,), name="warming", daemon=True).start()


def _load(load: Callable[[], None]) -> None:
    load()
    _give_back()


def _give_back() -> None:
    """Give the system back what memory is free. Loading frees a hundred MiB in pieces, which glibc would keep; other
    libraries of C have no such call, and nothing is done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim:
        trim(0)
