"""The sources of a reply as people read them: one entry a section, with the numbers that stand beside the claims."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel, ConfigDict

from knowledge.model import Citation, Claim


class Quote(BaseModel):
    """A citation and its number. `repeated`: a claim consists of the quoted words, which then stand there already."""

    model_config = ConfigDict(frozen=True)

    number: int
    citation: Citation
    repeated: bool


class Source(BaseModel):
    """A section and what is quoted from it."""

    model_config = ConfigDict(frozen=True)

    quotes: tuple[Quote, ...]

    @property
    def citation(self) -> Citation:
        """The first citation: title, date, audience and laws are those of the section."""
        return self.quotes[0].citation


def numbered(claims: Sequence[Claim]) -> Mapping[Citation, int]:
    """The citations of the claims and their numbers."""
    cited = dict.fromkeys(claim.citation for claim in claims)
    return {citation: number for number, citation in enumerate(cited, start=1)}


def sources(claims: Sequence[Claim]) -> Sequence[Source]:
    """The cited sections, in the order in which they are cited first."""
    told = {claim.text for claim in claims}
    sections: dict[tuple[str, str], list[Quote]] = {}
    for citation, number in numbered(claims).items():
        quote = Quote(number=number, citation=citation, repeated=citation.quote in told)
        sections.setdefault((citation.document, citation.section), []).append(quote)
    return [Source(quotes=tuple(quotes)) for quotes in sections.values()]
