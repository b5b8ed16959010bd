"""Names of laws as people write them, and which law of the library each is: in full, short, misspelt, by number."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection
from typing import NamedTuple

from knowledge.slugs import slug

ALIASES = {
    "pbl": "plan- og bygningsloven",
    "fvl": "forvaltningsloven",
    "offl": "offentleglova",
    "aml": "arbeidsmiljøloven",
    "foa": "anskaffelsesforskriften",
    "loa": "anskaffelsesloven",
    "alkhl": "alkoholloven",
    "husll": "husleieloven",
    "vtrl": "vegtrafikkloven",
    "ldl": "likestillings- og diskrimineringsloven",
    "lov om omsetning av alkoholholdig drikk": "alkoholloven",
    "sak10": "byggesaksforskriften",
    "sak": "byggesaksforskriften",
    "tek17": "byggteknisk forskrift",
    "tek": "byggteknisk forskrift",
    "gdpr": "personvernforordningen",
}
"""The short names that lawyers and builders use, where they are not made by a rule."""

_ARTICLES_OF = {"personopplysningsloven": "personvernforordningen"}
"""Laws that take in a regulation of the EU's: their articles are its, their paragraphs their own."""

_ENDING = r"(?:loven|lova|forskriften|forskrifta|forordningen)"
_NAME = re.compile(
    rf"\b\w+{_ENDING}s?\b|\b\w{{3,}}\. ?{_ENDING}s?\b|\bbyggteknisk forskrift\b|\b(?:tek|sak) 1[07]\b"
    rf"|\b(?:{'|'.join(name for name in ALIASES if ' ' not in name)})\b",
    re.I,
)
_BESIDE = re.compile(r"\w+-? og $", re.I)
"""What a name of two words has before its last one ("plan- og bygningsloven")."""
_PIECE = re.compile(r"\b\w{2,}\. ?$")
"""What a shortened name has before it ("arb.miljøloven")."""
_TITLE = re.compile(r"\b(?:forskrift|lov) (?:om|til) [^§.,;:?!()\n]+", re.I)
_NUMBERED = re.compile(r"\b(?:(?:lov|forskrift|for)[-/ ])?\d{4}-\d{2}-\d{2}(?:-\d+)?\b", re.I)
_SHORT = re.compile(
    r"\b\w+(?=\.?\s*§)|(?:(?<=\bi )|(?<=\bav )|(?<=\bof )|(?<=\bin ))\w+|\b\w{2,}l(?=\.?\s+\d+[a-z]?-\d)", re.I
)
"""What may be the short name of a law ("husll. § 3-5", "§ 3-5 i husll", "husll 3-5")."""
_FORMS = (("lovens", "loven"), ("lova", "loven"), ("forskrifta", "forskriften"), ("forskriftens", "forskriften"))
_LONG = 11
_ALIKE = 0.92
"""How alike (0..1, difflib's ratio) a name of so many letters must be to that of a law of which it is a misspelling: a
letter too many, too few or another one."""
_STEM = 3
"""Letters of a name that a shortened one has at the least."""
_MOST = 20
"""Names of a text that may be short for another, and that may be misspelt: who writes more of them means none."""


class Named(NamedTuple):
    """A law that a text names: its name as keys have it, and where it stands."""

    name: str
    start: int
    end: int


def key_of_law(law: str) -> str:
    """The law's part of keys: "plan-og-bygningsloven" for "pbl", "Plan- og bygningslova" and "(…)" behind it."""
    name = " ".join(law.lower().replace("\N{NO-BREAK SPACE}", " ").split())
    name = re.sub(r"\s*\(.*?\)", "", name).strip(". ")
    name = re.sub(r"^(tek|sak) (?=1[07]$)", r"\1", name)
    name = ALIASES.get(name, name)
    for ending, usual in _FORMS:
        if name.endswith(ending):
            name = name.removesuffix(ending) + usual
    return slug(name)


def of_articles(law: str) -> str:
    """The law that an article of that one is of."""
    return _ARTICLES_OF.get(law, law)


def laws(text: str, names: Collection[str]) -> list[Named]:
    """The laws that the text names, those that the library holds by their `names` in keys, others as they are
    written."""
    found = [(match[0], match.start(), match.end()) for match in _NAME.finditer(text)]
    maybe = [
        (match[0], match.start(), match.end())
        for pattern in (_TITLE, _NUMBERED, _SHORT)
        for match in pattern.finditer(text)
    ]
    if not (found or maybe):
        return []
    held = _Held(names)
    sure = [_widest(text, written, start, end, held) for written, start, end in found]
    return sure + [Named(name, start, end) for written, start, end in maybe if (name := held.named(written))]


def _widest(text: str, written: str, start: int, end: int, held: _Held) -> Named:
    """The law with what belongs to its name in front of it, where a law of the library has that name."""
    for before in (_BESIDE, _PIECE):
        more = before.search(text, max(0, start - 40), start)
        if more and (name := held.named(text[more.start() : end])):
            return Named(name, more.start(), end)
    return Named(held.named(written) or held.meant(written) or key_of_law(written), start, end)


class _Held:
    """The names of the laws that the library holds, as one text is read: each name is looked for once."""

    def __init__(self, names: Collection[str]) -> None:
        self._names = names
        self._known: dict[str, str] = {}
        self._guessed: dict[str, str] = {}

    def named(self, written: str) -> str:
        """The law of that name, or that the name is short for; empty where it is none, or several."""
        name = key_of_law(written)
        if name in self._names:
            return name
        if written not in self._known:
            self._known[written] = self._short(written, name) if len(self._known) < _MOST else ""
        return self._known[written]

    def meant(self, written: str) -> str:
        """The law whose name this may be a misspelling of; empty where it is none, or several."""
        name = key_of_law(written)
        if len(name) < _LONG or (name not in self._guessed and len(self._guessed) >= _MOST):
            return ""
        if name not in self._guessed:
            likely = [each for each in self._names if each[0] == name[0] and abs(len(each) - len(name)) <= 2]
            alike = difflib.get_close_matches(name, likely, n=2, cutoff=_ALIKE)
            self._guessed[name] = alike[0] if len(alike) == 1 else ""
        return self._guessed[name]

    def _short(self, written: str, name: str) -> str:
        if name.endswith("forskriften"):
            about = f"forskrift-om-{name.removesuffix('forskriften').removesuffix('s')}"
            if about in self._names:
                return about
        first, *others = [slug(piece) for piece in written.lower().strip(". ").split(".")]
        if len(first) < _STEM or len(others) > 1 or not (others or (len(first) > _STEM and first.endswith("l"))):
            return ""
        begins, ends = (first, key_of_law(others[0])) if others else (first[:-1], "loven")
        found = [each for each in self._names if each.startswith(begins) and each.endswith(ends)]
        return found[0] if len(found) == 1 else ""
