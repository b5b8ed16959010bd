"""Regular expressions that are put together of named words, as `triage.toml` and `smalltalk.toml` hold them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping


def spelt_out(words: Mapping[str, str]) -> dict[str, str]:
    """The words, those that are named in others put in; a word names only those before it."""
    spelt: dict[str, str] = {}
    for name, pattern in words.items():
        spelt[name] = _filled(pattern, spelt)
    return spelt


def any_of(patterns: Iterable[str], words: Mapping[str, str]) -> re.Pattern[str]:
    """What finds any of the patterns, whatever their case; of none, nothing."""
    return re.compile("|".join(f"(?:{_filled(pattern, words)})" for pattern in patterns) or r"(?!)", re.I)


def _filled(pattern: str, words: Mapping[str, str]) -> str:
    return re.sub(r"\{([a-z]+)\}", lambda named: words[named[1]], pattern)
