"""Which team a question is for: by what the bot found, else by its words, else by its language. Pure."""

from __future__ import annotations

import enum
import re
from collections import defaultdict
from collections.abc import Sequence
from fnmatch import fnmatchcase
from fractions import Fraction

from pydantic import BaseModel, ConfigDict

from bot.desk.case import NewCase
from bot.desk.team import Team, Topic
from bot.desk.teams import Teams
from knowledge.model import Citation
from knowledge.references import law_key
from knowledge.slugs import slug

_CODE = re.compile(r"[A-Z]\d{1,2}")
_SHORT_TITLE = re.compile(r"\(([^()]+)\)")
_WORDS = re.compile(r"\w[\w-]*")


class Why(enum.StrEnum):
    """What a route rests on."""

    LAW = "law"
    STRATEGY = "strategy"
    SOURCE = "source"
    WORDS = "words"
    LANGUAGE = "language"
    """No topic fits, and the default team doesn't read the language."""
    DEFAULT = "default"


class Routed(BaseModel):
    """Where a question goes. `topic` is empty where none fits, `strategy` where nothing of the plan was found."""

    model_config = ConfigDict(frozen=True)

    team: str
    topic: str = ""
    why: Why
    strategy: str = ""


_Topic = tuple[Team, Topic | None]
"""Without a topic: whatever a source says is the team's."""
_Votes = dict[tuple[int, Why], Fraction]
"""For topics, by their number in the order of the file; after them come the teams as such."""


class Router:
    """Says which of these teams a question is for. The same question always goes the same way."""

    def __init__(self, teams: Teams) -> None:
        self.teams = teams
        of_teams = [(team, topic) for team in teams for topic in team.topics]
        topics = [topic for _, topic in of_teams]
        self._topics: list[_Topic] = [*of_teams, *((team, None) for team in teams)]
        self._teams = {team.id: number for number, team in enumerate(teams, start=len(topics))}
        self._laws = {law: number for number, topic in enumerate(topics) for law in topic.laws}
        self._strategies = {name: number for number, topic in enumerate(topics) for name in topic.strategies}
        self._sources = [(source, number) for number, topic in enumerate(topics) for source in topic.sources]

    def route(self, request: NewCase) -> Routed:
        """The team and the topic of the question, and why.

        Every citation speaks for one topic or divides its voice, the lower the later it comes; what the bot would have
        answered with comes before what was merely near. Ties go to what is first in the file.
        """
        return self.route_found(request.citations, request.language, request.question)

    def route_found(self, citations: Sequence[Citation], language: str, question: str = "") -> Routed:
        """The same of what was found for a question, the nearest to an answer first, in that language."""
        found = _sections(citations)
        strategy = _first_strategy(found)
        votes = self._by_citations(found) or self._by_words(question)
        if not votes:
            team, why = self._by_language(language)
            return Routed(team=team.id, why=why, strategy=strategy)
        totals: dict[int, Fraction] = defaultdict(Fraction)
        for (number, _), weight in votes.items():
            totals[number] += weight
        chosen = max(totals, key=lambda number: (totals[number], -number))
        why = max((why for why in Why if (chosen, why) in votes), key=lambda why: votes[chosen, why])
        team, topic = self._topics[chosen]
        return Routed(team=team.id, topic=topic.name if topic else "", why=why, strategy=strategy)

    def _by_citations(self, citations: Sequence[Citation]) -> _Votes:
        votes: _Votes = defaultdict(Fraction)
        for rank, citation in enumerate(citations, start=1):
            why, numbers = self._spoken_for(citation)
            for number in numbers:
                votes[number, why] += Fraction(1, rank * len(numbers))
        return votes

    def _spoken_for(self, citation: Citation) -> tuple[Why, list[int]]:
        """The topics that the citation belongs to, by the first of its marks that says any."""
        if laws := [self._laws[law] for law in _laws(citation) if law in self._laws]:
            return Why.LAW, laws
        area, code = _strategy(citation)
        if strategies := [self._strategies[name] for name in (f"{area}/{code}", code) if name in self._strategies]:
            return Why.STRATEGY, strategies[:1]
        exact = [number for source, number in self._sources if source == citation.document]
        fitting = [number for source, number in self._sources if fnmatchcase(citation.document, source)]
        if (team := self._teams.get(citation.team)) is not None and not exact:
            # The team that its source names, and which of the team's topics, where one fits.
            fitting = [number for number in fitting if self._topics[number][0].id == citation.team] or [team]
        return Why.SOURCE, (exact or fitting)[:1]

    def _by_words(self, question: str) -> _Votes:
        words = _WORDS.findall(question.casefold())
        votes: _Votes = defaultdict(Fraction)
        for number, (_, topic) in enumerate(self._topics):
            if topic and (held := sum(_holds(words, pattern.split()) for pattern in topic.words)):
                votes[number, Why.WORDS] += held
        return votes

    def _by_language(self, language: str) -> tuple[Team, Why]:
        default = self.teams.default
        readers = [team for team in self.teams if language in team.languages]
        return (default, Why.DEFAULT) if default in readers or not readers else (readers[0], Why.LANGUAGE)


def strategy_of(request: NewCase) -> str:
    """The code of the plan's strategy that the question leads to ("B3"), empty where it leads to none."""
    return _first_strategy(request.citations)


def _first_strategy(citations: Sequence[Citation]) -> str:
    codes = (_strategy(citation)[1] for citation in citations)
    return next(filter(None, codes), "")


def _sections(citations: Sequence[Citation]) -> list[Citation]:
    """The same citations, but each section once."""
    sections: dict[tuple[str, str], Citation] = {}
    for citation in citations:
        sections.setdefault((citation.document, citation.section), citation)
    return list(sections.values())


def _laws(citation: Citation) -> list[str]:
    """The laws that it is of, or rests on, as topics name them."""
    if citation.kind != "law":
        return [law for basis in citation.rests_on if (law := _law(basis.key))]
    title = citation.title.partition(" – ")[0]
    names = [*_SHORT_TITLE.findall(title), title, citation.document.rpartition("/")[2]]
    return [_law(law_key(name, "")) for name in names]


def _law(key: str) -> str:
    kind, _, rest = key.partition(":")
    return rest.partition("/")[0] if kind == "law" else ""


def _strategy(citation: Citation) -> tuple[str, str]:
    """Area and code of the strategy that is cited; both empty where it is something else."""
    code = citation.section.upper()
    if citation.kind != "plan" or not _CODE.fullmatch(code):
        return "", ""
    return slug(citation.title.removesuffix(f" – {code}")), code


def _holds(words: list[str], pattern: list[str]) -> bool:
    """Do these words follow each other somewhere, whole ones but for what * stands for?"""
    places = range(len(words) - len(pattern) + 1)
    return any(all(map(fnmatchcase, words[place:], pattern)) for place in places)
