"""Exact references: what a question names by code or paragraph ("B3", "the D strategies", "serveringsloven § 15")."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from pydantic import BaseModel, ConfigDict

from knowledge.parts import parts_after, parts_before
from knowledge.spelling import spell

ALIASES = {
    "pbl": "plan- og bygningsloven",
    "fvl": "forvaltningsloven",
    "offl": "offentleglova",
    "aml": "arbeidsmiljøloven",
    "foa": "anskaffelsesforskriften",
    "loa": "anskaffelsesloven",
    "sak10": "byggesaksforskriften",
    "sak": "byggesaksforskriften",
    "tek17": "byggteknisk forskrift",
    "tek": "byggteknisk forskrift",
    "gdpr": "personvernforordningen",
}
"""The short names that lawyers and builders use."""

PARAGRAPH_NUMBER = r"\d+(?:\s?[a-z](?=-\d))?(?:-\d+)?(?:[a-z](?!\w)|\s[a-hj-z](?![\w-]))?"
"""The number of a paragraph, for patterns that ignore case: "15", "20-1", "1-7a", "1-7 a", "10a-8", "12 A-4".

In "§ 15 i serveringsloven" the letter is a word.
"""
_PARAGRAPH = re.compile(
    rf"(?:§|\bparagraf(?:en)?|\bsection|\bartikkel|\bart\.)\s*({PARAGRAPH_NUMBER})"
    rf"|§§\s*({PARAGRAPH_NUMBER}(?:(?:,|\s+(?:og|eller|and|or))\s+{PARAGRAPH_NUMBER})*)",
    re.I,
)
_WITHOUT_A_SIGN = re.compile(
    r"\.?\s+(\d+(?:\s?[a-z])?-\d+(?:[a-z]|\s[a-hj-z])?(?![\w-])|\d+[a-z]?(?=[?.!,]?\s*$|\s+\S+\s+(?:ledd|punktum)))",
    re.I,
)
"""What follows a law in "pbl 20-5" and "serveringsloven 15?", but not in "serveringsloven 15 år etter"."""
_LAW = re.compile(
    r"\b(?:\w+- og )?\w+(?:loven|lova|lovens|forskriften|forskrifta|forordningen)\b"
    r"|\bbyggteknisk forskrift\b|\b(?:" + "|".join(ALIASES) + r")\b",
    re.I,
)
_TITLE = re.compile(r"\b(?:forskrift|lov) (?:om|til) [^§.,;:?!()\n]+", re.I)
_NUMBERED = re.compile(r"\b(?:(?:lov|forskrift|for)[-/ ])?\d{4}-\d{2}-\d{2}(?:-\d+)?\b", re.I)
_SHORT_NAME = re.compile(r"\b\w+(?=\.?\s*§)|(?:(?<=\bi )|(?<=\bav )|(?<=\bof )|(?<=\bin ))\w+", re.I)
"""What may be the short name of a law ("husll. § 3-5", "§ 3-5 i husll")."""
_ITEM = re.compile(r"(.*\d)\s?([a-z])", re.I)
_BETWEEN = re.compile(r"[\s,.]*(?:\b(?:i|av|of|in|etter|jf)\b\.?\s*)*", re.I)
_CODE = re.compile(r"(?<![\w§-])([A-Z]) ?(\d{1,2})(?![\w]|-[\w])", re.I)
_GROUP = re.compile(
    r"\b(?:([A-Z])[- ]?|([a-z])-)[Ss]trateg\w+|\b[Ss]trateg\w+ (?:(?:under|in|i|gruppe|group) )?([A-Z])(?!\w| ?\d)"
)
_STRATEGY = re.compile(r"\bstrateg\w*", re.I)
_TOPIC = (
    r"\s+(?:som\s+|that\s+)?(?:er\s+|are\s+)?(?:handlar\s+|handler\s+|dealing\s+|deal\s+)?"
    r"(?:om|for|about|on|with|rundt)\b\s*(?P<topic>.*)"
)
_ALL = re.compile(
    rf"\b(?:alle|all|hvilke|kva|hvilken|which|list|vis)\b.{{0,30}}?\bstrateg(?:ier|iar|iene|iane|ies)\w*(?:{_TOPIC})?",
    re.I,
)
_ABOUT = re.compile(rf"^(?:hva er\s+|kva er\s+|what is\s+|what are\s+)?(?:the\s+)?strateg\w+{_TOPIC}", re.I)
# A short message of a code and only such words asks for the code; "plakat A4" does not.
_AROUND_A_CODE = frozenset(
    "hva kva sier seier står det i om er innebærer betyr vis vise les forklar meg strategi strategien punkt og med da"
    " what does do say says is the mean means show me explain about strategy code plan planen and in of"
    " kan du forklare fortell fortelle fortel vennligst takk can could you tell please".split()
)


class Reference(BaseModel):
    """Something a text names. `pattern` is a GLOB over the keys of passages; `topic` narrows a list of strategies, and
    `part` ("ledd-2-bokstav-a") a paragraph."""

    model_config = ConfigDict(frozen=True)

    pattern: str
    topic: str = ""
    part: str = ""


def law_key(law: str, paragraph: str) -> str:
    """The key of a paragraph: "law:plan-og-bygningsloven/20-1" for ("pbl", "§ 20-1"), the same in nynorsk ("-lova")."""
    name = " ".join(law.lower().replace("\N{NO-BREAK SPACE}", " ").split())
    name = re.sub(r"\s*\(.*?\)", "", name).strip(". ")
    name = ALIASES.get(name, name)
    name = re.sub(r"lovens$", "loven", re.sub(r"lova$", "loven", re.sub(r"forskrifta$", "forskriften", name)))
    number = re.sub(r"\s+", "", paragraph.lower()).lstrip("§")
    return f"law:{slug(name)}/{number}"


def strategy_key(area: str, code: str) -> str:
    """The key of a strategy. Areas reuse the codes, so the area is part of it."""
    return f"strategy:{slug(area)}/{code.upper()}"


def slug(text: str) -> str:
    """A name for addresses: lower case ASCII letters and digits, the rest hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("æ", "ae").replace("ø", "o"))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")


