"""Exact references: what a question names by code or paragraph ("B3", "the D strategies", "serveringsloven § 15")."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from knowledge.law_names import Named, key_of_law, laws, of_articles
from knowledge.parts import parts_after, parts_before
from knowledge.slugs import slug
from knowledge.spelling import spell

SECTION = "section:"
PARAGRAPH_NUMBER = r"\d+(?:\s?[a-z](?=-\d))?(?:-\d+)?(?:[a-z](?!\w)|\s[a-hj-z](?![\w-]))?"
"""The number of a paragraph, for patterns that ignore case: "15", "20-1", "1-7a", "1-7 a", "10a-8", "12 A-4".

In "§ 15 i serveringsloven" the letter is a word.
"""
_PARAGRAPH = re.compile(
    rf"(?:§|\bparagraf(?:en)?|\bsection|\b(?P<article>artikkel|article|art\b\.?))\s*({PARAGRAPH_NUMBER})"
    rf"|§§\s*({PARAGRAPH_NUMBER}(?:(?:,|\s+(?:og|eller|and|or))\s+{PARAGRAPH_NUMBER})*)",
    re.I,
)
_WITHOUT_A_SIGN = re.compile(
    r"\.?\s+(\d+(?:\s?[a-z])?-\d+(?:[a-z]|\s[a-hj-z])?(?![\w-])|\d+[a-z]?(?=[?.!,]?\s*$|\s+\S+\s+(?:ledd|punktum)))",
    re.I,
)
"""What follows a law in "pbl 20-5" and "serveringsloven 15?", but not in "serveringsloven 15 år etter"."""
_RANGE = re.compile(r"(\d+)-(\d+)")
_ITEM = re.compile(r"(.*\d)\s?([a-z])", re.I)
_BETWEEN = re.compile(r"[\s,.]*(?:\b(?:i|av|of|in|etter|jf)\b\.?\s*)*", re.I)
_CODE = re.compile(r"(?<![\w§-])([A-Z])[ .-]?(\d{1,2})(?![\w]|-[\w])", re.I)
_GROUP = re.compile(
    r"\b(?:([A-Z])[- ]?|([a-z])-)[Ss]trateg\w+"
    r"|\b[Ss]trateg\w+ (?:(?:under|in|i|har|has) )?(?:(?:gruppe|gruppa|gruppen|group) )?([A-Z])(?!\w|[ .-]?\d)"
    r"|\b[Ss]trateg\w+ (?:\w+ ){0,2}(?:gruppe|gruppa|gruppen|group) ([A-Za-z])\b"
)
_STRATEGY = re.compile(r"\bstrateg\w*", re.I)
_TOPIC = (
    r"\s+(?:som\s+|that\s+)?(?:er\s+|are\s+|finnes\s+|finst\s+|(?:har|have)\s+\w+\s+)?"
    r"(?:(?:handlar\s+|handler\s+|gjelder\s+|gjeld\s+|dreier\s+seg\s+|dreiar\s+seg\s+|dealing\s+|deal\s+)?"
    r"(?:om|for|about|on|with|rundt)|omhandl[ae]r|angår|gjelder|gjeld|concern)\b\s*(?P<topic>.*)"
)
_ALL = re.compile(
    rf"\b(?:alle|all|hvilke|kva|hvilken|which|list|vis)\b.{{0,30}}?\bstrateg(?:ier|iar|iene|iane|ies)\w*(?:{_TOPIC})?",
    re.I,
)
_ABOUT = re.compile(rf"^(?:hva er\s+|kva er\s+|what is\s+|what are\s+)?(?:the\s+)?strateg\w+{_TOPIC}", re.I)
_PLAN = re.compile(
    r"\b(?:(?:hva|kva)\s+(?:sier|seier|mener|meiner)|(?:hva|kva)\s+står\s+det\s+i|what\s+does)\s+(?:the\s+)?"
    r"(?:nærings)?plan(?:en)?\s+(?:say\s+)?(?:om|about|on)\s+(?P<topic>.+)"
    r"|\b(?:hva|kva)\s+(?:handl[ae]r|går)\s+(?:nærings)?planen\s+(?:om|ut\s+på)\b|\bwhat\s+is\s+the\s+plan\s+about\b",
    re.I,
)
"""Asks for what the plan says of a topic, or at all."""
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
    number = re.sub(r"\s+", "", paragraph.lower()).lstrip("§")
    return f"law:{key_of_law(law)}/{number}"


def section_key(document: str, anchor: str) -> str:
    """The key of a section of a document that there are typical questions to."""
    return f"{SECTION}{document}#{anchor}"


def document_of(key: str) -> str:
    """The document that the section of that key is of; empty where it is another key."""
    return key.removeprefix(SECTION).rpartition("#")[0] if key.startswith(SECTION) else ""


def strategy_key(area: str, code: str) -> str:
    """The key of a strategy. Areas reuse the codes, so the area is part of it."""
    return f"strategy:{slug(area)}/{code.upper()}"


class Keys(frozenset[str]):
    """The keys of the strategies and paragraphs that a library holds."""

    @functools.cached_property
    def strategies(self) -> tuple[tuple[str, str], ...]:
        """The area and the code of each strategy among them. Of a hundred thousand keys few are."""
        there = (key.removeprefix("strategy:").rpartition("/") for key in self if key.startswith("strategy:"))
        return tuple((area, code) for area, _, code in there)

    @functools.cached_property
    def laws(self) -> frozenset[str]:
        """The names of the laws that paragraphs among them are of."""
        return frozenset(key.removeprefix("law:").rpartition("/")[0] for key in self if key.startswith("law:"))


def references(text: str, keys: Keys) -> list[Reference]:
    """What the text names among these keys, in reading order; empty where it names nothing that there is."""
    spelt = spell(text)
    return _paragraphs(text, keys) or (_paragraphs(spelt, keys) if spelt != text else []) or _strategies(text, keys)


def absent(text: str, keys: Keys) -> str:
    """The paragraph or the strategy that the text asks for by name and that is not there ("husleieloven § 4-4"); empty
    where it names none, or one that is."""
    if references(text, keys):
        return ""
    for each in _named(spell(text), keys):
        return each.label
    asks = keys.strategies and _asks_for_a_code(text, _areas(text, keys))
    codes = _CODE.findall(text) if asks else []
    return "".join(codes[0]).upper() if codes else ""


class _Paragraph(NamedTuple):
    """A paragraph that is named, whether there is such a one or not."""

    key: str
    part: str
    label: str


def _paragraphs(text: str, keys: Keys) -> list[Reference]:
    named = {Reference(pattern=each.key, part=each.part): None for each in _named(text, keys) if each.key in keys}
    return list(named)


def _named(text: str, keys: Keys) -> Iterator[_Paragraph]:
    if not any(character.isdigit() for character in text) or not (there := laws(text, keys.laws)):
        return
    without_a_sign = filter(None, (_WITHOUT_A_SIGN.match(text, law.end) for law in there))
    read = 0
    for paragraph in sorted((*_PARAGRAPH.finditer(text), *without_a_sign), key=lambda match: match.start()):
        # "serveringsloven § 15" and "§ 15 i serveringsloven": the law named nearest is meant.
        law = min(there, key=lambda law: min(abs(paragraph.start() - law.end), abs(law.start - paragraph.end())))
        parts, read = _parts(text, paragraph, law, read)
        name = of_articles(law.name) if paragraph.groupdict().get("article") else law.name
        *others, last = _numbers(paragraph[0], name, keys)
        named = [(number, "") for number in others] + [(last, part) for part in parts]
        item = _ITEM.fullmatch(last)
        if item and text.startswith(")", paragraph.end()) and law_key(name, last) not in keys:
            named[-1] = (item[1], f"bokstav-{item[2].lower()}")
        for number, part in named:
            yield _Paragraph(law_key(name, number), part, f"{text[law.start : law.end].strip()} § {number}")


def _numbers(paragraph: str, law: str, keys: Collection[str]) -> list[str]:
    """The numbers of the paragraphs that are named there: "§§ 3-5" is three of a law that has no § 3-5."""
    numbers = re.findall(PARAGRAPH_NUMBER, paragraph, re.I)
    several = _RANGE.fullmatch(numbers[0]) if paragraph.startswith("§§") and len(numbers) == 1 else None
    if several and law_key(law, several[0]) not in keys:
        all_of_them = [str(number) for number in range(int(several[1]), min(int(several[2]), int(several[1]) + 20) + 1)]
        return [number for number in all_of_them if law_key(law, number) in keys] or numbers
    return numbers


def _parts(text: str, paragraph: re.Match[str], law: Named, read: int) -> tuple[list[str], int]:
    """The parts of the paragraph that are named behind it, or in front of it where nothing else has been read, past its
    law; "" for the whole. And how far the text has been read then."""
    start, end = paragraph.span()
    parts, past = parts_after(text, end)
    if not parts and law.start >= end and _BETWEEN.fullmatch(text, end, law.start):
        parts, past = parts_after(text, law.end)
    if not parts:
        start = law.start if law.end <= start and _BETWEEN.fullmatch(text, law.end, start) else start
        parts = parts_before(text[read:start])
    return parts or [""], max(past, end)


def _strategies(text: str, keys: Keys) -> list[Reference]:
    areas = _areas(text, keys)
    names, topic = _names(text, areas, keys)
    return [Reference(pattern=f"strategy:{area}/{name}", topic=topic) for name in names for area in areas or ["*"]]


def _names(text: str, areas: Collection[str], keys: Keys) -> tuple[list[str], str]:
    """GLOB patterns of the codes that the text names, and the topic where it names that instead."""
    there = {code for _, code in keys.strategies}
    group = _GROUP.search(text)
    if group:
        letter = next(filter(None, group.groups())).upper()
        if any(code.startswith(letter) for code in there):
            return [f"{letter}[0-9]*"], ""
    codes = [code[1].upper() + code[2] for code in _CODE.finditer(text)] if _asks_for_a_code(text, areas) else []
    known = [code for code in dict.fromkeys(codes) if code in there]
    if known:
        return known, ""
    every = _ALL.search(text) or _ABOUT.search(text) or _PLAN.search(text)
    if every and there:
        return ["*"], (every["topic"] or "").strip(" ?.!")
    return [], ""


def _asks_for_a_code(text: str, areas: Collection[str]) -> bool:
    words = set(re.findall(r"[a-zæøå]{2,}|\bi\b", _CODE.sub(" ", text).lower())) - _AROUND_A_CODE
    of_areas = {word for area in areas for word in area.split("-")}
    return bool(_STRATEGY.search(text)) or {slug(word) for word in words} <= of_areas


def _areas(text: str, keys: Keys) -> list[str]:
    words = f"-{slug(text)}-"
    named = [area for area in sorted({area for area, _ in keys.strategies}) if f"-{area}-" in words]
    # "Klima og miljø" names no area that is called "Klima".
    return [area for area in named if not any(area != other and area in other for other in named)]
