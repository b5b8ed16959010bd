"""Several questions in one message, told apart where that is safe; what is unsure stays one question."""

from __future__ import annotations

import re

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
    "(?:mye|mykje|lang[te]?|lenge|mange|ofte|stor[te]?|små|gam(?:mel|al|le)|høye?|høge?|tidlig|tidleg|sent|seint"
    "|much|many|long|often|big|large|old|early|late)"
)
_WHICH = (
    r"(?:(?:hvilke[nt]?|kva for(?: ein| ei| eit)?|which|what) \w+"
    rf"|(?:hvor|kor|how) {_HOW_MUCH}(?: (?!{_VERB}\b|{_SUBJECT}\b)\w+)?)"
)
_ASKS = rf"(?:(?:{_WORD}|{_WHICH}) {_VERB}\b|{_VERB} {_SUBJECT}\b)"
"""How a question begins: what it asks for, then at once the verb ("hvor lang er", not "hvor jeg skal"); or a verb and
who it is about ("må jeg")."""
_BEGINS = re.compile(rf"(?:(?:og|men|and|but|hei|hi|hello|hallo)\b[,!]?\s+)*{_ASKS}", re.I)
_JOINT = re.compile(rf"\s*,?\s+(?:og|samt|and)\s+(?={_ASKS})|\s*,\s+(?=(?:{_WORD}|{_WHICH}) {_VERB}\b)", re.I)
_UNSAFE = re.compile(
    r"\b(?:forskjell\w*|skilnad\w*|mellom|enten|anten|både|difference|between|either|both|whether|hvis|viss|dersom|if)\b",
    re.I,
)
"""In such a question, "og" and what follows may belong to what it says before."""
_QUESTION_END = re.compile(r"(?<=\?)\s+")
SENTENCE_END = re.compile(r"(?<=[.!])\s+|\n+")
_LEADING = re.compile(r"^(?:og|men|and|but)\s+", re.I)


def questions(text: str) -> tuple[str, ...]:
    """The questions of a message in their order, each with what was said before the first of them; the message itself
    where it has one question, more than are read apart, or can't be told apart for certain."""
    asked: list[str] = []
    preface = ""
    for piece in _QUESTION_END.split(text.strip()):
        *said, question = SENTENCE_END.split(piece)
        preface = preface or " ".join(said)
        # What is said between questions or behind the last one may change what they ask.
        if not piece.endswith("?") or not _BEGINS.match(question) or (asked and said):
            return (text,)
        asked += [f"{preface} {each}".strip() for each in _parted(question)]
    return tuple(asked) if 1 < len(asked) <= MOST else (text,)


def _parted(question: str) -> list[str]:
    """The questions in a sentence: "Hva koster det, og hvor lang tid tar det?" holds two."""
    if _UNSAFE.search(question):
        return [question]
    pieces = [_LEADING.sub("", piece).strip(" ,?") for piece in _JOINT.split(question)]
    return [f"{piece[:1].upper()}{piece[1:]}?" for piece in pieces] if len(pieces) > 1 else [question]
