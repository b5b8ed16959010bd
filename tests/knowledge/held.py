"""A model that has a text wait."""

from __future__ import annotations

import threading

from langchain_core.embeddings import Embeddings


class Held(Embeddings):
    """Embeds as another does, and whatever is read together with one text only when it may."""

    def __init__(self, model: Embeddings, text: str) -> None:
        self._model = model
        self._text = text
        self.asked, self.may = threading.Event(), threading.Event()

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        if self._text in texts:
            self.asked.set()
            assert self.may.wait(30)
        return self._model.embed_documents(texts)

    def embed_query(self, text: str) -> list[float]:
        return self._model.embed_query(text)
