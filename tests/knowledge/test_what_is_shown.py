"""What the asker needs is among what is quoted, wherever in its section it stands."""

from __future__ import annotations

import pytest

from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Section
from knowledge.retriever import Retriever
from tests.knowledge.examples import document, split

USUAL = "Oppsigelsesfristen er én måned for begge parter når ikke annet er skriftlig avtalt."
LONGER = "Fristen er minst to måneder for den som har vært ansatt i fem år."
FORM = "Brevet skal leveres personlig eller sendes rekommandert til adressen som er oppgitt."
LAID_OFF = "Den som er permittert, kan gå på dagen når virksomheten har varslet om det i forkant."
SHORTER = "En ansatt kan bare avtale en kortere frist enn én måned når det er tariffavtale."
FILLING = " ".join(f"Partene skal i møte nummer {number} gå gjennom hva som er avtalt om lønn." for number in range(30))
ASKED = "Hvor lang oppsigelsesfrist har en ansatt?"


@pytest.mark.parametrize(
    ("text", "shown", "left_out"),
    [
        (f"{USUAL} {FORM} {LAID_OFF} {LONGER}", [USUAL, FORM, LAID_OFF, LONGER], []),
        (f"{USUAL} {SHORTER} {FORM} {FILLING[:700].rpartition('.')[0]}. {LONGER}", [USUAL, SHORTER, LONGER], [FORM]),
        (f"{FORM} {LONGER} {FILLING} {USUAL} {SHORTER}", [LONGER, USUAL, SHORTER], []),
    ],
    ids=["a short section", "a long one", "in another passage"],
)
async def test_who_asks_for_a_figure_is_told_of_all_cases(
    shelf: Library, embeddings: CachedEmbeddings, text: str, shown: list[str], left_out: list[str]
) -> None:
    await shelf.put(*split(document("guides/arbeid", Section(anchor="frist", heading="Oppsigelse", text=text))))
    retriever = Retriever(reader=shelf.reader(Audience.PUBLIC), embeddings=embeddings)
    evidence = await retriever.find(ASKED, "nb")
    draft = await ExtractiveAnswerer(embeddings, "http://localhost").draft(evidence, retriever.reader)
    quoted = [claim.text for claim in draft.claims]
    assert [text for text in quoted if text in shown] == shown
    assert not set(quoted) & set(left_out)
