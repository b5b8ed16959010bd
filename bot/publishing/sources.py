"""The documents and sections that answers rest on, as the library has them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from bot.publishing.answer import IllegalAct, Refusal, Source
from knowledge.library import Library
from knowledge.model import Audience, Document, Section


class Current(BaseModel):
    """A source as it is now. It says what it said where the digest noted of it is one of the `digests`; `missing` is
    since when the document is not found where it comes from."""

    model_config = ConfigDict(frozen=True)

    digests: frozenset[str]
    missing: dt.date | None = None


class Sources:
    """Looks sources up."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def of(self, ids: Sequence[str], audience: Audience) -> tuple[Source, ...]:
        """What these ids name, as sources, each once. Raises IllegalAct where one is not there for that audience."""
        reader = self._library.reader(audience)
        found = []
        for id_ in dict.fromkeys(ids):
            name, _, anchor = id_.partition("#")
            document = await reader.document(name)
            section = document.section(anchor) if document and anchor else None
            if document is None or (anchor and section is None):
                raise IllegalAct(Refusal.SOURCE, document=id_)
            found.append(_source(document, section))
        return tuple(found)

    async def current(self, sources: Collection[Source], audience: Audience) -> Mapping[str, Current] | None:
        """Those of the sources that there are for that audience, by id; None where the library was never brought in to
        the end, so that nothing can be said of what it lacks."""
        if not await self._library.is_complete():
            return None
        reader = self._library.reader(audience)
        documents = {id_: await reader.document(id_) for id_ in sorted({source.document for source in sources})}
        looked_at = {source.id: _current(source, documents[source.document]) for source in sources}
        return {id_: current for id_, current in looked_at.items() if current}


def _source(document: Document, section: Section | None) -> Source:
    if section is None:
        return Source(document=document.id, title=document.title, digest=_words(*document.sections))
    return Source(
        document=document.id,
        title=document.title,
        digest=_words(section),
        section=section.anchor,
        heading=section.heading,
    )


def _current(source: Source, document: Document | None) -> Current | None:
    if document is None:
        return None
    if not source.section:
        # What was noted before sections were is a digest of everything about the document.
        whole = document.model_copy(update={"missing": None}).digest
        return Current(digests=frozenset({_words(*document.sections), whole}), missing=document.missing)
    section = document.section(source.section)
    return Current(digests=frozenset({_words(section)}), missing=document.missing) if section else None


def _words(*sections: Section) -> str:
    """A hash of what stands there, whatever else changes about the document."""
    return hashlib.sha256("\0".join(section.text for section in sections).encode()).hexdigest()
