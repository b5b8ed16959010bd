"""Step 2: in which language somebody asks, and what a follow-up question is about."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterator, Sequence

from lingua import Language, LanguageDetectorBuilder
from pydantic import BaseModel, ConfigDict

from bot.following import beside, standalone
from bot.smalltalk import Smalltalk, smalltalk, to_the_point
from bot.splitting import questions

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
        r"\b(?:hallo|jeg|ikke|hva|hvor\w*|hvilke[nt]?|hvem|noen|noe|bare|fra|sier|mye|være|deres|selv|trenger|reglene"
        r"|åpn(?:e|er|es|et))\b",
        re.I,
    ),
    "nn": re.compile(
        r"\b(?:eg|ikkje|kva|kvar|kvifor|kven|korleis|kor|nokon|nokor|noko|nokre|berre|frå|seie[r]?|mykje|meir|vere|vore"
        r"|dykk|dykkar|deira|eit|sjølve?|heime|ynskje[r]?|ynskt|treng|trengs?t|byrja[r]?|opn(?:e|a|ar|er)|opningstid\w*"
        r"|(?:skjenke|serverings|sals|byggje?)?løyv(?:e|et|a)|verksemd\w*|søkje[r]?|leig(?:e|a|er|ar|d)|leigetakar\w*|gjere|gjer|saka|sidan"
        r"|gjeld|krevst|krevjast|skjenkje[r]?|strategia[rn]\w*|reglar|reglane|tilsett[ei]?)\b",
        re.I,
    ),
    "en": re.compile(
        r"\b(?:the|what|when|where|which|who|how|does|my|we|you|need|should|must|hello|hi|thanks?|help|please)\b", re.I
    ),
}
_NORWEGIAN_WORD = re.compile(
    r"\w*(?:loven|lova|bevilling|søknad|forskrift|næring)\w*|\bstrategi(?:en|er|ene|ar|ane)?\b"
    r"|\b(?:er|det|lov|og|på|må|skal|vi|har|hos|ved|uten|utan|eller|også|òg)\b",
    re.I,
)
_LATIN = re.compile(r"[a-zæøå]", re.I)

OPENING = 500
"""Characters: enough to tell in which language a text is that is too long to be read."""

_SURE = 0.6
"""How sure the detector must be of a language that isn't Norwegian or English before the bot leaves Norwegian."""
_TOO_SHORT_TO_TELL = 2
"""Words."""


class Asked(BaseModel):
    """One question of a message: as it was asked, and what is searched for."""

    model_config = ConfigDict(frozen=True)

    text: str
    query: str


class Understanding(BaseModel):
    """What a message asks, and the language to answer in. `smalltalk`: nothing is asked for. `foreign`: it is in a
    language that the bot doesn't write."""

    model_config = ConfigDict(frozen=True)

    questions: tuple[Asked, ...]
    language: str
    smalltalk: Smalltalk | None = None
    foreign: bool = False

    @property
    def query(self) -> str:
        """What the whole message asks."""
        return " ".join(asked.query for asked in self.questions)


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
        told, foreign = self._told(text, history)
        return Understanding(
            questions=tuple(self._questions(text, [earlier for earlier in history if not smalltalk(earlier)])),
            language=language or told,
            smalltalk=smalltalk(text),
            foreign=foreign,
        )

    def language(self, text: str, history: Sequence[str] = ()) -> str:
        """The language to answer a text in; that of its thread where the text is too short to tell."""
        return self._told(text, history)[0]

    def _told(self, text: str, history: Sequence[str]) -> tuple[str, bool]:
        """The language to answer in, and whether the text is in one that the bot doesn't write."""
        if told := by_words(text):
            return told, False
        if history and len(text.split()) <= _TOO_SHORT_TO_TELL:
            return self._told(history[-1], history[:-1])
        if not _LATIN.search(text):
            foreign = any(character.isalpha() for character in text)
            return ("en" if foreign else "nb"), foreign
        best, *_ = self._detector.compute_language_confidence_values(text)
        if best.language in _OTHERS:
            foreign = best.value >= _SURE
            return ("en" if foreign else "nb"), foreign
        found = _LANGUAGES[best.language]
        if found == "en" and not _NORWEGIAN_WORD.search(text):
            return "en", False
        # In letters, bokmål and nynorsk look alike: without a telling word, a thread stays in the one it is in.
        return ("nn" if history and self.language(history[-1], history[:-1]) == "nn" else "nb"), False

    def _questions(self, text: str, history: Sequence[str]) -> Iterator[Asked]:
        first, *others = questions(to_the_point(text))
        whole = standalone(first, history, self._knows_subject)
        yield Asked(text=first, query=whole)
        for other in others:
            yield Asked(text=other, query=beside(other, whole, self._knows_subject))


def by_words(text: str) -> str:
    """The language that the text's words tell, in no time; empty where none of them does."""
    told = {language: len(words.findall(text)) for language, words in _TELLING.items()}
    return max(told, key=lambda language: told[language]) if any(told.values()) else ""
