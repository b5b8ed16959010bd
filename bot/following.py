"""What a follow-up leaves out, put in from the thread: what it is about, and the paragraph that it means a part of."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

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

_NUMBER = r"§+\s*\d+(?:\s?[a-z](?=-\d))?(?:-\d+)?(?:\s?[a-hj-z]\b)?"
_LAW = r"(?:[\w-]+ og )?[\w-]*(?:loven|lova|forskriften|forskrifta)|pbl|fvl|aml|husll|tek\s?17|sak\s?10|offl"
_CITED = re.compile(
    rf"(?P<number>{_NUMBER})\s+(?:i|av|of|in|etter)\s+(?:the\s+)?(?P<law>{_LAW})\b"
    rf"|\b(?P<law_first>{_LAW})\.?\s*(?P<number_last>{_NUMBER})",
    re.I,
)
_NUMBER_ALONE = re.compile(_NUMBER, re.I)
_ORDINAL = (
    r"(?:første|fyrste|andre|annet|anna|tredje|fjerde|femte|sjette|siste|first|second|third|fourth|fifth|last|\d\.)"
)
_PART = re.compile(
    rf"\b(?:{_ORDINAL}\s+(?:ledd|avsnitt|punktum|setning|paragraph|subsection|sentence)"
    r"|(?:ledd|bokstav|litra|nr\.?|punkt|letter|item)\s+(?:\d{1,2}|[a-z])\b)",
    re.I,
)
"""A part of a paragraph ("andre ledd", "bokstav b")."""

_INSTEAD = re.compile(
    r"^(?:og|men|enn|hva med|kva med|and|what about|how about)\s+(?P<what>(?P<word>for|til|med|with)\s+[^?.!]+)[?.!]*$",
    re.I,
)
"""A follow-up that puts something else in the place of what the question before ended with ("og for øl?")."""

_WORD = re.compile(r"[\w-]{3,}")
_EMPTY = frozenset(
    "hva kva hvem kven når hvor kor kvar hvordan korleis hvorfor kvifor hvilke hvilken hvilket mye mykje lang"
    " langt lange lenge mange ofte stor stort jeg man ein vi vår vårt våre min mitt mine meg oss det den dette er"
    " var blir vert har kan må skal bør får koster kostar tar tek gjelder gjeld trenger treng krever krev finnes"
    " finst gjør gjer søke søkje skjer være vere ved for til med fra frå som eller også ikke ikkje noe noko noen nokon"
    " alle hele heile kommunen what when where who how why which much long many often you our the does must can should"
    " will has have are cost take need get apply and that this with from any".split()
)
"""Words that don't tell what a question is about."""
_LITTLE = 1
"""Words: a question with no more that tell is about what was asked with it."""
_POINTS_NOWHERE = re.compile(
    r"\b(?:er|fin(?:ne)?s|finst|blir|vert|kost(?:er|ar)|trengs|kreves|krevst|is)\s+(?:det|it|there)\b(?=\s+(?:\w+\s+)?(?:å|at|to|en|ei?t?|ein"
    r"|noen|nokon|noe|noko|lov|krav|regler|reglar|forbudt|forbode|a|any)\b)",
    re.I,
)
"""In "er det lov å", the pronoun stands for nothing that was said before."""
_OF_ANYTHING = re.compile(
    r"\b(?:(?:saks)?behandlingstid\w*|(?:saks)?handsamingstid\w*|svartid\w*|(?:søknads)?frist(?:en|er|ene|ar|ane)?"
    r"|aldersgrense\w*|gebyr(?:et|a|ene)?|avgift(?:en|a)?|pris(?:en|a)?|krav(?:et|a|ene)?|regl(?:er|ar|ene|ane)|vilkår(?:et|a|ene)?"
    r"|søknad(?:en|er|ar)?|saken?|saka|vedtaket?|bevilling(?:en|a)?|løyvet?|tillatelsen?|tillating(?:a|en)?|godkjenning(?:en|a)?"
    r"|inndra\w*|inndregen|sende[rs]?|levere[rs]?|leverar|betale[rs]?|betalar|fornye[srt]?|fornyar|endre[srt]?|endrar|utvide[srt]?|forlenge[srt]?"
    r"|deadline|fees?|requirements?|applications?|licen[cs]e|permit|decision|send|pay|renew\w*|extend\w*)\b",
    re.I,
)
"""What can be asked of any subject, and is none by itself: "saksbehandlingstiden", "bevillingen"."""
_DOES = re.compile(r"\b(?:å|to)\s+(?P<what>[^?.!]+)", re.I)
"""What somebody would do: "å klage"."""


