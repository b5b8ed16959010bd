from __future__ import annotations

import pytest

from knowledge.answering import ExtractiveAnswerer
from knowledge.asked import SAME, is_same
from knowledge.catalogue import Split
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import ANSWER, Audience, Found, Match, Section
from knowledge.references import Keys, law_key, strategy_key
from knowledge.retriever import Retriever
from tests.knowledge.examples import PLAN, SERVERING, document, split

QUESTION = "Kan jeg servere ute til klokka 02 på 17. mai?"
TEXT = "Ja. Det kan du. " + "Musikken må være slått av klokka 23. " * 60
KEYS = Keys({law_key("serveringsloven", "15"), law_key("alkoholloven", "15"), strategy_key("Næringsliv", "B3")})


def answer(id_: str = "answer/1", question: str = QUESTION, text: str = TEXT, **values: object) -> Split:
    """A published answer, its text whole."""
    section = Section(anchor="svar", heading=question, text=text.strip())
    made = document(id_, section, title="Svar", kind=ANSWER, source="", **values)
    passage = split(made)[1][0].model_copy(update={"text": section.text})
    return made, [passage]


async def publish(library: Library, published: Split) -> None:
    made, (passage,) = published
    await library.publish(made, passage)


def retriever(library: Library, embeddings: CachedEmbeddings, audience: Audience = Audience.PUBLIC) -> Retriever:
    return Retriever(reader=library.reader(audience), embeddings=embeddings)


def found(question: str, score: float = SAME) -> Found:
    return Found(passage=answer(question=question)[1][0], score=score)


@pytest.mark.parametrize(
    ("asked", "published", "same"),
    [
        ("Kan jeg servere til 02?", "Får vi servere til 02?", True),
        ("Kan jeg servere til 03?", "Får vi servere til 02?", False),
        ("Kan jeg servere på 17. mai?", "Kan jeg servere til 02 på 17. mai?", True),
        ("Hva betyr B3 for en kafé?", "Hva betyr strategi B3 for kafeer?", True),
        ("Hva betyr C1 for en kafé?", "Hva betyr B3 for kafeer?", False),
        ("Hva sier § 15 i serveringsloven?", "Hva sier § 15 i alkoholloven?", False),
        ("Når må jeg søke?", "Hvor søker jeg?", False),
        ("Må jeg søke?", "Hvor søker jeg?", False),
        ("Hva er prisen?", "Hvor mye koster det?", True),
        ("Hvor lang tid tar det?", "Hvor er det?", False),
        ("Vi åpner kafé. Kan vi søke nå, når det haster?", "Får vi søke nå?", True),
        ("uteservering søknad", "Hvor søker jeg om uteservering?", True),
        ("How do I apply?", "Who decides?", False),
        ("Kven avgjer?", "Hvem bestemmer?", True),
    ],
)
def test_questions_that_are_near_are_the_same_only_where_they_ask_for_the_same(
    asked: str, published: str, same: bool
) -> None:
    assert is_same(asked, found(published), KEYS) is same
    assert not is_same(asked, found(published, SAME - 0.001), KEYS)


async def test_the_answer_is_quoted_whole_where_its_question_is_asked_again(
    shelf: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer
) -> None:
    await shelf.put_all([split(SERVERING), split(PLAN)])
    await publish(shelf, answer())
    outsider = retriever(shelf, embeddings)
    for text in (QUESTION, QUESTION.upper(), "Får vi ha uteserveringen åpen til klokka 02 på 17. mai?"):
        evidence = await outsider.find(text)
        assert (evidence.match, evidence.subject, evidence.exact) == (Match.ASKED, QUESTION, True), text
        draft = await answerer.draft(evidence, outsider.reader)
        assert [claim.text for claim in draft.claims] == [TEXT.strip()]


