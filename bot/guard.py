"""Step 1: what reaches the bot is readable, short enough, and carries no personal numbers."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence

from pydantic import BaseModel, ConfigDict

from bot.masking import names, numbers
from bot.masking.spans import Kind, Span

LONGEST_QUESTION = 2_000
"""Characters. Longer texts are documents, not questions; the model underneath reads about that much."""


class Refused(Exception):
    """The text can't be taken as a question. `key` names the message for the asker, `values` fill it in."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class Guarded(BaseModel):
    """A text that may be searched for and kept. `masked`: personal data was taken out of it."""

    model_config = ConfigDict(frozen=True)

    text: str
    masked: bool = False


class Guard:
    """Cleans a text and takes out what leads to a person: see `bot.masking`."""

    def check(self, text: str) -> Guarded:
        """The text, fit for use. Raises Refused where it is empty, too long, or holds no letter or digit."""
        clean = re.sub(r"[^\S\n]+", " ", readable(text)).strip()
        if not clean:
            raise Refused("reply.refused.empty")
        if len(clean) > LONGEST_QUESTION:
            raise Refused("reply.refused.long", limit=LONGEST_QUESTION, length=len(clean))
        if not any(character.isalnum() for character in clean):
            raise Refused("reply.refused.unreadable")
        masked = mask(clean)
        return Guarded(text=masked, masked=masked != clean)

    def recall(self, history: Sequence[str]) -> tuple[str, ...]:
        """The earlier questions of a thread, cleaned alike; those that are no questions are left out."""
        recalled: list[str] = []
        for text in history:
            with contextlib.suppress(Refused):
                recalled.append(self.check(text).text)
        return tuple(recalled)


def mask(text: str) -> str:
    """The text with personal numbers, addresses and the names beside them replaced by what they were."""
    return strip(text)[0]


def strip(text: str, keep: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The same, and what was replaced. Addresses, phone numbers and names that `keep` names stay: they are nobody's
    own."""
    taken: list[str] = []
    before = ""
    while text != before:  # beside what was replaced, something else may be known for what it is
        before = text
        for kind, recognise in _RECOGNISERS:
            kept = () if kind is Kind.NATIONAL_ID else keep
            while True:  # of two that overlap, what is left of one may be known as one by itself
                text, found = _replace(text, kind, recognise(text), kept)
                if not found:
                    break
                taken += found
    return text, tuple(taken)


_RECOGNISERS: tuple[tuple[Kind, Callable[[str], Iterable[Span]]], ...] = (
    (Kind.NATIONAL_ID, numbers.national_ids),
    (Kind.ACCOUNT, numbers.accounts),
    (Kind.EMAIL, numbers.emails),
    (Kind.PHONE, numbers.phones),
    (Kind.NAME, names.names),
)
"""In this order: names are known by what was found before."""


def _replace(text: str, kind: Kind, spans: Iterable[Span], keep: Collection[str]) -> tuple[str, list[str]]:
    parts, taken, done = [], [], 0
    for span in sorted(spans, key=lambda each: (each.start, -each.end)):
        found = text[span.start : span.end]
        if span.start >= done and found not in keep:
            parts += [text[done : span.start], kind.label]
            taken.append(found)
            done = span.end
    return "".join([*parts, text[done:]]), taken


def readable(text: str) -> str:
    """Letters composed, as the index has them, without control characters and what is invisible inside words."""
    return "".join(map(_shown, unicodedata.normalize("NFC", text)))


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if character == "\n" or not kind.startswith("C"):
        return character
    return "" if kind == "Cf" else " "
