"""Several questions in one message, told apart where that is safe; what is unsure stays one question."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST = 3
"""Questions: a message of more is read as one."""

_VERB = (
    "(?:er|var|blir|vert|kost(?:er|ar)|må|kan|skal|bør|får|fær|har|gjeld(?:er)?|treng(?:er)?|trengs|trengst|krev(?:er|es|st)?"
    "|søker|søkjer|sender|finner|finn|finnes|finst|tar|tek|betyr|sier|seier|gjør|gjer|skjer|slipper|slepp|bestemmer|avgjør"
    "|is|are|do|does|can|must|should|will|has|have|may|did)"
)
_SUBJECT = (
    "(?:jeg|eg|vi|man|ein|en|et|ei|du|dere|de|det|den|noen|nokon|alle|kommunen|i|we|you|it|they|one|the|a|an|someone)"
)
_WORD = "(?:hva|kva|hvem|kven|når|hvordan|korleis|hvorfor|kvifor|hvor|kor|kvar|what|when|where|who|how|why)"
_HOW_MUCH = (
    "(?:mye|mykje|lang[te]?|lenge|mange|ofte|stor[te]?|små|gam(?:mel|al|le)|høy[et]?|høg[et]?|tidlig|tidleg|sent|seint"
    "|much|many|long|often|big|large|old|early|late)"
)
_WHICH = (
    r"(?:(?:hvilke[nt]?|kva for(?: ein| ei| eit)?|which|what) \w+"
    rf"|(?:hvor|kor|how) {_HOW_MUCH}(?: (?!{_VERB}\b|{_SUBJECT}\b)\w+)?)"
)
_ASKS = rf"(?:(?:{_WORD}|{_WHICH}) {_VERB}\b|{_VERB} {_SUBJECT}\b)"
"""How a question begins: what it asks for, then at once the verb ("hvor lang er", not "hvor jeg skal"); or a verb and
who it is about ("må jeg")."""
_BEGINS = re.compile(rf"(?:(?:og|men|and|but|hei|hi|hello|hallo)\b[,!]?\s+)*(?:{_ASKS}|{_VERB} \w)", re.I)
_JOINT = re.compile(rf"\s*,?\s+(?:og|samt|and)\s+(?={_ASKS})|\s*,\s+(?=(?:{_WORD}|{_WHICH}) {_VERB}\b)", re.I)
_UNSAFE = re.compile(
    r"\b(?:forskjell\w*|skilnad\w*|mellom|enten|anten|både|difference|between|either|both|whether|hvis|viss|dersom|if)\b",
    re.I,
)
"""In such a question, "og" and what follows may belong to what it says before."""
_TOGETHER = re.compile(r"\b(?:samme|same|begge|sammen|saman|together|samlet|samla|total\w*|fra|frå|from)\b", re.I)
"""With such a word, the ends of a question may belong together."""
_QUESTION_END = re.compile(r"(?<=\?)\s+")
SENTENCE_END = re.compile(r"(?<=[.!])\s+|\n+")
_MARKER = re.compile(
    r"(?:^|(?<=\s))(?:(?:(?P<number>\d{1,2})[.)]|(?P<letter>[a-z])\))\s*(?=[^\W\d])|(?P<bullet>[•*–-])\s+)", re.I
)
"""What the items of a list begin with."""
_THANKS = re.compile(
    r"\s+(?:(?:tusen |mange )?takk|thanks|thank you|på forhånd|mvh|(?:vennlig |beste )?hilsen|regards)\b[^?]*$", re.I
)
_ANNOUNCES = re.compile(
    r"(?:\W*\b(?:hei|hallo|hi|hello|jeg|eg|vi|i|we|har|have|lurer|lurar|undrer|undrar|wonder|på|about|noen|nokre|nokon|et|eit|par|to|tre"
    r"|fire|two|three|some|a|few|følgende|følgjande|these|spørsmål|questions?|ting|things|til|dere|dykk|for|you|dette|her|er|kan|svare)\b)*\W*",
    re.I,
)
"""Words before a list that say nothing but that there is one."""
_SAME_END = re.compile(
    r"(?P<asks>[^,?]+?) (?P<ends>(?P<word>for|til|to) (?:(?! (?P=word) )[^,?])+"
    r"(?:, (?P=word) (?:(?! (?P=word) )[^,?])+)*,? (?:og|samt|and) (?P=word) (?:(?! (?P=word) )[^,?])+)\?",
    re.I,
)
"""A question with several ends that begin alike: "… for øl, for tobakk og for å jobbe i baren?"."""
_LEADING = re.compile(r"^(?:og|men|and|but)\s+", re.I)


def questions(text: str) -> tuple[str, ...]:
    """The questions of a message in their order, each with what was said before the first of them; the message itself
    where it has one question, more than are read apart, or can't be told apart for certain."""
    preface, items = _listed(text)
    if items:
        asked = [f"{preface} {each}".strip() for item in items for each in questions(item)]
    else:
        asked = _in_sentences(text)
    return tuple(asked) if 1 < len(asked) <= MOST else (text,)


