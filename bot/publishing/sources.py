"""The documents that answers rest on, as the library has them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from bot.publishing.answer import IllegalAct, Refusal, Source
from knowledge.library import Library
from knowledge.model import Audience


class Sources:
    """Looks sources up."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def of(self, ids: Sequence[str], audience: Audience) -> tuple[Source, ...]:
        """These documents as sources, each once. Raises IllegalAct where one is not there for that audience."""
        reader = self._library.reader(audience)
        found = []
        for id_ in dict.fromkeys(ids):
            document = await reader.document(id_)
            if document is None:
                raise IllegalAct(Refusal.SOURCE, document=id_)
            found.append(Source(document=id_, title=document.title, digest=document.digest))
        return tuple(found)

    async def digests(self, ids: Collection[str]) -> Mapping[str, str] | None:
        """The digests of those of the documents that there are, by id; None where the library was never brought in to
        the end, so that nothing can be said of what it lacks."""
        if not await self._library.is_complete():
            return None
        reader = self._library.reader(Audience.INTERNAL)
        found = [document for id_ in sorted(ids) if (document := await reader.document(id_))]
        return {document.id: document.digest for document in found}
