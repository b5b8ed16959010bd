"""A model that notes what it was asked for."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings


class Counting(Embeddings):
    """Embeds as another does; the `texts` of passages that it was asked for, and how often (`count`)."""

    def __init__(self, model: Embeddings) -> None:
        self._model = model
        self.texts: list[str] = []
        self.count = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.texts += texts
        self.count += 1
        return self._model.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text)
