"""Step 1: what reaches the bot is readable, short enough, and carries no personal numbers."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from collections.abc import Collection, Sequence

from pydantic import BaseModel, ConfigDict
from stdnum.no import fodselsnummer

LONGEST_QUESTION = 2_000
"""Characters. Longer texts are documents, not questions; the model underneath reads about that much."""

# Grouped as people write them: 01017012345, 010170 12345, 01.01.70-12345, 010170 123 45.
_ELEVEN_DIGITS = re.compile(r"(?<!\d)\d\d[ .]?\d\d[ .]?\d\d[ .-]?\d{3}[ .]?\d\d(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# "2025 2026" are years and "25000000 kroner" is money, so only the groups that phone numbers come in are taken for one.
_PHONE = re.compile(
    r"(?:\+|\b00)\d(?:[ -]?\d){7,13}(?!\d)"
    r"|(?<![\d§.,-])(?<!kr )(?:[2-9]\d{7}|[2-9]\d(?: \d\d){3}|[489]\d\d \d\d \d\d\d)"
    r"(?!\d|[.,]\d| ?(?:kr|kroner|nok)\b)",
    re.I,
)


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
    """Cleans a text and takes out national identity numbers, e-mail addresses and phone numbers."""

    def check(self, text: str) -> Guarded:
        """The text, fit for use. Raises Refused where it is empty, too long, or holds no letter or digit."""
        clean = re.sub(r"[^\S\n]+", " ", _readable(text)).strip()
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
    """The text with personal numbers and addresses replaced by what they were."""
    return strip(text)[0]


def strip(text: str, keep: Collection[str] = ()) -> tuple[str, tuple[str, ...]]:
    """The same, and what was replaced. Addresses and phone numbers that `keep` names stay: they are nobody's own."""
    taken: list[str] = []

    def put(label: str, number: re.Match[str]) -> str:
        taken.append(number[0])
        return label

    def spare(label: str, number: re.Match[str]) -> str:
        return number[0] if number[0] in keep else put(label, number)

    text = _ELEVEN_DIGITS.sub(lambda it: put("[fødselsnummer]", it) if _is_national_id(it[0]) else it[0], text)
    text = _EMAIL.sub(lambda it: spare("[e-postadresse]", it), text)
    return _PHONE.sub(lambda it: spare("[telefonnummer]", it), text), tuple(taken)


def _is_national_id(number: str) -> bool:
    """Do the check digits fit? Whether anybody is born on that day says nothing: D-, H- and FH-numbers count too."""
    digits = re.sub(r"\D", "", number)
    return digits[9:] == fodselsnummer.calc_check_digit1(digits) + fodselsnummer.calc_check_digit2(digits)


def _readable(text: str) -> str:
    """Letters composed, as the index has them, without control characters and what is invisible inside words."""
    return "".join(map(_shown, unicodedata.normalize("NFC", text)))


def _shown(character: str) -> str:
    kind = unicodedata.category(character)
    if character == "\n" or not kind.startswith("C"):
        return character
    return "" if kind == "Cf" else " "
