from __future__ import annotations

import datetime as dt

import pytest

from bot.desk.dispatcher import Dispatcher
from bot.desk.outbox import Delivery, Undeliverable
from bot.publishing.notices import LIBRARY
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience
from tests.desk.examples import KARI, OLA, eventually, running
from tests.knowledge.examples import SERVERING, split
from tests.publishing.examples import ANSWER, QUESTION, Office


async def test_what_is_approved_and_withdrawn_reaches_the_library_by_itself(office: Office) -> None:
    async with running(Dispatcher(office.outbox, {LIBRARY: office.courier})):
        answer = await office.published()
        await eventually(lambda: _holds(office, [ANSWER]))
        await office.publishing.withdraw(answer.id, OLA)
        await eventually(lambda: _holds(office, []))


async def _holds(office: Office, texts: list[str]) -> bool:
    return await office.held() == texts


async def test_twice_late_or_in_the_wrong_order_the_library_holds_what_the_database_says(office: Office) -> None:
    answer = (await office.publishing.propose(await office.new(), KARI)).answer
    await office.publishing.approve(answer.id, OLA)
    (publish,) = await office.carry()
    for _ in range(2):
        await office.courier.deliver(publish)
    assert await office.held() == [ANSWER]
    await office.publishing.withdraw(answer.id, OLA)
    (withdraw,) = await office.carry()
    for late in (publish, withdraw, publish):
        await office.courier.deliver(late)
        assert await office.held() == []


async def test_nobody_waits_for_those_who_bring_documents_in(office: Office) -> None:
    async with office.library.lock():
        answer = await office.published()
        assert await office.held() == [ANSWER]
        await office.publishing.withdraw(answer.id, OLA)
        await office.carry()
        assert await office.held() == []


async def test_the_document_says_whose_answer_it_is_and_what_it_rests_on(office: Office) -> None:
    await office.library.put_all([split(SERVERING)])
    answer = await office.published(sources=("guides/servering",), language="en")
    document = await office.library.reader(Audience.PUBLIC).document(answer.document)
    assert document is not None
    assert (document.title, document.kind, document.language) == (
        "Answer from Næringsavdelingen, 12/03/2026",
        "answer",
        "en",
    )
    assert (document.published, document.checked, document.source) == (dt.date(2026, 3, 12), None, "")
    first, sources = document.sections
    assert (first.heading, first.text) == (QUESTION, ANSWER)
    assert (sources.heading, sources.text) == ("Sources", "– Serveringsbevilling")


async def test_another_process_finds_it_at_once(office: Office, embeddings: CachedEmbeddings, library: Library) -> None:
    folder = library.folder
    elsewhere = Library(folder, embeddings, warm=False)
    try:
        reader = elsewhere.reader(Audience.PUBLIC)
        assert reader.answers() == ((),)
        answer = await office.published()
        assert [[each.text for each in shelf] for shelf in reader.answers()] == [[ANSWER]]
        await office.publishing.withdraw(answer.id, OLA)
        await office.carry()
        assert reader.answers() == ((),)
    finally:
        elsewhere.close()


async def test_what_is_not_about_an_answer_can_not_be_delivered(office: Office) -> None:
    with pytest.raises(Undeliverable):
        await office.courier.deliver(Delivery(kind="case.opened", platform=LIBRARY, key="k"))
