"""Words that say nothing about what is asked."""

from __future__ import annotations

import re

_ENGLISH = frozenset(
    "a an the and or but if of to in on at by for from with without about as into is are was were be been being am do"
    " does did done can could may might must shall should will would have has had having i we you he she it they me us"
    " him her them my our your his its their this that these those there here what when where which who whom whose why"
    " how not no nor so than too very just also only any some all each other another such own same up down out over"
    " under again then once more most need needs get gets got let make makes take takes tell".split()
)
"""English ones are rare in a Norwegian library, so that an index takes them for the most telling words of a question.
What Norwegian ones weigh, it knows."""
_WORD = re.compile(r"[\w§-]+")


def telling(text: str, language: str) -> str:
    """The text without the function words of its language, where they would mislead; never empty where it isn't."""
    if language != "en":
        return text
    return " ".join(word for word in _WORD.findall(text) if word.lower() not in _ENGLISH) or text
