"""Finding a quoted passage in a document's text again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

LONGEST = 1000


class Piece(BaseModel):
    """A stretch of text; `quoted` where it belongs to the quoted words."""

    model_config = ConfigDict(frozen=True)

    text: str
    quoted: bool = False


def paragraphs(text: str, quote: str) -> Sequence[Sequence[Piece]]:
    """The paragraphs of a text, cut where the quote begins and ends. White space may differ between the two."""
    found = _find(text, quote)
    cut = []
    for match in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text):
        start, end = match.span()
        if found is None or end <= found[0] or found[1] <= start:
            cut.append([Piece(text=match[0].strip())])
            continue
        first, last = max(start, found[0]), min(end, found[1])
        pieces = [
            Piece(text=text[start:first].lstrip()),
            Piece(text=text[first:last].strip("\n"), quoted=True),
            Piece(text=text[last:end].rstrip()),
        ]
        cut.append([piece for piece in pieces if piece.text])
    return cut


def _find(text: str, quote: str) -> tuple[int, int] | None:
    words = quote[:LONGEST].split()
    if not words:
        return None
    match = re.search(r"\s+".join(map(re.escape, words)), text)
    return match.span() if match else None
