"""References written out in words, brought into the form that they are known by."""

from __future__ import annotations

import re

_CARDINALS = (
    "null en|ein to tre fire fem seks sju|syv åtte ni ti elleve tolv tretten fjorten femten seksten sytten atten nitten"
    " tjue tjueen|tjueein tjueto tjuetre tjuefire tjuefem tjueseks tjuesju tjueåtte tjueni tretti trettien|trettiein"
).split()
_ORDINALS = (
    "nullte første|fyrste|first andre|annet|annen|anna|second tredje|third fjerde|fourth femte|fifth sjette|sixth"
    " sjuende|sjuande|syvende|seventh åttende|åttande|eighth niende|niande|ninth tiende|tiande|tenth"
    " ellevte|eleventh tolvte|twelfth trettende|trettande fjortende|fjortande femtende|femtande sekstende|sekstande"
).split()
_MONTHS = "jan feb mar apr mai jun jul aug sep okt nov des".split()

ORDINALS = {word: number for number, words in enumerate(_ORDINALS) for word in words.split("|") if number}
"""What is counted in words: "annet" is 2. In Norwegian up to 16, in English up to 12."""
_NUMBERS = ORDINALS | {word: number for number, words in enumerate(_CARDINALS) for word in words.split("|") if number}

_WORD = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_COUNTED = r"(?!\s+(?:og\s+\w+\s+)?(?:ledd|avsnitt|punktum|setning|paragraph|sentence))"
_PARAGRAPH = re.compile(
    rf"(?P<sign>§+|\bparagraf(?:en)?)(?P<chapter>\s*\d{{1,3}}|\s+(?:{_WORD}))\b"
    rf"(?:\s+(?:strek\s+)?(?P<number>{_WORD})\b{_COUNTED})?(?!-)",
    re.I,
)
_LAW = re.compile(
    rf"\b(?P<kind>lov|forskrift)\s+(?:av\s+)?(?P<day>\d{{1,2}})\.?\s+(?P<month>{'|'.join(_MONTHS)})[a-zæøå]*\.?"
    r"\s+(?P<year>\d{4})\s+nr\.?\s*(?P<number>\d+)",
    re.I,
)


def spell(text: str) -> str:
    """The text with "paragraf åtte fjorten" as "§ 8-14" and "lov 13. juni 1997 nr. 44" as "lov-1997-06-13-44"."""
    return _PARAGRAPH.sub(_paragraph, _LAW.sub(_law, text))


def _paragraph(match: re.Match[str]) -> str:
    chapter, number = _digits(match["chapter"].strip()), match["number"]
    return f"{match['sign']} {chapter}-{_digits(number)}" if number else f"{match['sign']} {chapter}"


def _digits(word: str) -> str:
    return str(_NUMBERS.get(word.lower(), word))


def _law(match: re.Match[str]) -> str:
    month = _MONTHS.index(match["month"].lower()) + 1
    return f"{match['kind'].lower()}-{match['year']}-{month:02}-{int(match['day']):02}-{match['number']}"
