"""Lines of PDF pages, made whole: split words, line ends, and what stands on every page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from ingest.readers.reading import one_line

_TYPOGRAPHY = str.maketrans({
    "\N{HYPHEN}": "-", "\N{NON-BREAKING HYPHEN}": "-",
    "\uf0b7": "•", "\uf0a7": "•", "\uf02d": "-", "\uf020": " ",
    "\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl",
    "\x00": "",
})  # fmt: skip
_BULLET = re.compile(r"^[•▪◦‣●○·–-]\s+")
_DIGITS = re.compile(r"\d+")
_EDGE = 3
"""Running headers and footers are sought among so many lines at the top and the bottom of a page."""


_FULL = 0.8
"""Of the longest line: letters differ in width, so full lines do in length."""
_CONTENTS = re.compile(r"\.{4,}\s*\d*$")


def page_lines(plain: str, layout: str) -> list[str]:
    """The lines of a page without those of a table of contents; blank ones stay as "".

    `plain` has the right order but sometimes words torn apart ("gjelde r"); `layout`, the same page set out by
    position, has the words whole but mixes columns. So the lines are those of the one, with the words of the other.
    """
    whole = set(layout.translate(_TYPOGRAPHY).split())
    lines = (_mended(one_line(line), whole) for line in plain.translate(_TYPOGRAPHY).split("\n"))
    return [_BULLET.sub("- ", line) for line in lines if not _CONTENTS.search(line)]


def _mended(line: str, whole: set[str]) -> str:
    words: list[str] = []
    for word in line.split():
        torn = words and words[-1] + word in whole and not (words[-1] in whole and word in whole)
        if torn:
            words[-1] += word
        else:
            words.append(word)
    return " ".join(words)


def without_running_lines(pages: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages without page numbers, headers and footers that stand on more than half of them, and blank ends."""
    edges = [set(_edge(page)) for page in pages]
    seen = Counter(
        line for page, edge in zip(pages, edges, strict=True) for line in {_pattern(page[index]) for index in edge}
    )
    running = {line for line, count in seen.items() if count >= 3 and count > len(pages) / 2}
    return [
        _stripped([line for index, line in enumerate(page) if index not in edge or _pattern(line) not in running])
        for page, edge in zip(pages, edges, strict=True)
    ]


def join(lines: Sequence[str], width: int) -> str:
    """The text of lines that stand together; `width` is the length of a full line, in characters.

    Words divided at line ends are made whole. Items of lists keep their lines, and so does what comes after a line that
    was ended early.
    """
    text, last = "", ""
    for line in lines:
        before, last = last, line
        if not text:
            text = line
        elif line.startswith("- ") or _ended_early(before, line, width):
            text += f"\n{line}"
        elif text.endswith("\N{SOFT HYPHEN}") or _divides(text, line):
            text = text[:-1] + line
        elif _is_compound(text, line):
            text += line
        else:
            text += f" {line}"
    return text.replace("\N{SOFT HYPHEN}", "")


def _ended_early(line: str, following: str, width: int) -> bool:
    word = following.partition(" ")[0]
    return not line.endswith(("-", "\N{SOFT HYPHEN}")) and len(line) + 1 + len(word) < _FULL * width


def _divides(text: str, line: str) -> bool:
    """ "nærings-" and "drivende" are one word; "plan-" and "og bygningsloven", "VA-" and "anlegg" keep the hyphen."""
    return bool(re.search(r"[a-zæøå]{2}-$", text) and re.match(r"(?!og\b|eller\b|samt\b|til\b)[a-zæøå]", line))


def _is_compound(text: str, line: str) -> bool:
    return bool(re.search(r"\w-$", text) and re.match(r"(?!og\b|eller\b|samt\b|til\b)\w", line))


def _edge(page: Sequence[str]) -> list[int]:
    filled = [index for index, line in enumerate(page) if line]
    return [*filled[:_EDGE], *filled[-_EDGE:]]


def _stripped(page: list[str]) -> list[str]:
    filled = [index for index, line in enumerate(page) if line]
    return page[filled[0] : filled[-1] + 1] if filled else []


def _pattern(line: str) -> str:
    return _DIGITS.sub("0", line)
