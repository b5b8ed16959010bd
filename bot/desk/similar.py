"""Finding cases in which the same may be asked: those that share the most words, the rare ones counting most."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from bot.desk.case import MERGEABLE, Case
from bot.desk.desk import Desk
from bot.desk.finding import CaseFilter

_WORD = re.compile(r"[^\W\d_]{4,}|\d{3,}")
_WORDS = 12
"""So many words of a question are looked for."""
_FOUND = 50
"""A word that so many cases hold tells nothing."""
_ENDING = 3
"""Letters that an ending may take, of a word that has five others."""


def stems(text: str) -> Sequence[str]:
    """What is looked for: the words long enough to tell something, without their endings, the longest first."""
    words = dict.fromkeys(word[: max(5, len(word) - _ENDING)] for word in _WORD.findall(text.casefold()))
    return sorted(words, key=len, reverse=True)[:_WORDS]


async def similar(desk: Desk, case: Case, limit: int = 5) -> Sequence[Case]:
    """The cases that it could be merged into, the most similar first: open or answered, and read by the same people."""
    found: dict[str, Case] = {}
    scores: dict[str, list[float]] = defaultdict(list)
    words = stems(f"{case.question} {case.original}")
    for word in words:
        wanted = CaseFilter(states=MERGEABLE, words=word)
        holding = await desk.find(wanted, _FOUND)
        for each in holding if len(holding) < _FOUND else ():
            if each.id != case.id and each.audience is case.audience:
                found[each.id] = each
                scores[each.id].append(1 / len(holding))
    enough = min(2, len(words))
    alike = [id_ for id_, shared in scores.items() if len(shared) >= enough]
    return [found[id_] for id_ in sorted(alike, key=lambda id_: (-sum(scores[id_]), -found[id_].number))[:limit]]
