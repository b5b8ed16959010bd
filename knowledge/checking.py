"""Whether a claim holds: its quote stands in its source, and it says nothing that the quote does not carry."""

from __future__ import annotations

import enum
import re
import tomllib
import unicodedata
from collections.abc import Collection, Mapping
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from knowledge.facts import OTHER, Facts, facts
from knowledge.model import Passage
from knowledge.sentences import sentences
from knowledge.wordings import UNIT, numerals

_LEAST_WORDS = 3
"""A quote of fewer words carries nothing, unless it is all that the passage says."""
_LONGEST = 400
"""Characters of a claim: it is to be short, and what is long is no longer one claim."""
_SHARED = 0.6
"""The share of a claim's words that its quote and headings must have; in another language,
what terms.toml has of them."""
_NEAR = 0.35
"""How near (cosine) a claim in another language must be to its quote, too. Of 13 pairs that say the same in English and
Norwegian all are (.359-.825). What is about something else is not (.05), but inventions in the same words are as well
(.33-.67): alone it tells little."""
_TERMS = Path(__file__).with_name("terms.toml")

_ADDRESS = re.compile(r"\w+://|www\.|\S@|@\w|\b[\w-]{2,}\.[a-z]{2,}\b|\b(?:mailto|javascript|data|tel):", re.I)
_MARKUP = re.compile(r"[<>\[\]{}`|\\*_~^#]|!\(|&\w+;")
_WORD = re.compile(r"[^\W\d_]{3,}")
_LITTLE = frozenset(
    "alle andre både berre dei deira dere deres dette difor ditt dykk eigen eller enten etter fordi hans hennes hver"
    " hvilke hvis hvor ikke ikkje kunne kven mange med mens mest meir mellom noen noko nokon også over samt seinare"
    " senere siden sidan sjølv skal skulle slik slike som trengs trengst under uten utan vere være ville vært treng"
    " trenger gjer gjør kroner kronar nok hundre tusen million millioner hundred thousand"
    " about also any anyone because been before being both does each have having into just more most must need needs"
    " only other over shall should some such than that their them then there these they this those under what when"
    " where which while will with would your hvem hvordan korleis kva dine dere blir vert verte bli disse desse frå fra"
    " who the and for you are can may not but all has was its any our din ditt den det dei som har kan ein eit"
    " med men til ved han hun dem deg meg oss seg var hos ho man når kor hva der her inn opp sin sitt når går the"
    " må bør får gis from ikkje aldri ingen every everyone already after upon yours".split()
)
"""Words that say nothing by themselves."""

_ALIKES = {"leg": "lig", "heit": "het", "veg": "vei", "kje": "ke", "gje": "ge", "eig": "ei"}
_ALIKE = re.compile("|".join(_ALIKES))
"""Nynorsk and bokmål."""


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
        self._terms = Terms(tomllib.loads(_TERMS.read_text(encoding="utf-8")))

    def check(self, text: str, quote: str, passage: Passage, language: str) -> Fault | None:
        """What is wrong with a claim in that language which rests on `quote`, whole sentences of the passage."""
        if not text.strip() or len(text) > _LONGEST:
            return Fault.EMPTY
        if not _is_plain(text, quote):
            return Fault.MARKUP
        near = self._nearest(text, quote, passage, language)
        said, there = facts(text, language), facts(quote, passage.language)
        beside, around = facts(near, passage.language), facts(passage.context, passage.language)
        holds = {
            Fault.NUMBER: _amounts_agree(said, beside),
            Fault.REFERENCE: said.references <= there.references | around.references
            and said.laws <= there.laws | around.laws,
            Fault.DENIAL: _denials_agree(said, beside),
            Fault.DUTY: not said.duties or not beside.duties or bool(said.duties & beside.duties),
            Fault.OUTCOME: said.outcomes <= beside.outcomes,
        }
        wrong = next((fault for fault, held in holds.items() if not held), None)
        return wrong or (None if self._supports(text, near, passage, language) else Fault.SUPPORT)

    def _supports(self, text: str, quote: str, passage: Passage, language: str) -> bool:
        said, there = _words(text, language), _words(f"{passage.context} {quote}", passage.language)
        if _is_alike(language, passage):
            return _share(said, there) >= _SHARED
        if _share(said, there, self._terms) < _SHARED:
            return False
        told, meant = self._embeddings.embed_documents([text, quote])
        return float(np.dot(told, meant)) >= _NEAR

    def _nearest(self, text: str, quote: str, passage: Passage, language: str) -> str:
        """The sentence of the quote that has most of the claim's words: what its neighbours deny is something else."""
        words = _words(text, language)
        terms = None if _is_alike(language, passage) else self._terms
        return max(sentences(quote) or [quote], key=lambda each: _share(words, _words(each, passage.language), terms))


def _is_alike(language: str, passage: Passage) -> bool:
    """Are both Norwegian, or both English?"""
    return (language == "en") == (passage.language == "en")


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


def _amounts_agree(said: Facts, there: Facts) -> bool:
    """In "14 og 20 dager" the first number may be of anything; "14 stoler" are no days."""
    units: dict[str, set[str]] = {}
    for value, unit in there.amounts:
        units.setdefault(value, set()).add(unit)
    agree = all(value in units and (unit in {"", OTHER} or units[value] & {unit, ""}) for value, unit in said.amounts)
    return agree and said.days <= there.days


def _denials_agree(said: Facts, there: Facts) -> bool:
    """Both deny or neither does, and one "not" more or less is never the same: two of them are a yes."""
    return (
        said.denials <= there.denials
        and said.denials % 2 == there.denials % 2
        and (said.denials > 0) == (there.denials > 0)
    )


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


def _words(text: str, language: str) -> set[str]:
    """The words that say something, as they are alike in bokmål and nynorsk; what is counted is compared elsewhere."""
    words = {word.lower() for word in _WORD.findall(numerals(text, language))} - _LITTLE
    return {_ALIKE.sub(lambda it: _ALIKES[it[0]], word) for word in words if not UNIT.fullmatch(word)}


class Terms:
    """Words of two languages that say the same."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = [(english, norwegian.split()) for english, norwegian in pairs.items()]

    def meet(self, word: str, other: str) -> bool:
        """Does one say in English what the other says in Norwegian?"""
        return any(
            (word.startswith(english) and any(part in other for part in norwegian))
            or (other.startswith(english) and any(part in word for part in norwegian))
            for english, norwegian in self._pairs
        )


def _share(said: Collection[str], there: Collection[str], terms: Terms | None = None) -> float:
    """The share of the words said that are there, in another form or, by the terms, in the other language."""
    met = sum(any(_is_akin(word, other) or bool(terms and terms.meet(word, other)) for other in there) for word in said)
    return met / len(said) if said else 0.0


def _is_akin(word: str, other: str) -> bool:
    """Is it a form of the other word, or a part of the compound, or the compound of it?"""
    if min(len(word), len(other)) > 4 and (word in other or other in word):
        return True
    shared = next((at for at, (one, two) in enumerate(zip(word, other, strict=False)) if one != two), None)
    shared = min(len(word), len(other)) if shared is None else shared
    return shared >= max(4, 0.6 * len(word)) or word == other
