"""What publishing is for: a case is answered, the answer is published, and whoever asks the same gets it."""

from __future__ import annotations

import pytest

from bot.question import Status
from bot.understanding import Understander
from knowledge.answering import ExtractiveAnswerer
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from tests.conversation.examples import Bot
from tests.desk.examples import KARI, OLA
from tests.knowledge.examples import EVERYTHING, split
from tests.publishing.examples import ANSWER, QUESTION, Office

AGAIN = (
    QUESTION,
    "Får vi ha uteserveringen åpen til klokka 02 på 17. mai?",
    "kan eg servere ute til klokka 02 den 17. mai",
)
OTHERS = (
    "Kan jeg servere ute til klokka 03 på 17. mai?",
    "Kan jeg servere ute til klokka 02 på nyttårsaften?",
    "Hva koster det å servere ute på 17. mai?",
    "Kan vi ha hund i kafeen?",
)


SURE = 0.9
"""So high that of these few examples nothing but a published answer is given."""


@pytest.fixture
async def bot(
    library: Library, embeddings: CachedEmbeddings, answerer: ExtractiveAnswerer, understander: Understander
) -> Bot:
    """Holds the examples, and what the office publishes."""
    await library.put_all([split(document) for document in EVERYTHING])
    return Bot(library, embeddings, answerer, understander, threshold=SURE)


async def test_the_same_question_is_answered_by_the_published_answer_until_it_is_withdrawn(
    bot: Bot, office: Office
) -> None:
    assert {(await bot.asked(text)).status for text in (*AGAIN, *OTHERS)} == {Status.ABSTAINED}

    case = await office.answered()
    proposal = await office.publishing.propose(await office.new(cases=(case.id,)), KARI)
    assert await office.carry() == []
    assert (await bot.asked(QUESTION)).status is Status.ABSTAINED, "nobody has approved it"

    await office.publishing.approve(proposal.answer.id, OLA)
    await office.carry()
    for text in AGAIN:
        reply = await bot.asked(text)
        assert (reply.status, [claim.text for claim in reply.claims]) == (Status.ANSWERED, [ANSWER]), text
        assert QUESTION in reply.lead
        (cited,) = reply.citations
        assert cited.title == f"Svar fra Næringsavdelingen, 12.03.2026 – {QUESTION}"
        assert cited.url == f"https://bot.example/kilde/{proposal.answer.document}#svar"
        assert (cited.quote, cited.kind) == (ANSWER, "answer")
    for text in OTHERS:
        assert (await bot.asked(text)).status is Status.ABSTAINED, text

    await office.publishing.withdraw(proposal.answer.id, OLA, "Gjelder ikke lenger")
    await office.carry()
    for text in AGAIN:
        reply = await bot.asked(text)
        assert (reply.status, reply.claims) == (Status.ABSTAINED, ()), text
        assert not any(cited.kind == "answer" for cited in reply.nearest)


async def test_an_answer_to_a_question_that_is_like_it_stands_among_the_nearest_sources(
    bot: Bot, office: Office
) -> None:
    answer = await office.published()
    reply = await bot.asked("Kan jeg servere ute til klokka 03 på 17. mai?")
    assert reply.status is Status.ABSTAINED
    assert (reply.nearest[0].document, reply.nearest[0].quote) == (answer.document, ANSWER)
    assert len(reply.nearest) == 3


async def test_what_was_asked_internally_never_reaches_an_outsider(bot: Bot, office: Office) -> None:
    case = await office.answered(audience=Audience.INTERNAL)
    answer = await office.published(cases=(case.id,), audience=Audience.PUBLIC)
    assert answer.audience is Audience.INTERNAL
    assert (await bot.asked(QUESTION, audience=Audience.INTERNAL)).status is Status.ANSWERED
    reply = await bot.asked(QUESTION)
    assert reply.status is Status.ABSTAINED
    assert not any(cited.kind == "answer" for cited in reply.nearest)
    assert (await office.held(Audience.PUBLIC), await office.held(Audience.INTERNAL)) == ([], [ANSWER])


async def test_what_documents_answer_is_the_same_whatever_is_published(bot: Bot, office: Office) -> None:
    questions = ("Når må du ha serveringsbevilling?", "Hva koster serveringsbevilling?", "B3", "serveringsloven § 15")
    told = {"status", "claims", "ranking", "confidence"}
    before = [(await bot.asked(text)).model_dump(include=told) for text in questions]
    for number in range(5):
        await office.published(reply_id=f"reply-{number}", question=f"Hva gjelder for serveringsbevilling {number}?")
    assert [(await bot.asked(text)).model_dump(include=told) for text in questions] == before
