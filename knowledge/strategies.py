"""The strategies of the plan, for looking up: one per area and code."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from knowledge.model import Document


class Strategy(BaseModel):
    """A strategy of a policy area. `document` and `anchor` are its address."""

    model_config = ConfigDict(frozen=True)

    code: str
    area: str
    area_title: str
    text: str
    document: str
    anchor: str


def strategies(documents: Sequence[Document]) -> list[Strategy]:
    """All strategies that stand in these documents, by area and code."""
    found = [
        Strategy(
            code=key.rpartition("/")[2],
            area=key.removeprefix("strategy:").rpartition("/")[0],
            area_title=document.area or document.title,
            text=section.text,
            document=document.id,
            anchor=section.anchor,
        )
        for document in documents
        for section in document.sections
        for key in section.keys
        if key.startswith("strategy:")
    ]
    return sorted(found, key=lambda strategy: (strategy.area, strategy.code))


def search(found: Sequence[Strategy], text: str) -> list[Strategy]:
    """Those whose code begins with the text, or whose text holds all its words; all of them for an empty text."""
    words = text.casefold().split()
    return [strategy for strategy in found if all(_matches(strategy, word) for word in words)]


def _matches(strategy: Strategy, word: str) -> bool:
    return strategy.code.casefold().startswith(word) or word in f"{strategy.area_title} {strategy.text}".casefold()
