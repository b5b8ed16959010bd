"""Sentences: the smallest thing that is quoted."""

from __future__ import annotations

import functools
import re

# A full stop after these does not end a sentence ("jf. § 4-1", "etter nr. 2"), nor one before a small letter
# ("1. januar").
_ABBREVIATIONS = {
    *("jf", "nr", "bl", "a", "f", "eks", "ca", "kl", "mv", "m", "v", "pkt", "evt", "inkl", "ekskl", "dvs", "mfl", "fl"),
    *("kap", "pga", "osv", "etc", "hhv", "bokst", "art", "st", "prp", "innst", "kr", "ift", "iht", "tlf", "avd", "no"),
    *("e", "g", "i", "vs", "mr", "ms", "dr"),
}
_END = re.compile(r"(?<=[.!?:;])[\"»”)]*\s+|\n+")
_LAST_WORD = re.compile(r"([\w-]+)\.$")
# Of these letters the first is metres, the second part of a paragraph's number ("inntil 5,0 m. Den", "jf. § 4 a. Den").
_NO_ABBREVIATION = re.compile(r"(?:\d\s?m|§\s?\d[\d-]*\s[a-z])\.$")


def sentences(text: str) -> list[str]:
    """The sentences and list items of a text, each verbatim in it, in order; empty ones left out."""
    return list(_sentences(text))


# The same passages are read for many questions.
@functools.lru_cache(4096)
def _sentences(text: str) -> tuple[str, ...]:
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        piece = text[start : end.start()]
        if "\n" in end.group() or _ends_a_sentence(piece, text[end.end() :]):
            found.append(text[start : end.end()].strip())
            start = end.end()
    found.append(text[start:].strip())
    return tuple(sentence for sentence in found if any(character.isalnum() for character in sentence))


def _ends_a_sentence(piece: str, rest: str) -> bool:
    if piece.endswith((";", ":")):
        return False
    word = _LAST_WORD.search(piece)
    if word and word[1].lower() in _ABBREVIATIONS and not _NO_ABBREVIATION.search(piece):
        return False
    return not rest[:1].islower()