def _listed(text: str) -> tuple[str, list[str]]:
    """What is said before a list of questions, and its items without their markers; no items where there is no list."""
    text = _THANKS.sub("", text.strip())
    markers = list(_MARKER.finditer(text))
    if len(markers) < 2 or not _in_order(text, markers):
        return "", []
    ends = [*(marker.start() for marker in markers[1:]), len(text)]
    items = [text[marker.end() : end].strip(" \n\t;,.") for marker, end in zip(markers, ends, strict=True)]
    preface = text[: markers[0].start()].strip()
    # Where a mark may be something else ("på 1. og 2. plass", a dash), all must be questions, and nothing else.
    if "?" in preface or not all(_is_question(item) for item in items):
        return "", []
    return "" if _ANNOUNCES.fullmatch(preface) else preface, [f"{item.rstrip('?')}?" for item in items]


def _is_question(item: str) -> bool:
    """Is this item of a list a question? Its mark may be left out."""
    return bool(_BEGINS.match(SENTENCE_END.split(item)[-1])) and (item.endswith("?") or "?" not in item)


def _in_order(text: str, markers: Sequence[re.Match[str]]) -> bool:
    """Are they the marks of one list: 1, 2, 3 or a, b, c, or all the same?"""
    numbers = [int(marker["number"]) if marker["number"] else 0 for marker in markers]
    letters = "".join(marker["letter"] or " " for marker in markers).lower()
    same = {marker["bullet"] for marker in markers}
    counted = [*range(1, len(markers) + 1)]
    return numbers == counted or letters == "abcdefghij"[: len(markers)] or (len(same) == 1 and None not in same)


def _in_sentences(text: str) -> list[str]:
    """The questions of a message that is no list; the message itself where they can't be told apart for certain."""
    asked: list[str] = []
    preface = ""
    for piece in _QUESTION_END.split(text.strip()):
        *said, question = SENTENCE_END.split(piece)
        preface = preface or " ".join(said)
        # What is said between questions or behind the last one may change what they ask.
        if not piece.endswith("?") or not _BEGINS.match(question) or (asked and said):
            return [text]
        asked += [f"{preface} {each}".strip() for each in _parted(question)]
    return asked


def _parted(question: str) -> list[str]:
    """The questions in a sentence: "Hva koster det, og hvor lang tid tar det?" holds two."""
    if _UNSAFE.search(question):
        return [question]
    if (same := _SAME_END.fullmatch(question)) and not _TOGETHER.search(question):
        ends = re.split(rf",? (?:(?:og|samt|and) )?(?={same['word']} )", same["ends"])
        return [f"{same['asks']} {end}?" for end in ends if end]
    pieces = [_LEADING.sub("", piece).strip(" ,?") for piece in _JOINT.split(question)]
    return [f"{piece[:1].upper()}{piece[1:]}?" for piece in pieces] if len(pieces) > 1 else [question]
