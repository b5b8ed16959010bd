"""Step 2: in which language somebody asks, and what a follow-up question is about."""

from __future__ import annotations

import re
from collections.abc import Sequence

from lingua import Language, LanguageDetectorBuilder
from pydantic import BaseModel, ConfigDict

_LANGUAGES = {
    Language.BOKMAL: "nb",
    Language.NYNORSK: "nn",
    Language.ENGLISH: "en",
    Language.DANISH: "nb",
    Language.SWEDISH: "nb",
}
"""Neighbours who write to a Norwegian municipality read bokmål; all others are answered in English."""

_OTHERS = (
    Language.GERMAN,
    Language.POLISH,
    Language.UKRAINIAN,
    Language.LITHUANIAN,
    Language.SPANISH,
    Language.FRENCH,
    Language.TURKISH,
    Language.ARABIC,
)

# Words that only one of the two written Norwegians has: more telling in a short question than letters are.
_NYNORSK = re.compile(
    r"\b(?:eg|ikkje|kva|kvar|kvifor|kven|korleis|kor|nokon|noko|nokre|berre|frå|seier|mykje|meir|vere|dykk|deira"
    r"|eit|sjølv|heime|ynskjer|ynskje|treng|byrja|opne|løyve|verksemd\w*|søkje|leige|gjere|saka|sidan)\b",
    re.I,
)
_BOKMAL = re.compile(
    r"\b(?:jeg|ikke|hva|hvor\w*|hvem|noen|noe|bare|fra|sier|mye|være|deres|et|selv|trenger|åpne)\b", re.I
)
_NORWEGIAN_WORD = re.compile(r"\w*(?:loven|lova|bevilling|strategi|søknad|forskrift|næring)\w*", re.I)

_SURE = 0.6
"""How sure the detector must be of a language that isn't Norwegian or English before the bot leaves Norwegian."""

_FOLLOW_UP = re.compile(
    r"^(?:og|men|hva med|enn|kva med|hva om|kva om|gjelder det|gjeld det|hvor lenge|kor lenge"
    r"|and|but|what about|how about|what if|even|same|også)\b",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:det|dette|den|denne|de|disse|da|der|då|desse|it|that|this|they|those|then|there)\b", re.I
)
_SHORT = 8
"""Words: a longer question says what it is about."""


class Understanding(BaseModel):
    """What to search for, and the language to answer in."""

    model_config = ConfigDict(frozen=True)

    query: str
    language: str


class Understander:
    """Tells languages apart with Lingua (its models are loaded at once, which takes a second) and reads follow-ups."""

    def __init__(self) -> None:
        languages = (*_LANGUAGES, *_OTHERS)
        self._detector = LanguageDetectorBuilder.from_languages(*languages).with_preloaded_language_models().build()

    def understand(self, text: str, history: Sequence[str], language: str | None = None) -> Understanding:
        """Read a question after the earlier ones of its thread, oldest first; `language` is used where it is given."""
        return Understanding(query=_standalone(text, history), language=language or self._language(text, history))

    def _language(self, text: str, history: Sequence[str]) -> str:
        if len(_NYNORSK.findall(text)) > len(_BOKMAL.findall(text)):
            return "nn"
        if _BOKMAL.search(text):
            return "nb"
        best, *_ = self._detector.compute_language_confidence_values(text)
        if best.language in _OTHERS:
            return "en" if best.value >= _SURE else "nb"
        found = _LANGUAGES[best.language]
        if found == "nn" or _NORWEGIAN_WORD.search(text):
            return "nb"
        if found == "en" and len(text.split()) == 1 and history:
            return self._language(history[-1], ())
        return found


def _standalone(text: str, history: Sequence[str]) -> str:
    """The question with what it leaves out: the one before it, where it is short and points back."""
    if not history or len(text.split()) > _SHORT:
        return text
    points_back = _FOLLOW_UP.search(text) or _POINTS_BACK.search(text) or len(text.split()) <= 3
    return f"{history[-1]} {text}" if points_back else text
