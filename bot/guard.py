"""Step 1: what reaches the bot is readable, short enough, and carries no personal numbers."""

from __future__ import annotations

import re
import unicodedata

from pydantic import BaseModel, ConfigDict
from stdnum.no import fodselsnummer

LONGEST_QUESTION = 2_000
"""Characters. Longer texts are documents, not questions; the model underneath reads about that much."""

_ELEVEN_DIGITS = re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(
    r"(?<![\d§-])(?:(?:\+|00)47[ ]?)?[2-9]\d(?:[ ]?\d\d){3}(?!\d)|(?<!\d)[49]\d\d[ ]\d\d[ ]\d\d\d(?!\d)"
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
        clean = "".join(character if _printable(character) else " " for character in text)
        clean = re.sub(r"[^\S\n]+", " ", clean).strip()
        if not clean:
            raise Refused("reply.refused.empty")
        if len(clean) > LONGEST_QUESTION:
            raise Refused("reply.refused.long", limit=LONGEST_QUESTION, length=len(clean))
        if not any(character.isalnum() for character in clean):
            raise Refused("reply.refused.unreadable")
        masked = mask(clean)
        return Guarded(text=masked, masked=masked != clean)


def mask(text: str) -> str:
    """The text with personal numbers and addresses replaced by what they were."""
    text = _ELEVEN_DIGITS.sub(lambda number: "[fødselsnummer]" if _national_id(number[0]) else number[0], text)
    return _PHONE.sub("[telefonnummer]", _EMAIL.sub("[e-postadresse]", text))


def _national_id(number: str) -> bool:
    digits = re.sub(r"\D", "", number)
    return bool(fodselsnummer.is_valid(digits))


def _printable(character: str) -> bool:
    return character == "\n" or unicodedata.category(character) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
