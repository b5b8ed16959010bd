"""Which messages are none for the documents: emergencies, a wish for a person, one's own case, disputes, opinions,
other municipalities.

The words by which each is known are in `triage.toml`; there is no model behind it.
"""

from __future__ import annotations

import enum
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.guard import readable
from bot.patterns import any_of, spelt_out
from knowledge.model import Citation, Draft

_FOLDER = Path(__file__).parent
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_LONGEST = 50_000
"""Characters in which an emergency is looked for."""
_BRIEF = 5
"""Words: a question of no more than these says little without what is told around it."""


class Kind(enum.StrEnum):
    """What a message is about that the documents don't answer."""

    EMERGENCY = "emergency"
    OFFICER = "officer"
    CASE = "case"
    DISPUTE = "dispute"
    OPINION = "opinion"
    ELSEWHERE = "elsewhere"


UNSEARCHED = frozenset({Kind.OFFICER, Kind.CASE, Kind.OPINION})
"""Kinds that nothing is looked up for. Of the others, general rules may be shown."""


class Sorted(BaseModel):
    """The kind of a question, None where it is one for the documents, and what to look up: without the name of the
    other municipality, its `place`, that it is about."""

    model_config = ConfigDict(frozen=True)

    query: str
    kind: Kind | None = None
    place: str = ""


class Triage:
    """Knows the kinds by their words. Without the name of its own `municipality`, none is another one."""

    def __init__(self, municipality: str = "") -> None:
        rules = tomllib.loads((_FOLDER / "triage.toml").read_text("utf-8"))
        words = spelt_out(rules["words"])
        self.municipality = municipality.strip().removesuffix(" kommune")
        self._rules = {kind: _Rule(rules[kind], words) for kind in Kind if kind is not Kind.ELSEWHERE}
        at_home = any_of(rules[Kind.ELSEWHERE]["unless"], words)
        self._places = _Places(self.municipality, at_home) if self.municipality else None

    def is_emergency(self, text: str) -> bool:
        """Is somebody or something in danger now, as far as a text of any length says?"""
        return any(map(self._rules[Kind.EMERGENCY].fits, _sentences(readable(text[:_LONGEST]))))

    def sort(self, text: str, query: str = "") -> Sorted:
        """The kind of a question that is no emergency, told by what is asked in it; `query` is the question with what
        it leaves out."""
        query = query or text
        asking = _asking(text)
        for kind in (Kind.OFFICER, Kind.CASE, Kind.DISPUTE, Kind.OPINION):
            if any(map(self._rules[kind].fits, asking)):
                return Sorted(query=query, kind=kind)
        elsewhere = self._places and self._places.other(query)
        return elsewhere or Sorted(query=query)


class _Rule:
    """A sentence fits that has what the rule says, and nothing that speaks against it; what tells only where it
    doesn't ask."""

    def __init__(self, table: Mapping[str, list[str]], words: Mapping[str, str]) -> None:
        self._says = any_of(table["says"], words)
        self._unless = any_of(table["unless"], words)
        self._tells = any_of(table.get("tells", ()), words)
        self._asks = any_of(table.get("asks", ()), words)

    def fits(self, sentence: str) -> bool:
        told = self._says.search(sentence) or (self._tells.search(sentence) and not self._asks.search(sentence))
        return bool(told) and not self._unless.search(sentence)


class _Places:
    """The names of all municipalities but one's own, and where a sentence is about one of them: not where what stands
    before its name says that somebody there asks about the rules here (`at_home`)."""

    def __init__(self, own: str, at_home: re.Pattern[str]) -> None:
        names = {
            name.rstrip("*").lower(): name for name in _municipalities() if name.rstrip("*").lower() != own.lower()
        }
        plain = _longest_first(name for name in names.values() if not name.endswith("*"))
        # A name that is a word, too ("sola", "time"), is one where it is written like a name.
        words = _longest_first(name.rstrip("*") for name in names.values() if name.endswith("*"))
        name = rf"(?:(?i:{'|'.join(plain)})|{'|'.join(words)})"
        self._named = re.compile(
            rf"\b(?i:(?:i|in|på|at)\s+)(?P<in>{name})\b(?!-)(?i:\s+(?:kommune|municipality)\b)?"
            rf"|\b(?P<of>{name})(?i:\s+(?:kommune|municipality)\b)"
        )
        # Of a few words, a name needs no preposition: "skjenketider bergen".
        goes = r"(?<!fra )(?<!frå )(?<!til )(?<!from )(?<!to )"
        self._keyword = re.compile(rf"{goes}\b(?P<in>(?P<of>{'|'.join(plain)}))\b(?!-)", re.I)
        self._names = names
        self._own = re.compile(rf"\b{re.escape(own)}\b", re.I)
        self._at_home = at_home

    def other(self, query: str) -> Sorted | None:
        """The municipality that the question is about; None where one's own is named as well."""
        if self._own.search(query):
            return None
        pattern = self._keyword if len(query.split()) < _BRIEF else self._named
        named = (match for sentence in _asking(query) for match in pattern.finditer(sentence))
        found = next((match for match in named if not self._is_home(match)), None)
        if not found:
            return None
        name = self._names[(found["in"] or found["of"]).lower()].rstrip("*")
        rest = " ".join(query.replace(found[0], " ").split())
        return Sorted(query=rest, kind=Kind.ELSEWHERE, place=name)

    def _is_home(self, match: re.Match[str]) -> bool:
        return bool(self._at_home.search(match.string[: match.start()]))


def national(draft: Draft) -> Draft:
    """What of a draft holds in every municipality: laws, and sentences that say which paragraph they rest on."""
    return draft.model_copy(update={"claims": tuple(claim for claim in draft.claims if _is_national(claim.citation))})


def _is_national(citation: Citation) -> bool:
    return citation.kind == "law" or any(basis.label in citation.quote for basis in citation.rests_on)


def _asking(text: str) -> list[str]:
    """The sentences that ask; all of them where none does, or what asks is too brief to be told by."""
    every = list(_sentences(text))
    asking = [sentence for sentence in every if sentence.rstrip().endswith("?")]
    enough = asking and sum(len(sentence.split()) for sentence in asking) > _BRIEF
    return asking if enough else [*every, " ".join(every)]


def _sentences(text: str) -> Iterator[str]:
    plain = text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return (sentence.strip() for sentence in _SENTENCE_END.split(plain) if sentence.strip())


def _longest_first(names: Iterable[str]) -> list[str]:
    return sorted(map(re.escape, names), key=lambda name: (-len(name), name))


def _municipalities() -> list[str]:
    lines = (_FOLDER / "municipalities.txt").read_text("utf-8").splitlines()
    return [name for line in lines if not line.startswith("#") for name in line.partition(": ")[2].split(", ")]
