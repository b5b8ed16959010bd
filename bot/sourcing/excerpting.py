"""Word by word comparisons, short enough to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_AROUND = 160
"""Characters of what is the same that are kept before and after a change."""
_LONGEST = 3000
"""Characters of a stretch that came or went."""
_GAP = " … "


def excerpt(words: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The same words without what is far from any change, and without the middle of what is very long."""
    found = list(words)
    for number, (sign, text) in enumerate(found):
        if sign != " ":
            yield sign, _cut(text, _LONGEST // 2, _LONGEST // 2)
        else:
            yield sign, _cut(text, _AROUND if number else 0, _AROUND if number < len(found) - 1 else 0)


def _cut(text: str, first: int, last: int) -> str:
    """The text, or so many characters of its beginning and its end, in whole words where there are any."""
    if len(text) <= first + last + len(_GAP):
        return text
    head, tail = text[:first], text[len(text) - last :]
    return head[: head.rfind(" ") + 1 or None].rstrip() + _GAP + tail[tail.find(" ") + 1 :].lstrip()
