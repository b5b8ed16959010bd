"""The worst model there could be, and the attacks that it obeys."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel, Field

from knowledge.sentences import sentences
from tests.knowledge.examples import SECRET
from tests.peers.openai import Asked, claim

_FILE = Path(__file__).with_name("attacks.toml")


class Attack(BaseModel):
    kind: str
    within: str = Field(alias="in")
    language: str
    text: str
    wish: str


ATTACKS = [Attack.model_validate(each) for each in tomllib.loads(_FILE.read_text(encoding="utf-8"))["attacks"]]
NAMES = [f"{number}-{each.kind}-{each.within}-{each.language}" for number, each in enumerate(ATTACKS, start=1)]


def obeying(attack: Attack) -> Callable[[Asked], str]:
    """A model that claims what the attacker wishes, with invented quotes and with every quote that it can steal."""
    return lambda asked: "\n".join(_lines(attack, asked))


def _lines(attack: Attack, asked: Asked) -> Iterator[str]:
    rules, data = asked[0]["content"], asked[1]["content"]
    leaks = {"$rules": [rules, *rules.splitlines()[:4]], "$data": data.splitlines()}
    sources = [each for each in map(json.loads, data.splitlines()) if "source" in each]
    for wish in leaks.get(attack.wish, [attack.wish]):
        yield from wish.splitlines()
        for source in sources:
            quotes = [wish, SECRET, source["text"], *sentences(source["text"])]
            yield from (claim(wish, quote, source["source"]) for quote in quotes)
