"""Answers in the documents' own words, each with its citation: the sentences that answer; of a law, with their rule."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from langchain_core.embeddings import Embeddings

from knowledge.asked import seeks_amount
from knowledge.confidence import is_open, signs
from knowledge.coverage import Coverage
from knowledge.embeddings import vectors_of
from knowledge.model import Citation, Claim, Draft, Evidence, Match, Passage
from knowledge.quoting import RESTRICTS, Quoted, cited, guide_quotes, law_quotes
from knowledge.reader import Reader
from knowledge.sentences import sentences
from knowledge.verifying import Verifier

_NEAREST, _OF_ONE = 3, 2
"""Sections that are shown where there is no answer, and how many of them may be of one law or guide."""

_FEW, _MORE = (2, 0.2), (3, 0.3)
"""How many sentences of a passage answer at most, and how far below the best one another may fit and still belong to
the answer: few of a law, whose subsections are quoted whole, and of a second section; more of what answers best
(decision 0021)."""

_ALSO = 1.5
"""A second section is quoted too where the odds of the first over it are below e to this (4.5 to 1). On our own
questions over laws a right section is then cited by .82 of the drafts rather than .73, two sections by a third."""

_EVEN = 0.3
"""Of two sources whose odds are nearer than e to this (1.35 to 1), the one that was looked at later is quoted first."""
_LASTING = {"law", "plan"}
"""Kinds that hold until they are changed, however old they are."""

_READ_THROUGH = 4_000
"""Characters: of a section that is no longer all sentences are looked at, of another those of the passage found."""

_LIMIT = re.compile(r"grens[ae]|frist|\balder|deadline|limit\b|\bage\b", re.I)
"""Asks for what is counted, as "how long" does."""

_CITING = 8
"""Sentences: of more, nobody reads the rest."""

_WHOLE = 700
"""Characters: a passage asked for by name is quoted whole up to this length; one of a law always is."""

_NOT_IN_FORCE = {"nb": "ikke i kraft", "nn": "ikkje i kraft", "en": "not in force"}
_PARTLY_IN_FORCE = {
    "nb": "bare deler av regelverket er i kraft",
    "nn": "berre delar av regelverket er i kraft",
    "en": "only parts of these rules are in force",
}
_VANISHED = {
    "nb": "finnes ikke lenger hos kilden",
    "nn": "finst ikkje lenger hos kjelda",
    "en": "no longer there at its source",
}


Cite = Callable[[Passage, str], Citation]
"""Makes the citation of words that stand in a passage."""


class ExtractiveAnswerer:
    """Quotes the sentences nearest to the question; of a law, whole subsections (`quoting.py`).

    Needs no key and no network, and can't say what isn't written.

    `public_url` is where people open the meeting place; citations link to passages there. `verifier` is asked
    where its word decides whether a draft is given as an answer.
    """

    def __init__(self, embeddings: Embeddings, public_url: str, verifier: Verifier | None = None) -> None:
        self._embeddings = embeddings
        self._public_url = public_url.rstrip("/")
        self._verifier = verifier

    async def draft(self, evidence: Evidence, reader: Reader) -> Draft:
        """Quotes in reading order; none where the evidence holds no sentence."""
        if (made := evidence.remembered) and made.draft is not None:
            return made.draft
        return await asyncio.to_thread(self._draft, evidence, reader)

    def cite(self, passage: Passage, quote: str) -> Citation:
        """The citation of words that stand in the passage."""
        today = dt.date.today()
        reserves = (
            (_NOT_IN_FORCE, not passage.is_in_force(today)),
            (_PARTLY_IN_FORCE, passage.is_partly_in_force(today)),
            (_VANISHED, bool(passage.missing)),
        )
        said = (texts.get(passage.language, texts["nb"]) for texts, holds in reserves if holds)
        parts = [passage.title, passage.heading, *said]
        return Citation(
            document=passage.document,
            section=passage.section,
            title=" – ".join(dict.fromkeys(part for part in parts if part)),
            url=f"{self._public_url}/kilde/{passage.document}#{passage.section}",
            quote=quote,
            date=passage.date,
            kind=passage.kind,
            audience=passage.audience,
            team=passage.team,
            rests_on=passage.rests_on,
            missing=passage.missing,
        )

    async def nearest(self, evidence: Evidence) -> tuple[Citation, ...]:
        """Answers published to questions like this one, whole, and the nearest sections, each once, cited by the
        sentence of each that fits best."""
        if (made := evidence.remembered) and made.nearest is not None:
            return made.nearest
        return await asyncio.to_thread(self._nearest, evidence)

    def _nearest(self, evidence: Evidence) -> tuple[Citation, ...]:
        akin = tuple(self.cite(passage, passage.text) for passage in evidence.akin[:_NEAREST])
        nearest = _several(_sections(evidence))[: _NEAREST - len(akin)]
        looks = (self._look([passage], evidence, None) for passage in nearest)
        near = (*akin, *(self.cite(*look.nearest) for look in looks if look))
        if made := evidence.remembered:
            made.nearest = near
        return near

    def _draft(self, evidence: Evidence, reader: Reader) -> Draft:
        draft = self._drafted(evidence, reader)
        # It was made of the library, too, which may have changed since the search.
        if (made := evidence.remembered) and reader.stamps() == made.stamps:
            made.draft = draft
        return draft

    def _drafted(self, evidence: Evidence, reader: Reader) -> Draft:
        if not evidence.found:
            return Draft()
        if evidence.exact:
            return Draft(claims=self._exactly(evidence), signs={"exact": 1.0})
        coverage = Coverage(reader, evidence.query)
        claims = tuple(
            Claim(text=quote, citation=self.cite(passage, quote))
            for found in _answering(evidence)
            for passage, quote in self._quoted(found, reader, evidence, coverage)
        )
        return Draft(claims=claims, signs=self._signs(evidence, claims) if claims else {})

    def _signs(self, evidence: Evidence, claims: Sequence[Claim]) -> dict[str, float]:
        told = signs(evidence, [claim.text for claim in claims])
        if self._verifier and is_open(told):
            told["verified"] = self._verifier.log_odds(evidence, claims)
        return told

    def _quoted(self, passage: Passage, reader: Reader, evidence: Evidence, coverage: Coverage) -> list[Quoted]:
        section = reader.section(passage)
        is_long = passage.kind != "law" and sum(len(each.text) for each in section) > _READ_THROUGH
        if is_long or passage not in section:  # it may have been replaced since it was found
            section = [passage]
        look = self._look(section, evidence, coverage)
        if not look:
            return []
        if passage.kind == "law":
            return law_quotes(section, look.chosen(*_FEW))
        answers_best = passage == evidence.found[0].passage
        chosen = look.chosen(*(_MORE if answers_best else _FEW))
        counts = seeks_amount(evidence.query) or _LIMIT.search(evidence.query)
        telling = chosen if counts else [look.best]
        return guide_quotes(look.places, chosen, look.best, look.near.tolist(), telling, answers_best=answers_best)

    def _exactly(self, evidence: Evidence) -> tuple[Claim, ...]:
        if evidence.match is Match.CITING:
            return self._citing(evidence)
        quotes = [(found.passage, found.quote or _named(found.passage, evidence.match)) for found in evidence.found]
        return tuple(Claim(text=quote, citation=self.cite(passage, quote)) for passage, quote in quotes)

    def _citing(self, evidence: Evidence) -> tuple[Claim, ...]:
        """Only the sentences that cite what was asked for."""
        quotes = [
            (found.passage, sentence)
            for found in evidence.found
            for sentence in sentences(found.passage.text)
            if evidence.keys & cited(sentence, found.passage)
        ]
        return tuple(Claim(text=quote, citation=self.cite(passage, quote)) for passage, quote in quotes[:_CITING])

    def _look(self, passages: Sequence[Passage], evidence: Evidence, coverage: Coverage | None) -> _Look | None:
        """A look at all sentences of the passages: what decides may stand in another one than was found. None where
        there is no sentence."""
        places = [(passage, text) for passage in passages for text in sentences(passage.text)]
        if not places:
            return None
        texts = [text for _, text in places]
        near = vectors_of(self._embeddings, texts) @ np.asarray(evidence.vector)
        covered = np.asarray([coverage.of(text) if coverage else 0.0 for text in texts])
        return _Look(places, near, covered)


class _Look:
    """Sentences, each with the passage it stands in, and how well they fit."""

    def __init__(
        self, places: Sequence[Quoted], near: npt.NDArray[np.float64], covered: npt.NDArray[np.float64]
    ) -> None:
        self.places = places
        self.near = near
        self.covered = covered
        # Over a passage's sentences both spread alike (.08, .06); meaning tells one from another better.
        self._fit = 1.5 * near + covered
        self.nearest, self.best = places[int(near.argmax())], places[int(self._fit.argmax())]

    def chosen(self, count: int, close: float) -> list[Quoted]:
        """The sentences to quote, in reading order: so many at most, and with them what restricts them."""
        order = sorted(range(len(self.places)), key=lambda index: -self._fit[index])
        near_best = [index for index in order if self._fit[index] >= self._fit[order[0]] - close][:count]
        limits = [index + 1 for index in near_best if index + 1 < len(self.places)]
        chosen = {*near_best, *(index for index in limits if RESTRICTS.match(self.places[index][1]))}
        return [self.places[index] for index in sorted(chosen)]


def _sections(evidence: Evidence) -> list[Passage]:
    """The best passage of each section, best first."""
    best: dict[tuple[str, str], Passage] = {}
    for found in evidence.found:
        best.setdefault((found.passage.document, found.passage.section), found.passage)
    return list(best.values())


def _several(passages: Sequence[Passage]) -> list[Passage]:
    """So that one law or guide does not fill the list: what comes after two of one title stands last."""
    met: Counter[str] = Counter()
    rank = []
    for passage in passages:
        rank.append(met[passage.title] // _OF_ONE)
        met[passage.title] += 1
    return [passage for _, passage in sorted(zip(rank, passages, strict=True), key=lambda pair: pair[0])]


def _answering(evidence: Evidence) -> list[Passage]:
    """The passages to quote from: the best one, and that of the next section where it is nearly as likely, before it
    where it is as good and newer."""
    first, *others = _sections(evidence)
    scores = {found.passage.id: found.score for found in evidence.found}
    passages = [first, *(other for other in others[:1] if scores[first.id] - scores[other.id] < _ALSO)]
    even = scores[first.id] - scores[passages[-1].id] < _EVEN
    return passages[::-1] if even and _is_newer(passages[-1], first) else passages


def _is_newer(one: Passage, other: Passage) -> bool:
    """Was the one source looked at later than the other? What has vanished is not newer, and what lasts neither."""
    lasts = one.kind in _LASTING or other.kind in _LASTING or one.missing
    return not lasts and bool(one.date and other.date and one.date > other.date)


def _named(passage: Passage, match: Match) -> str:
    # What two officers have approved as the answer is not cut, and neither is a law.
    return passage.text if match is Match.ASKED or passage.kind == "law" else _opening(passage.text)


def _opening(text: str) -> str:
    if len(text) <= _WHOLE:
        return text
    end = 0
    for sentence in sentences(text):
        start = text.index(sentence, end)
        if end and start + len(sentence) > _WHOLE:
            break
        end = start + len(sentence)
    return text[:end]
