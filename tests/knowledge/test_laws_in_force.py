"""What is quoted of laws that do not hold, or only in part, says so."""

from __future__ import annotations

import datetime as dt

import pytest

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import UNDECIDED, Audience
from knowledge.retriever import Retriever
from tests.knowledge.examples import split
from tests.knowledge.test_reference_parts import law, paragraph, quoted


async def test_of_two_laws_of_one_name_the_one_in_force_is_quoted(shelf: Library, embeddings: CachedEmbeddings) -> None:
    old = law(paragraph("Gamle ord."), in_force=dt.date(1970, 1, 1))
    new = law(paragraph("Nye ord."), id_="laws/ny", in_force=UNDECIDED)
    assert await quoted(shelf, embeddings, "torgloven § 4", old, new) == ["Gamle ord."]


@pytest.mark.parametrize(("language", "mark"), [("nb", "ikke i kraft"), ("nn", "ikkje i kraft")])
async def test_what_is_not_in_force_is_quoted_only_by_name_and_says_so(
    shelf: Library, embeddings: CachedEmbeddings, language: str, mark: str
) -> None:
    await shelf.put(*split(law(paragraph("Benker males grønne."), in_force=UNDECIDED, language=language)))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    assert (await retriever.find("Hvilken farge males benker i?")).found == ()
    evidence = await retriever.find("torgloven § 4")
    draft = await ExtractiveAnswerer(embeddings, "").draft(evidence, retriever.reader)
    assert [claim.citation.title for claim in draft.claims] == [f"Torgloven – § 4. Bevilling – {mark}"]


@pytest.mark.parametrize(("in_full", "mark"), [(UNDECIDED, " – bare deler av regelverket er i kraft"), (None, "")])
async def test_of_a_law_of_which_some_waits_a_quote_says_so(
    shelf: Library, embeddings: CachedEmbeddings, in_full: dt.date | None, mark: str
) -> None:
    await shelf.put(*split(law(paragraph("Ord."), in_force=dt.date(2010, 1, 1), in_full=in_full)))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    draft = await ExtractiveAnswerer(embeddings, "").draft(await retriever.find("torgloven § 4"), retriever.reader)
    assert [claim.citation.title for claim in draft.claims] == [f"Torgloven – § 4. Bevilling{mark}"]
