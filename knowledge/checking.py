"""Whether a claim holds: its quote stands in its source, and it says nothing that the quote does not carry."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Callable

import numpy as np
from langchain_core.embeddings import Embeddings

from knowledge.facts import Facts, facts
from knowledge.model import Passage
from knowledge.sentences import sentences

_LEAST_WORDS = 3
"""A quote of fewer words carries nothing, unless it is all that the passage says."""
_LONGEST = 400
"""Characters of a claim: it is to be short, and what is long is no longer one claim."""
_SHARED = 0.5
"""The share of a claim's words that its quote and headings must have, where both are Norwegian or both English."""
_NEAR = 0.815
"""How near (cosine) a claim in another language must be to its quote. Of 9 pairs that say the same in English and
Norwegian all are (.827-.911); of 10 inventions beside 6 quotes those that are nearer promise or decide something, and
`outcome` refuses them."""

_ADDRESS = re.compile(r"\w+://|www\.|\S@|@\w|\b[\w-]{2,}\.[a-z]{2,}\b|\b(?:mailto|javascript|data|tel):", re.I)
_MARKUP = re.compile(r"[<>\[\]{}`|\\*_~^#]|!\(|&\w+;")
_WORD = re.compile(r"[^\W\d_]{4,}")
_LITTLE = frozenset(
    "alle andre både berre dei deira dere deres dette difor ditt dykk eigen eller enten etter fordi hans hennes hver"
    " hvilke hvis hvor ikke ikkje kunne kven mange med mens mest meir mellom noen noko nokon også over samt seinare"
    " senere siden sidan sjølv skal skulle slik slike som under uten utan vere være ville vært treng trenger gjer gjør"
    " about also any anyone because been before being both does each have having into just more most must need needs"
    " only other over shall should some such than that their them then there these they this those under what when"
    " where which while will with would your hvem hvordan korleis kva dine dere blir vert verte bli disse desse frå fra"
    " from ikkje aldri ingen every everyone already after upon yours".split()
)
"""Words that say nothing by themselves."""


class Fault(enum.StrEnum):
    """Why a claim does not hold; prompts.md says each to the model."""

    UNREADABLE = "unreadable"
    SOURCE = "source"
    QUOTE = "quote"
    EMPTY = "empty"
    MARKUP = "markup"
    NUMBER = "number"
    REFERENCE = "reference"
    DENIAL = "denial"
    DUTY = "duty"
    OUTCOME = "outcome"
    SUPPORT = "support"


class Checker:
    """Compares claims with what they quote, word for word, and across languages also by meaning."""

    def __init__(self, embeddings: Embeddings) -> None:
        self._embeddings = embeddings

    def check(self, text: str, quote: str, passage: Passage, language: str) -> Fault | None:
        """What is wrong with a claim in that language which rests on `quote`, whole sentences of the passage."""
        if not text.strip() or len(text) > _LONGEST:
            return Fault.EMPTY
        if not _is_plain(text, quote):
            return Fault.MARKUP
        said, there = facts(text, language), facts(quote, passage.language)
        around = facts(passage.context, passage.language)
        for fault, holds in _COMPARED.items():
            if not holds(said, there, around):
                return fault
        return None if self._supports(text, quote, passage, language) else Fault.SUPPORT

    def _supports(self, text: str, quote: str, passage: Passage, language: str) -> bool:
        words = _words(text)
        there = _words(f"{passage.context} {quote}")
        if words and sum(any(_is_akin(word, other) for other in there) for word in words) / len(words) >= _SHARED:
            return True
        if (language == "en") == (passage.language == "en"):
            return False
        told, said = self._embeddings.embed_documents([text, quote])
        return float(np.dot(told, said)) >= _NEAR


def whole(quote: str, text: str) -> str | None:
    """The sentences of the text that hold the quoted words, whatever the white space between them; None where none do.

    Whole sentences, because words torn from one may say the opposite of it.
    """
    words = quote.strip(" .…").split()
    pattern = r"\s+".join(map(re.escape, words))
    match = re.search(rf"(?<!\w){pattern}(?!\w)", text) if words else None
    if match is None or (len(words) < _LEAST_WORDS and len(text.split()) > len(words)):
        return None
    start, end = match.span()
    cursor = 0
    for sentence in sentences(text):
        begin = text.index(sentence, cursor)
        cursor = begin + len(sentence)
        if begin < match.end() and match.start() < cursor:
            start, end = min(start, begin), max(end, cursor)
    return text[start:end]


def _amounts_agree(said: Facts, there: Facts, _: Facts) -> bool:
    """A number behind which the quote has no unit that is known may be of any."""
    units: dict[str, set[str]] = {}
    for value, unit in there.amounts:
        units.setdefault(value, set()).add(unit)
    agree = all(value in units and (not unit or units[value] & {unit, ""}) for value, unit in said.amounts)
    return agree and said.days <= there.days


def _references_agree(said: Facts, there: Facts, around: Facts) -> bool:
    return said.references <= there.references | around.references and said.laws <= there.laws | around.laws


def _denials_agree(said: Facts, there: Facts, _: Facts) -> bool:
    """Both deny or neither does, and one "not" more or less is never the same: two of them are a yes."""
    return (
        said.denials <= there.denials
        and said.denials % 2 == there.denials % 2
        and (said.denials > 0) == (there.denials > 0)
    )


def _duties_agree(said: Facts, there: Facts, _: Facts) -> bool:
    return not said.duties or not there.duties or bool(said.duties & there.duties)


def _outcomes_agree(said: Facts, there: Facts, _: Facts) -> bool:
    return said.outcomes <= there.outcomes


_COMPARED: dict[Fault, Callable[[Facts, Facts, Facts], bool]] = {
    Fault.NUMBER: _amounts_agree,
    Fault.REFERENCE: _references_agree,
    Fault.DENIAL: _denials_agree,
    Fault.DUTY: _duties_agree,
    Fault.OUTCOME: _outcomes_agree,
}


def _is_plain(text: str, quote: str) -> bool:
    """Is it words of ours: no address, no markup, nothing invisible, no letters or digits of other scripts?"""
    if _ADDRESS.search(text) or _MARKUP.search(text):
        return False
    return all(
        character in quote
        or character in " \n"
        or not unicodedata.category(character).startswith(("C", "M", "Z", "N", "L"))
        or (character.isalpha() and "LATIN" in unicodedata.name(character, "") and character == _folded(character))
        or character in "0123456789²³½¼¾"
        for character in unicodedata.normalize("NFC", text)
    )


def _folded(character: str) -> str:
    """Letters that only look like others (full width, mathematical) are not themselves."""
    return unicodedata.normalize("NFKC", character)


def _words(text: str) -> set[str]:
    return {word.lower() for word in _WORD.findall(text)} - _LITTLE


def _is_akin(word: str, other: str) -> bool:
    """Is it a form of the other word, or a part of the compound, or the compound of it?"""
    if len(word) > 4 and len(other) > 4 and (word in other or other in word):
        return True
    shared = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), None)
    shared = min(len(word), len(other)) if shared is None else shared
    return shared >= max(4, 0.6 * len(word))
