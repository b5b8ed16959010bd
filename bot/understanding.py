"""Step 2: in which language somebody asks, and what a follow-up question is about."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Sequence

from lingua import Language, LanguageDetectorBuilder
from pydantic import BaseModel, ConfigDict

from bot.smalltalk import Smalltalk, smalltalk

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

# Words that only one of the languages has: more telling in a short question than letters are.
_TELLING = {
    "nb": re.compile(
        r"\b(?:hallo|jeg|ikke|hva|hvor\w*|hvem|noen|noe|bare|fra|sier|mye|være|deres|selv|trenger|åpne)\b", re.I
    ),
    "nn": re.compile(
        r"\b(?:eg|ikkje|kva|kvar|kvifor|kven|korleis|kor|nokon|noko|nokre|berre|frå|seier|mykje|meir|vere|dykk|deira"
        r"|eit|sjølv|heime|ynskjer|ynskje|treng|byrja|opne|løyve|verksemd\w*|søkje|leige|gjere|saka|sidan|gjeld|krevst|skjenkje|strategia[rn]\w*)\b",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:the|what|when|where|which|who|how|does|my|we|you|need|should|must|hello|hi|thanks?|help|please)\b", re.I
    ),
}
_NORWEGIAN_WORD = re.compile(
    r"\w*(?:loven|lova|bevilling|søknad|forskrift|næring)\w*|\bstrategi(?:en|er|ene|ar|ane)?\b", re.I
)
_LATIN = re.compile(r"[a-zæøå]", re.I)

OPENING = 500
"""Characters: enough to tell in which language a text is that is too long to be read."""

_SURE = 0.6
"""How sure the detector must be of a language that isn't Norwegian or English before the bot leaves Norwegian."""
_TOO_SHORT_TO_TELL = 2
"""Words."""

_FOLLOW_UP = re.compile(
    r"^(?:og|men|hva med|enn|kva med|hva om|kva om|gjelder det|gjeld det|hvor lenge|kor lenge"
    r"|and|but|what about|how about|what if|even|same|også)\b",
    re.I,
)
_POINTS_BACK = re.compile(
    r"\b(?:det|dette|den|denne|de|disse|da|der|då|desse|it|that|this|they|those|then|there)\b", re.I
)
_NAMES = re.compile(
    r"\b[a-z]\d{1,2}\b|(?:lov(?:en|a)|forskrift(?:en|a))\b\W*\d|§.*(?:lov(?:en|a)|forskrift(?:en|a))\b", re.I
)
"""A code, or a paragraph of a law: what names its subject has no need of the question before."""
_SHORT = 8
"""Words: a question of so many that points back is about what it points to, even where it has a subject of its own."""
_LONG = 12
"""Words: a longer question says what it is about, unless it begins as a follow-up does."""
_LONGEST = 20
_VERY_SHORT = 3
_FOLLOW_UPS = 3
"""How many follow-ups at most are searched for together with what they are about."""


class Understanding(BaseModel):
    """What to search for, and the language to answer in. `smalltalk`: nothing is asked for."""

    model_config = ConfigDict(frozen=True)

    query: str
    language: str
    smalltalk: Smalltalk | None = None


class Understander:
    """Tells languages apart with Lingua and reads follow-ups.

    Lingua's models take seconds to load. The first question that needs them waits for that, unless `warm` came before.
    `knows_subject` tells of a question whether it says itself what it is about.
    """

    def __init__(self, knows_subject: Callable[[str], bool] = bool) -> None:
        self._knows_subject = knows_subject
        self._detector = LanguageDetectorBuilder.from_languages(*_LANGUAGES, *_OTHERS).build()

    def warm(self, pause: float = 1.0) -> None:
        """Load the models, one after another with seconds of pause: nothing else runs while Lingua loads one."""
        for pair in itertools.pairwise((*_LANGUAGES, *_OTHERS)):
            time.sleep(pause)
            LanguageDetectorBuilder.from_languages(*pair).with_preloaded_language_models().build()

    def understand(self, text: str, history: Sequence[str], language: str | None = None) -> Understanding:
        """Read a question after the earlier ones of its thread, oldest first; `language` is used where it is given."""
        asked = [earlier for earlier in history if not smalltalk(earlier)]
        return Understanding(
            query=self._standalone(text, asked),
            language=language or self.language(text, history),
            smalltalk=smalltalk(text),
        )

    def language(self, text: str, history: Sequence[str] = ()) -> str:
        """The language to answer a text in; that of its thread where the text is too short to tell."""
        if told := by_words(text):
            return told
        if history and len(text.split()) <= _TOO_SHORT_TO_TELL:
            return self.language(history[-1], history[:-1])
        if not _LATIN.search(text):
            return "en" if any(character.isalpha() for character in text) else "nb"
        best, *_ = self._detector.compute_language_confidence_values(text)
        if best.language in _OTHERS:
            return "en" if best.value >= _SURE else "nb"
        found = _LANGUAGES[best.language]
        if found == "en" and not _NORWEGIAN_WORD.search(text):
            return "en"
        # In letters, bokmål and nynorsk look alike: without a telling word, a thread stays in the one it is in.
        return "nn" if history and self.language(history[-1], history[:-1]) == "nn" else "nb"

    def _standalone(self, text: str, history: Sequence[str]) -> str:
        """The question with what it leaves out: those before it, back to one that says what it is about."""
        thread = [text]
        for earlier in reversed(history):
            if not self._leaves_out(thread[0]):
                break
            thread.insert(0, earlier)
        return " ".join([thread[0], *thread[1:][-_FOLLOW_UPS:]])

    def _leaves_out(self, text: str) -> bool:
        words = len(text.split())
        follows = bool(_FOLLOW_UP.search(text))
        if words > (_LONGEST if follows else _LONG) or _NAMES.search(text):
            return False
        if words <= _SHORT and (words <= _VERY_SHORT or follows or _POINTS_BACK.search(text)):
            return True
        return not self._knows_subject(text)


def by_words(text: str) -> str:
    """The language that the text's words tell, in no time; empty where none of them does."""
    told = {language: len(words.findall(text)) for language, words in _TELLING.items()}
    return max(told, key=lambda language: told[language]) if any(told.values()) else ""
