"""Takes personal data out of what is to be published, and tells what it took, so that an officer can confirm it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from pydantic import BaseModel, ConfigDict

from bot.guard import strip
from bot.publishing.answer import Wording

_NAME = "[navn]"
_SHORTEST = 3
"""Letters: a shorter part of a name is taken for an initial or a particle."""


class Stripped(BaseModel):
    """A wording without personal data, and what was taken out of it, each once."""

    model_config = ConfigDict(frozen=True)

    wording: Wording
    taken: tuple[str, ...] = ()


def stripped(wording: Wording, names: Iterable[str], keep: Collection[str] = ()) -> Stripped:
    """The wording without identity and phone numbers, e-mail addresses and these people's names.

    A word of a name goes too, where it is written as a name is: "Kari" of Kari Berg, and her "Karis". One that the
    wording also has as an ordinary word stays ("Kafé" of Kafé Kringla beside "en kafé"). `keep` is never taken,
    identity numbers aside.
    """
    whole = f"{wording.question}\n{wording.answer}"
    patterns = _patterns([name for name in names if name not in keep], whole, keep)
    question, from_question = _strip(wording.question, patterns, keep)
    answer, from_answer = _strip(wording.answer, patterns, keep)
    taken = tuple(dict.fromkeys((*from_question, *from_answer)))
    return Stripped(wording=Wording(question=question, answer=answer), taken=taken)


def _strip(text: str, patterns: list[re.Pattern[str]], keep: Collection[str]) -> tuple[str, list[str]]:
    text, numbers = strip(text, keep)
    taken = list(numbers)
    for pattern in patterns:
        taken += [name[0] for name in pattern.finditer(text)]
        text = pattern.sub(_NAME, text)
    return text, taken


def _patterns(names: list[str], text: str, keep: Collection[str]) -> list[re.Pattern[str]]:
    """Names of several words in any case, the longest first, and then single words as names are written."""
    whole = sorted({" ".join(name.split()) for name in names if " " in name.strip()}, key=lambda name: -len(name))
    words = set(re.findall(r"\w+", text))
    parts = {f"{part[0].upper()}{part[1:]}" for name in names for part in re.findall(r"\w+", name)}
    telling = sorted(part for part in parts if len(part) >= _SHORTEST and part not in keep)
    own = [part for part in telling if part.lower() not in words]
    return [*(_pattern(name, re.I) for name in whole), *(_pattern(part) for part in own)]


def _pattern(name: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    spaced = r"\s+".join(re.escape(word) for word in name.split())
    return re.compile(rf"(?<!\w){spaced}(?:['’]?s)?(?!\w)", flags)
