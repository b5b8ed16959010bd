"""Citations as people read them: one source a section, whose number stands beside every claim that rests on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic import BaseModel, ConfigDict

from knowledge.model import Audience, Citation, LegalReference


class Source(BaseModel):
    """A section that is cited, its number, and the citations of it in their order, at least one."""

    model_config = ConfigDict(frozen=True)

    number: int
    citations: tuple[Citation, ...]

    @property
    def citation(self) -> Citation:
        """The first citation: title, date and audience are those of the section."""
        return self.citations[0]

    @property
    def quotes(self) -> tuple[str, ...]:
        """What is quoted from it, each text once."""
        return tuple(dict.fromkeys(citation.quote for citation in self.citations))

    @property
    def rests_on(self) -> tuple[LegalReference, ...]:
        """The paragraphs that what is cited rests on, each once."""
        return tuple(dict.fromkeys(basis for citation in self.citations for basis in citation.rests_on))


def sources(citations: Iterable[Citation]) -> tuple[Source, ...]:
    """The cited sections, numbered from 1 in the order in which they are cited first."""
    # By audience, too: what is internal stands under no source that isn't marked so.
    sections: dict[tuple[str, str, Audience], list[Citation]] = {}
    for citation in dict.fromkeys(citations):
        sections.setdefault((citation.document, citation.section, citation.audience), []).append(citation)
    return tuple(Source(number=number, citations=tuple(found)) for number, found in enumerate(sections.values(), 1))


def numbers(citations: Iterable[Citation]) -> Mapping[Citation, int]:
    """The number of each citation: that of its source."""
    return {citation: source.number for source in sources(citations) for citation in source.citations}
