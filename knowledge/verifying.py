"""Does what is said answer what is asked? Told by a model that reads both together (decision 0019).

"How much notice does our power contract have?" is near to what is said of employees: vectors of whole texts hardly
tell that from the same question in other words. A cross-encoder does (Nogueira and Cho 2019, arXiv:1901.04085); as in
"read + verify" (Hu et al. 2019, arXiv:1808.05759) it judges drafts; it does not search.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from knowledge.embeddings import vectors_of
from knowledge.engine import Engine, open_layers
from knowledge.model import Claim, Evidence, Passage
from knowledge.remembering import Remembered
from knowledge.typical_questions import TypicalQuestions

LAYERS = Path(__file__).with_name("verifier_layers.onnx")
"""E5's first six layers, tuned for this, as `tests/bench/tuning/pack.py` wrote them: from the sum of a token's vectors
to the log-odds."""

ASKED, SAID = 46, 62
"""Tokens of the question and of what is said that are read, as many as it learned from."""
TYPICAL, QUOTES = 3, 2
"""Typical questions, the nearest ones, and quotes that are read, as it learned to."""
_KEPT = 1024
"""Of so many questions with what is said to them the log-odds are remembered, by a hash: neither can be read there."""


class CrossEncoder:
    """The model that reads a question and what is said to it as one text. Several threads may use it at once."""

    def __init__(self, engine: Engine, layers: Path = LAYERS) -> None:
        self._engine = engine
        self._layers = open_layers(layers)

    def log_odds(self, asked: str, said: str) -> float:
        """The log-odds that the one answers the other. Blocking: 20 ms on the core of the thread that calls."""
        parts = self._engine.tokens("query", asked)[:ASKED], self._engine.tokens("passage", said)[:SAID]
        (found,) = self._layers.run(None, {"tokens": self._engine.together(*parts)})
        return float(found[0, 0])


class Verifier:
    """Compares a question with a draft's source. Several threads may use it at once."""

    def __init__(self, encoder: CrossEncoder, embeddings: Embeddings, typical: TypicalQuestions) -> None:
        self._encoder = encoder
        self._embeddings = embeddings
        self._typical = typical
        self._remembered = Remembered[float](_KEPT)

    def log_odds(self, evidence: Evidence, claims: Sequence[Claim]) -> float:
        """The log-odds that the best passage's section answers the question: by what it is known to answer or, where
        nobody wrote that down, by what is quoted of it; 0 where nothing is. Blocking."""
        passage = evidence.found[0].passage
        said = self._nearest(passage, evidence.vector) or _quoted(passage, claims)
        if not said:
            return 0.0
        return self._read(evidence.query, f"{passage.heading or passage.title}: {' '.join(said)}")

    def forget(self) -> None:
        """Read the next ones as if they were new: for who measures what that takes."""
        self._remembered.forget()

    def _read(self, asked: str, said: str) -> float:
        key = hashlib.blake2b(f"{asked}\0{said}".encode(), digest_size=20).digest()
        found = self._remembered.get(key)
        if found is None:
            found = self._encoder.log_odds(asked, said)
            self._remembered.keep(key, found)
        return found

    def _nearest(self, passage: Passage, vector: Sequence[float]) -> list[str]:
        questions = self._typical.to(passage)
        if not questions:
            return []
        near = vectors_of(self._embeddings, questions) @ np.asarray(vector)
        return [questions[int(index)] for index in np.argsort(-near, kind="stable")[:TYPICAL]]


def _quoted(passage: Passage, claims: Sequence[Claim]) -> list[str]:
    section = passage.document, passage.section
    own = [claim.text for claim in claims if (claim.citation.document, claim.citation.section) == section]
    return own[:QUOTES]
