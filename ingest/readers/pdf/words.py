"""Makes whole what the ends of lines divide."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

_LOOKED_AT = 300
_NOT_ONE_WORD = r"(?!(?:og|eller|samt|til|men|and|or)\b)"


def glue(text: str, following: str) -> str:
    """Both as one line: "nærings-" and "drivende" are one word, "plan-" and "og bygningsloven" stay two, "VA-" and
    "anlegg" keep the hyphen, and so does "ball-" "løkke", which has no three l. Addresses go on without a space.
    """
    if not text:
        return following
    if text.endswith("\N{SOFT HYPHEN}"):
        return text[:-1] + following
    end = text[-_LOOKED_AT:]
    if re.search(r"\w-$", end) and re.match(rf"{_NOT_ONE_WORD}\w", following):
        thrice = end[-3:-1] == following[0] * 2
        divided = re.search(r"[a-zæøå]{2}-$", end) and re.match(r"[a-zæøå]", following) and not thrice
        return (text[:-1] if divided else text) + following
    is_address = re.search(r"://\S+$", end) and re.match(r"[\d/?&=%#._-]", following)
    if is_address or re.search(r"\w/$", end) or re.match(r"/\w", following):
        return text + following
    return f"{text} {following}"


def in_one_line(texts: Iterable[str]) -> str:
    """All texts as one line, each glued to the one before."""
    return functools.reduce(glue, texts, "")
