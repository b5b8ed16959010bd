"""That a source has changed which a case rests on. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ingest.changes import Kind
from knowledge.model import Audience


class SourceChange(BaseModel):
    """What happened to a document that a case cites, and to which of its sections that are cited: their `anchors`, and
    their `headings` for people. `number` is that of the change among all changes of sources; `url` is where the first
    of the sections is read."""

    model_config = ConfigDict(frozen=True)

    number: int
    kind: Kind
    document: str
    title: str
    audience: Audience
    url: str
    anchors: tuple[str, ...]
    headings: tuple[str, ...]
