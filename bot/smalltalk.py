"""What people say to a bot without asking about the municipality: greetings, thanks, what it is, how it is.

The words by which most of it is known are in `smalltalk.toml`.
"""

from __future__ import annotations

import enum
import re
import tomllib
from pathlib import Path

from bot.patterns import any_of, spelt_out


class Smalltalk(enum.StrEnum):
    """What somebody wants who doesn't ask about the municipality."""

    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"
    BOT = "bot"
    """Whether it is human, and who it is."""
    WELLBEING = "wellbeing"
    JOKE = "joke"
    CLOCK = "clock"
    COMPLAINT = "complaint"
    GOODBYE = "goodbye"
    AGREEMENT = "agreement"


POLITE = frozenset({Smalltalk.GREETING, Smalltalk.THANKS, Smalltalk.GOODBYE, Smalltalk.AGREEMENT})
"""Kinds that want no reply."""
_ASIDE = frozenset({Smalltalk.BOT, Smalltalk.WELLBEING, Smalltalk.JOKE, Smalltalk.CLOCK, Smalltalk.GOODBYE})
"""Kinds that say nothing about a question beside them."""

_GREETING = re.compile(
    r"(?:(?:hei(?:sann)?|hallo|heia|hi|hello|hey|god ?(?:dag|morgen|morgon|kveld)|good (?:morning|afternoon|evening))"
    r"(?: (?:på deg|alle(?: sammen)?|der|there|all))?(?: |$))*"
)
_THANKS = frozenset("takk takkar thanks thank".split())
_AROUND_THANKS = frozenset(
    "tusen mange så mye mykje for hjelpen hjelpa svar svaret skal du ha det var bra den er god"
    " ok okei okay flott fint supert topp perfekt great perfect"
    " many so very much a lot you the your help answer that was".split()
)


def _patterns() -> dict[Smalltalk, re.Pattern[str]]:
    rules = tomllib.loads(Path(__file__).with_name("smalltalk.toml").read_text("utf-8"))
    words = spelt_out(rules.pop("words"))
    return {Smalltalk(kind): any_of(rule["says"], words) for kind, rule in rules.items()}


_SAYS = _patterns()
_LONGEST_ASIDE = 100
"""Characters."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_CLAUSE_END = re.compile(r"(?<=[.!?,])\s+|\n+")


def smalltalk(text: str) -> Smalltalk | None:
    """What the text is if it is nothing but small talk. A question after a greeting is a question."""
    said = " ".join(re.findall(r"\w+", text.lower()))
    rest = _GREETING.sub("", said, count=1)
    if said and not rest:
        return Smalltalk.GREETING
    if kind := next((kind for kind, says in _SAYS.items() if says.fullmatch(rest)), None):
        return kind
    words = set(rest.split())
    return Smalltalk.THANKS if words & _THANKS and words <= _THANKS | _AROUND_THANKS else None


def to_the_point(text: str) -> str:
    """The text without what is said in passing before or behind a question: "Hvordan har du det? Når ...?"."""
    for end in _CLAUSE_END.finditer(text[:_LONGEST_ASIDE]):
        said = smalltalk(text[: end.start()])
        if said is Smalltalk.WELLBEING or (said in _ASIDE and text[end.start() - 1] != ","):
            return to_the_point(text[end.end() :])
    for end in _SENTENCE_END.finditer(text, max(0, len(text) - _LONGEST_ASIDE)):
        if smalltalk(text[end.end() :]) in _ASIDE:
            return text[: end.start()]
    return text
