"""What a sentence says of what it is about: that it is forbidden or allowed, required or not, so or not so."""

from __future__ import annotations

import enum
import re

from knowledge.wordings import DENIAL, DUTIES

_NOT = r"(?:ikke|ikkje|aldri|not|never)"
_ALLOWED = r"(?:tillatt?|tillate[nt]?|tillet|lov|lovlig|lovleg|anledning|adgang|høve|rett|allowed|permitted|legal)"
_NEEDED = (
    r"(?:trenge?r?|trengs|trengst|behøver|krev(?:er|es|st)?|krav|nødvendige?|naudsynte?|påbudt|påbode|obligatoriske?"
    r"|\w*plikt(?:ige?)?|needs?|requires?|required|necessary|mandatory|obliged|(?:have|has) to)"
)
_FORBIDS = re.compile(
    rf"\b(?:forbudt|forbode|forby\w*|prohibited|forbidden|cannot|{_NOT} (?:\w+ )?{_ALLOWED}"
    rf"|(?:kan|må|skal|can|may|must|shall) (?:\w+ )?{_NOT}|(?:ingen|nobody) (?:kan|må|skal|can|may|must))\b"
    r"|\bcan['’]t\b",
    re.I,
)
_SPARES = re.compile(
    rf"(?:\b(?:{_NOT}|ingen|inga)|n['’]t) (?:\w+ )?{_NEEDED}\b|\b{_NEEDED} (?:\w+ )?{_NOT}\b|\bneedn['’]t\b"
    r"|\b(?:slipper|slepp|fritatt|friteken|unntatt|unnateken|exempt|no (?:need|requirement|duty))\b",
    re.I,
)
_DENIES = re.compile(rf"\b{_NOT}\b|n['’]t\b", re.I)
_ALLOWS = re.compile(rf"\b{_ALLOWED}\b|{DUTIES['may'].pattern}", re.I)
_REQUIRES = re.compile(rf"\b{_NEEDED}\b|{DUTIES['must'].pattern}", re.I)

WORDS = re.compile(
    "|".join(each.pattern for each in (_FORBIDS, _SPARES, _DENIES, _ALLOWS, _REQUIRES))
    + r"|\b(?:deg|jeg|meg|ha|have|do|does|gjøre|gjere|lenger|longer|fortsatt|fremdeles|framleis|still|også|also|alltid"
    r"|always|loven|lova|forskriften|forskrifta)\b",
    re.I,
)
"""What such a sentence is not about: how it says it, what changes nothing, and what is another thing in each law."""

_UNSURE = re.compile(r"\b(?:hvis|viss|dersom|om ikke|bare|berre|kun|if|whether|only)\b|\?", re.I)
"""With a condition, what is denied may be the condition."""


class Stance(enum.Enum):
    """What a sentence says of what it is about."""

    FORBIDS = enum.auto()
    ALLOWS = enum.auto()
    SPARES = enum.auto()
    REQUIRES = enum.auto()
    DENIES = enum.auto()
    STATES = enum.auto()


_OPPOSED = (
    {Stance.FORBIDS, Stance.ALLOWS},
    {Stance.FORBIDS, Stance.REQUIRES},
    {Stance.SPARES, Stance.REQUIRES},
    {Stance.DENIES, Stance.STATES},
)
"""What can't both be true of the same. What need not be done may be done."""


def stance(sentence: str) -> Stance | None:
    """What the sentence says; None where that is not certain: with two denials, one of another kind, or a condition."""
    denials = len(DENIAL.findall(sentence))
    if denials > 1 or _UNSURE.search(sentence):
        return None
    if not denials:
        found = {Stance.REQUIRES: _REQUIRES, Stance.ALLOWS: _ALLOWS}
        return next((each for each, words in found.items() if words.search(sentence)), Stance.STATES)
    found = {Stance.SPARES: _SPARES, Stance.FORBIDS: _FORBIDS, Stance.DENIES: _DENIES}
    return next((each for each, words in found.items() if words.search(sentence)), None)


def opposed(one: Stance | None, other: Stance | None) -> bool:
    """Can't both be true of the same?"""
    return {one, other} in _OPPOSED