async def test_a_question_that_is_only_like_it_is_not_answered_by_it(
    shelf: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer
) -> None:
    await shelf.put_all([split(SERVERING), split(PLAN)])
    await publish(shelf, answer())
    outsider = retriever(shelf, embeddings)
    evidence = await outsider.find("Kan jeg servere ute til klokka 03 på 17. mai?")
    assert evidence.match is Match.SIMILAR
    assert [passage.document for passage in evidence.akin] == ["answer/1"]
    assert "answer/1" not in {each.passage.document for each in evidence.found}
    nearest = await answerer.nearest(evidence)
    assert (nearest[0].document, nearest[0].quote) == ("answer/1", TEXT.strip())
    assert len(nearest) == 3
    assert (await outsider.find("Hva koster hundelisens?")).akin == ()


async def test_of_several_the_nearest_answers(shelf: Library, embeddings: CachedEmbeddings) -> None:
    for hour in ("01", "02", "03"):
        question = f"Kan jeg servere ute til klokka {hour} på 17. mai?"
        await publish(shelf, answer(f"answer/{hour}", question, f"Svar om {hour}."))
    outsider = retriever(shelf, embeddings)
    for hour in ("03", "01", "02"):
        evidence = await outsider.find(f"kan eg servere ute til klokka {hour} den 17. mai")
        assert [each.passage.document for each in evidence.found] == [f"answer/{hour}"]


async def test_a_document_whose_heading_is_nearer_goes_before_it(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await shelf.put_all([split(SERVERING)])
    asked = "Når må du ha serveringsbevilling?"
    await publish(shelf, answer(question="Når må jeg ikke ha serveringsbevilling?"))
    assert (await retriever(shelf, embeddings).find(asked)).match is Match.SIMILAR
    await publish(shelf, answer(question=asked))
    assert (await retriever(shelf, embeddings).find(asked)).match is Match.ASKED


async def test_what_names_a_strategy_is_answered_by_the_strategy_unless_the_very_question_was(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    await shelf.put_all([split(PLAN)])
    await publish(shelf, answer(question="Hva sier C1?"))
    outsider = retriever(shelf, embeddings)
    assert (await outsider.find("Hva sier C2?")).match is Match.NAMED
    assert (await outsider.find("Hva sier C1?")).match is Match.ASKED


async def test_outsiders_have_no_internal_answer_at_hand(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await publish(shelf, answer(audience=Audience.INTERNAL))
    assert shelf.reader(Audience.PUBLIC).answers() == ((),)
    outsider = await retriever(shelf, embeddings).find(QUESTION)
    assert (outsider.found, outsider.akin) == ((), ())
    assert (await retriever(shelf, embeddings, Audience.INTERNAL).find(QUESTION)).match is Match.ASKED


async def test_an_answer_that_becomes_internal_leaves_the_public_and_what_is_retracted_is_gone(
    shelf: Library, embeddings: CachedEmbeddings
) -> None:
    outsider = retriever(shelf, embeddings)
    for audience, match in ((Audience.PUBLIC, Match.ASKED), (Audience.INTERNAL, Match.SIMILAR)):
        await publish(shelf, answer(audience=audience))
        assert (await outsider.find(QUESTION)).match is match
    await shelf.retract("answer/1")
    await shelf.retract("answer/1")
    assert shelf.reader(Audience.INTERNAL).answers() == ((), ())
    assert await shelf.holdings() == {}


async def test_answers_change_nothing_for_other_questions(shelf: Library, embeddings: CachedEmbeddings) -> None:
    await shelf.put_all([split(SERVERING), split(PLAN)])
    outsider = retriever(shelf, embeddings)
    texts = ("Når må du ha serveringsbevilling?", "gebyr for søknaden", "grønt næringsliv", "B3")
    before = [(await outsider.find(text)).found for text in texts]
    for number in range(20):
        question, text = f"Kan hund nummer {number} bade i fjorden?", SERVERING.sections[0].text
        await publish(shelf, answer(f"answer/{number}", question, text))
    assert [(await outsider.find(text)).found for text in texts] == before


async def test_what_is_worked_out_from_answers_is_kept_while_other_documents_change(shelf: Library) -> None:
    await publish(shelf, answer())
    reader = shelf.reader(Audience.PUBLIC)
    (before,) = reader.answers()
    await shelf.put_all([split(SERVERING)])
    (after,) = reader.answers()
    assert after is before
    await publish(shelf, answer(text="Nei."))
    (changed,) = reader.answers()
    assert [passage.text for passage in changed] == ["Nei."]
