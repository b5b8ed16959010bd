"""What nobody may overlook in an answer: amounts, deadlines, dates, times of day, measures and shares."""

from __future__ import annotations

import re

_NUMBER = r"\d+(?:[   .]\d{3})*(?:,\d+|\.\d+)?"
_WORD = (
    r"(?:én|en|ei|ett|eitt|to|tre|fire|fem|seks|sju|syv|åtte|ni|ti|elleve|tolv|fjorten|femten|tjue|tretti"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|thirty)(?:(?: og)? en halv| og ein halv)?"
)
_TIME = (
    r"(?:minutt\w*|timer?|timar?|time|døgn|dag(?:er|ar)?|virkedager|vekedagar|uker?|veker?|måned(?:er)?|månad(?:er|ar)?|år"
    r"|minutes?|hours?|days?|weeks?|months?|years?)"
)
_MEASURE = (
    r"(?:m²|m2|kvm|kvadratmeter|square metres|meter|metres?|cm|mm|km|m"
    r"|liter|litres?|kg|tonn|dB|person(?:er|ar)|people|volumprosent|prikke?r|prikkar|spørsmål)"
)
_MONTH = (
    r"(?:januar|februar|mars|april|mai|juni|juli|august|september|oktober|november|desember"
    r"|January|February|March|May|June|July|October|December)"
)
_FIGURE = re.compile(
    rf"\b(?:kr|NOK)\.?\s?{_NUMBER}(?:\s(?:millioner|million))?"
    rf"|\b{_NUMBER}(?:\s(?:millioner|million))?\s(?:kroner|kr|NOK|øre|euro|EUR)\b"
    rf"|\b(?:{_NUMBER}(?: ?[-–] ?{_NUMBER})?|{_WORD})\s{_TIME}\b"
    rf"|\b{_NUMBER}(?: ?[-–] ?{_NUMBER})?\s?{_MEASURE}(?!\w)"
    rf"|\b{_NUMBER}\s?(?:%|prosent\b|per ?cent\b|pst\b)"
    rf"|\b\d{{1,2}}\.\s{_MONTH}\b(?:\s\d{{4}}\b)?|\b\d{{1,2}}\s{_MONTH}\b(?:\s\d{{4}}\b)?"
    r"|\b(?:kl\.?|klokka|klokken)\s?\d{1,2}(?:[.:]\d{2})?\b(?:\s(?:og|til|and|to)\s\d{1,2}[.:]\d{2}\b)?"
)


def stressed(text: str, before: str, after: str) -> str:
    """The text with all of that between `before` and `after`. The text may be escaped already: what is found holds
    nothing that anybody escapes."""
    return _FIGURE.sub(lambda found: f"{before}{found[0]}{after}", text)