def references(text: str, keys: Collection[str]) -> list[Reference]:
    """What the text names among these keys, in reading order; empty where it names nothing that there is.

    `keys` are those of the strategies and paragraphs that the library holds.
    """
    spelt = spell(text)
    return _paragraphs(text, keys) or (_paragraphs(spelt, keys) if spelt != text else []) or _strategies(text, keys)


def _paragraphs(text: str, keys: Collection[str]) -> list[Reference]:
    if not any(character.isdigit() for character in text):
        return []
    laws = _laws(text, keys)
    without_a_sign = filter(None, (_WITHOUT_A_SIGN.match(text, law.end()) for law in laws))
    found: dict[Reference, None] = {}
    read = 0
    for paragraph in sorted((*_PARAGRAPH.finditer(text), *without_a_sign), key=lambda match: match.start()):
        if laws:
            # "serveringsloven § 15" and "§ 15 i serveringsloven": the law named nearest is meant.
            law = min(laws, key=lambda law: min(abs(paragraph.start() - law.end()), abs(law.start() - paragraph.end())))
            parts, read = _parts(text, paragraph, law, read)
            *others, last = re.findall(PARAGRAPH_NUMBER, paragraph[0], re.I)
            named = [(law_key(law[0], number), "") for number in others]
            named += [(law_key(law[0], last), part) for part in parts]
            item = _ITEM.fullmatch(last)
            if item and text.startswith(")", paragraph.end()) and named[-1][0] not in keys:
                named[-1] = (law_key(law[0], item[1]), f"bokstav-{item[2].lower()}")
            found.update({Reference(pattern=key, part=part): None for key, part in named if key in keys})
    return list(found)


def _laws(text: str, keys: Collection[str]) -> list[re.Match[str]]:
    maybe = [*_TITLE.finditer(text), *_NUMBERED.finditer(text), *_SHORT_NAME.finditer(text)]
    held = {key.rpartition("/")[0] for key in keys} if maybe else set()
    return [*_LAW.finditer(text), *(each for each in maybe if law_key(each[0], "").rstrip("/") in held)]


def _parts(text: str, paragraph: re.Match[str], law: re.Match[str], read: int) -> tuple[list[str], int]:
    """The parts of the paragraph that are named behind it, or in front of it where nothing else has been read, past its
    law; "" for the whole. And how far the text has been read then."""
    start, end = paragraph.span()
    parts, past = parts_after(text, end)
    if not parts and law.start() >= end and _BETWEEN.fullmatch(text, end, law.start()):
        parts, past = parts_after(text, law.end())
    if not parts:
        start = law.start() if law.end() <= start and _BETWEEN.fullmatch(text, law.end(), start) else start
        parts = parts_before(text[read:start])
    return parts or [""], max(past, end)


def _strategies(text: str, keys: Collection[str]) -> list[Reference]:
    areas = _areas(text, keys)
    names, topic = _names(text, areas, keys)
    return [Reference(pattern=f"strategy:{area}/{name}", topic=topic) for name in names for area in areas or ["*"]]


def _names(text: str, areas: Collection[str], keys: Collection[str]) -> tuple[list[str], str]:
    """GLOB patterns of the codes that the text names, and the topic where it names that instead."""
    there = {key.rpartition("/")[2] for key in keys if key.startswith("strategy:")}
    group = _GROUP.search(text)
    if group:
        letter = next(filter(None, group.groups())).upper()
        if any(code.startswith(letter) for code in there):
            return [f"{letter}[0-9]*"], ""
    codes = [code[1].upper() + code[2] for code in _CODE.finditer(text)] if _asks_for_a_code(text, areas) else []
    known = [code for code in dict.fromkeys(codes) if code in there]
    if known:
        return known, ""
    every = _ALL.search(text) or _ABOUT.search(text)
    if every and there:
        return ["*"], (every["topic"] or "").strip(" ?.!")
    return [], ""


def _asks_for_a_code(text: str, areas: Collection[str]) -> bool:
    words = set(re.findall(r"[a-zæøå]{2,}|\bi\b", _CODE.sub(" ", text).lower())) - _AROUND_A_CODE
    of_areas = {word for area in areas for word in area.split("-")}
    return bool(_STRATEGY.search(text)) or {slug(word) for word in words} <= of_areas


def _areas(text: str, keys: Collection[str]) -> list[str]:
    words = f"-{slug(text)}-"
    areas = {key.removeprefix("strategy:").rpartition("/")[0] for key in keys if key.startswith("strategy:")}
    named = [area for area in sorted(areas) if f"-{area}-" in words]
    # "Klima og miljø" names no area that is called "Klima".
    return [area for area in named if not any(area != other and area in other for other in named)]
