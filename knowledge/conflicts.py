"""Where two sources say the same of the same thing, but with other figures, or one forbids what the other allows."""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from knowledge.model import Citation
from knowledge.sentences import sentences
from knowledge.stances import WORDS, opposed, stance

_LEAST = 2
"""Words that must be shared, numbers and units aside: "innen 3 uker" alone is about nothing."""
_ABOUT = 3
"""Words that two sentences of opposite stances must both have, and no others: one more may make it an exception. Two
are enough where one of them stands in the titles of both documents."""

_READ = 4096
"""Sentences of sources of which it is kept what they say: the same ones are quoted again and again."""

_REFERENCE = re.compile(r"\bjf\.?[^.;]*§+\s*[\d-]+\w*", re.I)
_FUNCTION_WORDS = re.compile(
    rf"{_REFERENCE.pattern}|\b(?:å|i|a|av|er|en|et|ei|på|om|og|du|de|vi|eg|jeg|må|få|at|of|is|an|in|by|be|we|you|to"
    r"|den|det|dei|ein|eit|som|for|til|med|ved|mot|når|kan|skal|har|blir|vert|fra|frå|etter|innen|innan|senest|seinast"
    r"|per|eller|minst|høyst|høgst|inntil|maksimalt|normalt|least|most|være|vere|the|and|or|with|within|must|can|after|from)\b",
    re.I,
)

_DAYS = {"dag": 1, "døgn": 1, "day": 1, "uke": 7, "veke": 7, "week": 7, "måne": 30, "mont": 30, "år": 365, "year": 365}
_COUNTED = "en|ein|ei|one to|two tre|three fire|four fem|five seks|six sju|syv|seven åtte|eight ni|nine ti|ten"
_WORDS = {word: number for number, words in enumerate(_COUNTED.split(), 1) for word in words.split("|")}
_NUMBER = rf"(?:\d[\d .]*(?:,\d+)?|\b(?:{'|'.join(_WORDS)}))"
_FIGURE = re.compile(
    rf"(?P<money>\b(?:kr|nok)\.?\s*(?P<kr>\d[\d .]*))"
    rf"|(?P<amount>(?P<nok>\d[\d .]*(?:,\d+)?)\s*(?:,-|kroner|kr\b|nok\b))"
    rf"|(?P<span>(?P<count>{_NUMBER})\s*(?P<unit>dag|døgn|uke|veke|måne|år|day|week|mont|year)\w*(?P<age>\s+(?:gam\w+|old))?)"
    r"|(?P<share>(?P<percent>\d+(?:,\d+)?)\s*(?:%|prosent|percent))"
    r"|(?P<clock>(?:klokk[ea]n?|kl)\.?\s*(?P<hour>\d{1,2}(?:[.:]\d{2})?))"
    r"|(?P<date>\b(?P<day>\d{1,2}\.\s*(?:jan|feb|mar|apr|mai|jun|jul|aug|sep|okt|nov|des)\w*))"
    r"|(?P<length>(?P<metres>\d+(?:,\d+)?)\s*(?P<measure>meter|m²|kvadratmeter|m\b))",
    re.I,
)

Figures = Mapping[str, frozenset[str]]


@functools.lru_cache(_READ)
def figures(sentence: str) -> Figures:
    """What a sentence counts, by what is counted: money, days, ages, shares, times, dates, lengths."""
    found: dict[str, set[str]] = defaultdict(set)
    for match in _FIGURE.finditer(sentence):
        kind, value = _figure(match)
        found[kind].add(value)
    return MappingProxyType({kind: frozenset(values) for kind, values in found.items()})


def differing(
    cited: Iterable[Citation], others: Iterable[Citation], terms: Callable[[str], Collection[str]]
) -> tuple[Citation, Citation] | None:
    """The first of those `cited` that one of the `others`, of another document, gives a different figure of the same
    kind for, or says the opposite of, and that one; None where none does. Two laws are not compared: each is about its
    own matter. `terms` are the stems of a sentence's words."""
    every = list(others)
    for one in cited:
        for other in every:
            comparable = one.document != other.document and not one.kind == other.kind == "law"
            if comparable and (_differ(one.quote, other.quote, terms) or _oppose(one, other, terms)):
                return one, other
    return None


_stance = functools.lru_cache(_READ)(stance)


def newest_first(one: Citation, other: Citation) -> tuple[Citation, Citation]:
    """The two by date; a law before what only tells of it, and what has vanished at its source last."""
    first, second = sorted((one, other), key=_weight, reverse=True)
    return first, second


def _weight(citation: Citation) -> tuple[bool, bool, str]:
    return citation.missing is None, citation.kind == "law", str(citation.date or "")


def _differ(one: str, other: str, terms: Callable[[str], Collection[str]]) -> bool:
    ours, theirs = figures(one), figures(other)
    if not any(ours[kind].isdisjoint(theirs[kind]) for kind in ours.keys() & theirs.keys()):
        return False
    words, more = (set(terms(_FUNCTION_WORDS.sub(" ", _FIGURE.sub(" ", text)))) for text in (one, other))
    # Where each has a word that the other has not, they may be about different things: "for skjenking", "for salg".
    return len(words & more) >= _LEAST and (words <= more or more <= words)


def _oppose(one: Citation, other: Citation, terms: Callable[[str], Collection[str]]) -> bool:
    """Does a sentence of one forbid what a sentence of the other, about just the same, allows; or the like?"""
    pairs = itertools.product(sentences(one.quote), sentences(other.quote))
    return any(
        opposed(_stance(ours), _stance(theirs))
        and figures(ours) == figures(theirs)
        and (about := _about(ours, terms)) == _about(theirs, terms)
        and len(about) + bool(about.intersection(terms(_name(one))).intersection(terms(_name(other)))) >= _ABOUT
        for ours, theirs in pairs
    )


def _name(citation: Citation) -> str:
    """What the document is called, without the heading of the section."""
    return citation.title.partition(" – ")[0]


def _about(sentence: str, terms: Callable[[str], Collection[str]]) -> set[str]:
    plain = _FUNCTION_WORDS.sub(" ", WORDS.sub(" ", _REFERENCE.sub(" ", sentence)))
    return set(terms(plain))


def _figure(match: re.Match[str]) -> tuple[str, str]:
    if match["span"]:
        count = _value(match["count"])
        if match["age"]:
            return "age", count
        days = _DAYS[match["unit"].lower()]
        return "days", str(float(count) * days) if count.replace(".", "", 1).isdigit() else count
    if match["money"] or match["amount"]:
        return "money", _value(match["kr"] or match["nok"])
    kind = match.lastgroup or ""
    simple = {"percent": "share", "hour": "clock", "day": "date", "measure": "length"}
    value = match["percent"] or match["hour"] or match["day"] or match["metres"]
    return simple.get(kind, kind), _value(value)


def _value(text: str) -> str:
    word = text.strip().lower()
    if word in _WORDS:
        return str(_WORDS[word])
    plain = re.sub(r"[ .](?=\d{3}\b)", "", word).rstrip(" .").replace(",", ".")
    return re.sub(r"[:.]00$", "", plain)
