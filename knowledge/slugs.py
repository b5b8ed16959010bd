"""Names for addresses and keys."""

from __future__ import annotations

import re
import unicodedata


def slug(text: str) -> str:
    """A name for addresses: lower case ASCII letters and digits, the rest hyphens."""
    plain = unicodedata.normalize("NFKD", text.lower().replace("æ", "ae").replace("ø", "o"))
    letters = "".join(character for character in plain if not unicodedata.combining(character))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
