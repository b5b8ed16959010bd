"""Measures what is masked: precision and recall by kind, on texts in which personal data is marked.

personal.jsonl has a text a line, with personal data as «kind:data». All people are invented; numbers were made by their
check digits, and those of people are synthetic ones (40 or 80 is added to the month), which nobody has. Both halves
were written before any of it was measured; the recognisers were then mended by looking at the half "tuned" only.

`python -m tests.privacy.measuring` prints the table; `--misses` also what was wrong in the half "tuned".
"""

from __future__ import annotations

import collections
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.guard import strip
from bot.masking.spans import Kind

FILE = Path(__file__).parent / "personal.jsonl"
_MARKED = re.compile(r"«([\w-]+):([^»]+)»")


class Marked(NamedTuple):
    """A text as somebody wrote it, and the personal data in it."""

    half: str
    language: str
    text: str
    personal: Sequence[tuple[Kind, str]]


class Score(NamedTuple):
    """How many of what was marked was found, and how much that was found is nobody's."""

    found: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that was marked; 1 where nothing was found."""
        return self.found / (self.found + self.wrong) if self.found + self.wrong else 1.0

    @property
    def recall(self) -> float:
        """The share of what was marked that was found; 1 where nothing was marked."""
        return self.found / (self.found + self.missed) if self.found + self.missed else 1.0


def marked(half: str) -> Iterator[Marked]:
    """The texts of that half."""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["half"] == half:
            personal = [(Kind(kind), data) for kind, data in _MARKED.findall(row["text"])]
            yield Marked(half, row["language"], _MARKED.sub(r"\2", row["text"]), personal)


def taken(text: str) -> Sequence[tuple[Kind, str]]:
    """What is masked of the text, and as which kind."""
    masked, data = strip(text)
    labels = re.findall("|".join(re.escape(kind.label) for kind in Kind), masked)
    by_place = iter(re.split("|".join(re.escape(kind.label) for kind in Kind), masked))
    found, at = [], len(next(by_place))
    rest = sorted(data, key=len, reverse=True)
    for label, after in zip(labels, by_place, strict=True):
        piece = next(each for each in rest if text.startswith(each, at))
        rest.remove(piece)
        found.append((Kind(label[1:-1]), piece))
        at += len(piece) + len(after)
    return found


def scores(half: str) -> Mapping[Kind, Score]:
    """The score of each kind on that half. What is found by a part only, or as another kind, is missed and wrong."""
    counted = dict.fromkeys(Kind, Score())
    for each in marked(half):
        there, found = collections.Counter(each.personal), collections.Counter(taken(each.text))
        for kind, right, missed, wrong in (
            *((kind, 1, 0, 0) for kind, _ in (there & found).elements()),
            *((kind, 0, 1, 0) for kind, _ in (there - found).elements()),
            *((kind, 0, 0, 1) for kind, _ in (found - there).elements()),
        ):
            score = counted[kind]
            counted[kind] = Score(score.found + right, score.missed + missed, score.wrong + wrong)
    return counted


def misses(half: str) -> Iterator[str]:
    """The texts of that half of which something else is masked than was marked."""
    for each in marked(half):
        if sorted(each.personal) != sorted(taken(each.text)):
            yield f"{each.text!r}\n    -> {strip(each.text)[0]!r}"


def main() -> None:
    for half in ("tuned", "held"):
        sys.stdout.write(f"{half}: {sum(1 for _ in marked(half))} texts\n")
        for kind, score in scores(half).items():
            numbers = f"{score.found:4} {score.missed:4} {score.wrong:4}  {score.precision:.3f} {score.recall:.3f}"
            sys.stdout.write(f"  {kind:16}{numbers}\n")
    if "--misses" in sys.argv:
        sys.stdout.write("\n".join(misses("tuned")) + "\n")


if __name__ == "__main__":
    main()
