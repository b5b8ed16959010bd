"""Strategies by code and area, as somebody names them. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from knowledge.slugs import slug
from knowledge.strategies import Strategy, search

_CODE = re.compile(r"(?<![\w])([a-zæøå])[ .-]?(\d{1,2})(?![\w])", re.I)
_FILLING = frozenset(
    """strategi strategien strategier strategiene strategiar strategiane strategy strategies alle all i for om og på in
    the of and hva kva sier seier""".split()
)


class Found(BaseModel):
    """What was named: those strategies whole (`exact`), or a list to choose from. `unknown`: what there is not."""

    model_config = ConfigDict(frozen=True)

    strategies: tuple[Strategy, ...] = ()
    exact: bool = False
    unknown: str = ""


def look_up(everything: Sequence[Strategy], text: str) -> Found:
    """The strategies that the text names. Where it names none that there is, all of them as a list."""
    code = _CODE.search(text)
    words = [word for word in slug(_CODE.sub(" ", text)).split("-") if word and word not in _FILLING]
    if code:
        name = (code[1] + code[2].lstrip("0")).upper()
        of_code = [each for each in everything if each.code.upper() == name]
        of_area = [each for each in of_code if _is_of(each, words)]
        if of_code:
            return Found(strategies=tuple(of_area or of_code), exact=True)
        return Found(strategies=tuple(everything), unknown=name)
    if not words:
        return Found(strategies=tuple(everything))
    sought = " ".join(word for word in text.split() if slug(word) not in _FILLING)
    if found := [each for each in everything if _is_of(each, words)] or search(everything, sought):
        return Found(strategies=tuple(found), exact=len(found) == 1)
    return Found(strategies=tuple(everything), unknown=sought)


def key_of(strategy: Strategy) -> str:
    """What names the strategy for good: areas reuse the codes."""
    return f"{strategy.area}/{strategy.code}"


def by_keys(everything: Sequence[Strategy], keys: Sequence[str]) -> list[Strategy]:
    """Those of the strategies that there still are."""
    return [each for each in everything if key_of(each) in keys]


def _is_of(strategy: Strategy, words: Sequence[str]) -> bool:
    """Are these the beginnings of words of the strategy's area, or a letter that its code begins with?"""
    if len(words) == 1 and len(words[0]) == 1:
        return strategy.code.casefold().startswith(words[0])
    names = strategy.area.split("-")
    return bool(words) and all(any(name.startswith(word) for name in names) for word in words)
