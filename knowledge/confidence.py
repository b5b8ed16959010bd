"""How likely a draft is to answer the question: a logistic regression over what speaks for and against it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from knowledge.asked import seeks_amount, seeks_price
from knowledge.facts import facts
from knowledge.model import Evidence, Found, Passage
from knowledge.reranking import READ

PLAIN = {
    "certain": 0.2,
    "lone": 0.15,
    "sentence": 3.72,
    "nearest": 3.17,
    "lead": -0.26,
    "coverage": 0.35,
    "gram_coverage": -1.19,
    "meaning": 3.45,
    "foreign": 0.33,
    "lacking": -1.36,
    "verified": 0.08,
}
PLAIN_INTERCEPT = -5.25
WEIGHTS = {
    "certain": 0.07,
    "lone": 0.29,
    "lead": 1.49,
    "foreign": 0.5,
    "lacking": -1.16,
    "typical": 4.91,
    "typical_words": 0.07,
    "verified": 0.15,
}
INTERCEPT = -5.28
"""Log-odds by sign, where the best passage has no typical questions and where it has; by `tests/bench/fit.py`, the
latter over laws (decision 0022). The fit's own, -5.37, is too modest: of the drafts that it gives .4 to .5, .71 are
right."""
BROUGHT = PLAIN | {"verified": 0.25}
"""By its text alone, where questions came in with the document: a verifier that reads them knows more than one that
reads quotes. Set by hand: fewer near misses of the pairs to fit by are answered than with the weight of `PLAIN`."""

_BESIDE = 3.0
"""Log-odds that an answer loses which is beside what is asked about; set by hand. Of 873 questions of our own over what
ships none is answered otherwise by it."""
_LEAST_LETTERS, _ENDING = 10, 3
_LONG = re.compile(rf"[a-zæøå]{{{_LEAST_LETTERS},}}")
"""Words that may name a subject: mostly compounds, whose parts are in many texts; the last are endings."""
_MONEY = re.compile(
    r"\b(?:kr|kron\w+|nok|gratis|gebyr\w*|avgift\w*|kost\w*|pris\w*|prosent|free|fees?|costs?)\b|%", re.I
)

_LEAST = 0.001
"""No chance is taken for nought, or for all."""

_VERIFIED = 5.0
"""Log-odds: of 7,300 drafts a verifier is surer, either way, in one of 25."""

THRESHOLD = 0.65
"""How sure (0..1) a draft must be to be given as an answer: a wrong answer about rights is worse than none. Chosen on
our own questions: over laws .59 of those that can be answered are, .018 of all wrongly (.02 of those that nothing
answers); over guides .65, .017 and .06, and without typical questions, near misses among them, .47, .026 and .06."""


def signs(evidence: Evidence, quotes: Sequence[str]) -> dict[str, float]:
    """What tells an answer from a guess, of passages that were found by likeness and what is quoted of them.

    `certain`: the log-odds of the best section against all others that were read, by the reranker, and `lone` those of
    the best two; `sentence`: how near the best passage's nearest sentence is to the question (cosine), and `lead`: how
    much nearer than those of the others; `nearest`: how near that or its heading is, whichever is nearer; `meaning`:
    how near the passage is; `coverage`: how much of the question it covers in words, and `gram_coverage` in 5-grams;
    `foreign`: 1 where the question is in another language than the passage, so that all of these are lower;
    `lacking`: 1 where an amount is asked for, and none is quoted; `beside`: 1 where what is quoted is about another
    subject than the one that is named; `verified`: what a verifier says of question and draft (log-odds), which is put
    here by who asks it, and 0 until then.
    Where there are typical questions to it: how near (`typical`, cosine) and alike in words (`typical_words`) they are,
    and `brought`: 1 where they came in with the document, and that is no law.
    """
    read = evidence.found[:READ]
    parts, passage = read[0].parts, read[0].passage
    nearest = np.asarray([found.parts.get("sentence", 0.0) for found in read])
    chances = _chances(read)
    told = {
        "certain": _log_odds(chances[0]),
        "lone": _log_odds(chances[:2].sum()),
        "sentence": float(nearest[0]),
        "lead": float(nearest[0] - nearest.mean()),
        "nearest": max(float(nearest[0]), parts.get("heading", 0.0)),
        "coverage": parts.get("coverage", 0.0),
        "gram_coverage": parts.get("gram_coverage", 0.0),
        "meaning": parts.get("meaning", 0.0),
        "foreign": float(evidence.language == "en" != passage.language),
        "lacking": float(_lacks(evidence.query, quotes, passage.language)),
        "beside": float(_is_beside(evidence, quotes)),
        "verified": 0.0,
    }
    if "typical" in parts:
        brought = float(bool(passage.typical) and passage.kind != "law")
        told |= {name: parts[name] for name in ("typical", "typical_words")} | {"brought": brought}
    return told


def confidence(signs: Mapping[str, float]) -> float:
    """The probability (0..1) that the draft answers the question. An exact reference is certain.

    What questions came in with is answered, too, where its text alone would be: they can't ask for all that it says.
    """
    if signs.get("exact"):
        return 1.0
    if not signs:
        return 0.0
    sets = [(WEIGHTS, INTERCEPT)] if "typical" in signs else [(PLAIN, PLAIN_INTERCEPT)]
    sets += [(BROUGHT, PLAIN_INTERCEPT)] if signs.get("brought") else []
    total = max(
        intercept + sum(weight * signs[name] for name, weight in weights.items()) for weights, intercept in sets
    )
    total -= _BESIDE * signs.get("beside", 0.0)
    return 1.0 / (1.0 + math.exp(-total))


def is_open(signs: Mapping[str, float]) -> bool:
    """Can a verifier that is no surer than usual decide whether a draft is given as an answer?"""
    least, most = (confidence({**signs, "verified": said}) for said in (-_VERIFIED, _VERIFIED))
    return least < THRESHOLD <= most


def _lacks(query: str, quotes: Sequence[str], language: str) -> bool:
    """Is an amount asked for that none of the quotes gives, of money where a price is?"""
    if not seeks_amount(query):
        return False
    telling = [each for each in quotes if _MONEY.search(each)] if seeks_price(query) else quotes
    return not any(facts(each, language).amounts for each in telling)


def _is_beside(evidence: Evidence, quotes: Sequence[str]) -> bool:
    """Does the question name what another document is titled by, and nothing of the kind stands in what is quoted, nor
    above it? "Hva koster serveringsbevilling?" is not answered by what skjenkebevilling costs."""
    read = [found.passage for found in evidence.found[:READ] if found.passage.kind != "law"]
    subjects = {word for word in map(_stem, _LONG.findall(evidence.query.lower())) if _titled(word, read)}
    quoted = [passage for passage in read if any(quote in passage.text for quote in quotes)]
    said = " ".join([*quotes, *(f"{passage.title} {passage.heading}" for passage in quoted)]).lower()
    return any(subject not in said for subject in subjects)


def _titled(word: str, passages: Sequence[Passage]) -> bool:
    return any(word in passage.title.lower() for passage in passages)


def _stem(word: str) -> str:
    return word[: max(_LEAST_LETTERS - 1, len(word) - _ENDING)]


def _chances(read: Sequence[Found]) -> npt.NDArray[np.float64]:
    """How likely each section is the right one, by the score of its best passage; the likeliest first."""
    best: dict[tuple[str, str], float] = {}
    for found in read:
        section = found.passage.document, found.passage.section
        best[section] = max(found.score, best.get(section, found.score))
    raised = np.exp(np.sort(list(best.values()))[::-1] - max(best.values()))
    chances: npt.NDArray[np.float64] = raised / raised.sum()
    return chances


def _log_odds(chance: float) -> float:
    return math.log((chance + _LEAST) / (1 - chance + _LEAST))
