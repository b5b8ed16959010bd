"""Is the disk full? Nothing is wrong then with what lies on it, and it is no time to make anything anew."""

from __future__ import annotations

import errno
import sqlite3

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_SAID = ("disk is full", "no space left on device", "disk quota exceeded")
"""What engines say of it in errors without a code."""


def is_full(error: BaseException) -> bool:
    """Is that the reason for the error, or for one that it came from?"""
    came_from = error.__cause__ or getattr(error, "orig", None) or error.__context__
    return _tells(error) or (isinstance(came_from, BaseException) and is_full(came_from))


def _tells(error: BaseException) -> bool:
    if isinstance(error, OSError) and error.errno in _FULL:
        return True
    return getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_FULL or any(s in str(error).lower() for s in _SAID)