def standalone(text: str, history: Sequence[str], knows_subject: Callable[[str], bool] = bool) -> str:
    """The question with what it leaves out of those before it, oldest first: a paragraph, or they themselves, back to
    the one that says what it is about. `knows_subject` tells of a question whether it says that itself."""
    return _in_paragraph(text, history) or _instead(text, history) or _joined(text, history, knows_subject)


def beside(text: str, first: str, knows_subject: Callable[[str], bool]) -> str:
    """A question that was asked in one message with another before it, with what that one is about."""
    if _says_subject(text, knows_subject):
        return text
    if leaves_out(_POINTS_NOWHERE.sub("er", text)):
        return standalone(text, [first], knows_subject)
    telling = _telling(_OF_ANYTHING.sub(" ", text))
    if _NAMES.search(text) or len(telling) > _LITTLE:
        return text
    return " ".join([text, *(word for word in _telling(first) if word not in _telling(text))])


def _says_subject(text: str, knows_subject: Callable[[str], bool]) -> bool:
    """Does the question name a subject of its own, which is more than what is asked of any subject?"""
    plain = _POINTS_NOWHERE.sub("er", text)
    if _FOLLOW_UP.search(plain) or _POINTS_BACK.search(plain) or len(plain.split()) < _VERY_SHORT:
        return False
    subject = _OF_ANYTHING.sub(" ", plain)
    does = _DOES.search(subject) if plain != text else None
    return bool(does and _telling(does["what"])) or knows_subject(subject)


def leaves_out(text: str) -> bool:
    """Does the question say too little to be searched for by itself?"""
    words = len(text.split())
    points_back = words <= _VERY_SHORT or _FOLLOW_UP.search(text) or _POINTS_BACK.search(text)
    return words <= _SHORT and not _NAMES.search(text) and bool(points_back)


def _joined(text: str, history: Sequence[str], knows_subject: Callable[[str], bool]) -> str:
    thread = [text]
    for earlier in reversed(history):
        if not _needs_more(thread[0], knows_subject):
            break
        thread.insert(0, earlier)
    return " ".join([thread[0], *thread[1:][-_FOLLOW_UPS:]])


def _needs_more(text: str, knows_subject: Callable[[str], bool]) -> bool:
    longest = _LONGEST if _FOLLOW_UP.search(text) else _LONG
    if len(text.split()) > longest or _NAMES.search(text):
        return False
    if _says_subject(text, knows_subject):
        return False
    return leaves_out(text) or not knows_subject(_OF_ANYTHING.sub(" ", text))


def _in_paragraph(text: str, history: Sequence[str]) -> str:
    """The question with the law, or the paragraph, of which it names a paragraph or a part; empty where it does not."""
    if len(text.split()) > _SHORT or _CITED.search(text):
        return ""
    number, law = _cited(history)
    other = _NUMBER_ALONE.search(text)
    whole = f"{other[0] if other else number} i {law}"
    asks = other or (_PART.search(text) and number)
    if not (law and asks):
        return ""
    plain = _NUMBER_ALONE.sub("", text).strip(" ?.!")
    return f"{' '.join(plain.split())} {whole}?" if other else f"{plain} i {whole}?"


def _cited(history: Sequence[str]) -> tuple[str, str]:
    """The paragraph and the law that the thread is about; empty where it has gone on to something else."""
    number = law = ""
    for text in history:
        if cited := _CITED.search(text):
            number = cited["number"] or cited["number_last"]
            law = cited["law"] or cited["law_first"]
        elif law and len(text.split()) <= _SHORT and (other := _NUMBER_ALONE.search(text)):
            number = other[0]
        elif not (leaves_out(text) or _PART.search(text)):
            number = law = ""
    return number, law


def _instead(text: str, history: Sequence[str]) -> str:
    """The question before with its end replaced; empty where the text says nothing that stands in its place."""
    put = _INSTEAD.match(text)
    if not put or not history or leaves_out(history[-1]):
        return ""
    before = history[-1].rstrip(" ?.!")
    end = re.search(rf"\b{put['word']}\s+\w+$", before, re.I)
    return f"{before[: end.start()]}{put['what'].strip()}?" if end else ""


def _telling(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.lower() not in _EMPTY]
