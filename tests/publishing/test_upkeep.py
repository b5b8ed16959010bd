from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from bot.publishing.answer import Act, AnswerState, Event, Source, Why
from bot.publishing.notices import AnswerNotice
from bot.publishing.store import Answers
from bot.publishing.upkeep import Upkeep
from ingest.fetching import Fetcher, open_client
from ingest.finding import Finder
from ingest.ledger import Ledger
from ingest.pipeline import Pipeline
from ingest.readers.choice import READERS
from ingest.sources import load_sources
from ingest.splitting import ThreadSplitter
from knowledge.model import Audience, Document
from tests.desk.examples import OLA, eventually
from tests.knowledge.examples import ROYK, SERVERING, split
from tests.publishing.examples import ANSWER, NEXT_YEAR, NOON, Office


@pytest.fixture
async def filled(office: Office) -> Office:
    """An office whose library is complete."""
    await office.library.put_all([split(SERVERING), split(ROYK)])
    await office.library.end()
    return office


async def test_an_answer_is_flagged_once_when_its_source_changes_and_again_when_it_is_gone(filled: Office) -> None:
    answer = await filled.published(sources=("guides/servering",))
    beside = await filled.published(reply_id="reply-2", sources=("guides/royk",))
    await filled.news()
    assert await filled.upkeep.run_once() == []

    await filled.library.put_all([split(changed("krav"))])
    (flagged,) = await filled.upkeep.run_once()
    assert (flagged.id, [concern.why for concern in flagged.concerns]) == (answer.id, [Why.CHANGED])
    assert await filled.upkeep.run_once() == []
    (news,) = await filled.news()
    notice = AnswerNotice.model_validate(news.payload)
    assert (news.kind, notice.answer.concerns[0].title) == ("answer.review", "Serveringsbevilling")
    assert await filled.held() == sorted([answer.answer, beside.answer]), "it is found until somebody decides"

    await filled.library.remove("guides/servering")
    (flagged,) = await filled.upkeep.run_once()
    assert [concern.why for concern in flagged.concerns] == [Why.CHANGED, Why.GONE]
    assert [each.id for each in await filled.publishing.list(needs_review=True)] == [answer.id]

    await filled.publishing.renew(answer.id, OLA, NEXT_YEAR, sources=("guides/royk",))
    assert await filled.upkeep.run_once() == []
    assert await filled.publishing.list(needs_review=True) == []


async def test_only_what_the_cited_sections_say_matters(filled: Office) -> None:
    answer = await filled.published(sources=("guides/servering#krav", "guides/servering#gebyr"))
    assert [source.name for source in answer.sources] == [
        "Serveringsbevilling – Når må du ha serveringsbevilling?",
        "Serveringsbevilling – Hva koster det?",
    ]
    beside = await filled.published(reply_id="reply-2", sources=("guides/servering#gebyr",))
    await filled.library.put_all([split(SERVERING.model_copy(update={"topic": "annet", "checked": NEXT_YEAR}))])
    assert await filled.upkeep.run_once() == []
    await filled.library.put_all([split(changed("krav"))])
    (flagged,) = await filled.upkeep.run_once()
    assert (flagged.id, [(each.why, each.section) for each in flagged.concerns]) == (answer.id, [(Why.CHANGED, "krav")])
    without = SERVERING.model_copy(update={"sections": SERVERING.sections[:1], "missing": NOON.date()})
    await filled.library.put_all([split(without)])
    flagged_now = {each.id: each.concerns[-2:] for each in await filled.upkeep.run_once()}
    assert set(flagged_now) == {answer.id, beside.id}
    assert [(each.why, each.section) for each in flagged_now[beside.id]] == [(Why.GONE, "gebyr")]


async def test_a_document_that_is_missing_is_a_concern_until_somebody_has_looked(filled: Office) -> None:
    answer = await filled.published(sources=("guides/servering#krav",))
    await filled.library.put_all([split(SERVERING.model_copy(update={"missing": NOON.date()}))])
    (flagged,) = await filled.upkeep.run_once()
    assert [(each.why, each.since, each.title) for each in flagged.concerns] == [
        (Why.MISSING, NOON.date(), "Serveringsbevilling")
    ]
    assert await filled.upkeep.run_once() == []
    assert answer.id == flagged.id


async def test_what_an_answers_readers_may_read_no_longer_is_gone_for_them(filled: Office) -> None:
    answer = await filled.published(sources=("guides/servering#krav",))
    inside = await filled.published(
        reply_id="reply-2", sources=("guides/servering#krav",), audience=Audience.INTERNAL, answer="Ja, internt."
    )
    await filled.library.put_all([split(SERVERING.model_copy(update={"audience": Audience.INTERNAL}))])
    (flagged,) = await filled.upkeep.run_once()
    assert (flagged.id, [each.why for each in flagged.concerns]) == (answer.id, [Why.GONE])
    await filled.library.put_all([split(changed("krav").model_copy(update={"audience": Audience.INTERNAL}))])
    (flagged,) = await filled.upkeep.run_once()
    assert (flagged.id, [each.why for each in flagged.concerns]) == (inside.id, [Why.CHANGED])


async def test_what_was_published_before_sections_were_noted_keeps_to_its_documents(filled: Office) -> None:
    answer = await filled.published(sources=("guides/servering",))
    older = Source(document="guides/servering", title="Serveringsbevilling", digest=SERVERING.digest)
    async with filled.database.writing() as session:
        event = Event(act=Act.RENEWED, actor=OLA, moment=NOON, sources=(older,), review_on=NEXT_YEAR)
        await Answers(session).change(answer.id, event)
    assert await filled.upkeep.run_once() == []
    await filled.library.put_all([split(SERVERING.model_copy(update={"topic": "noe annet"}))])
    (flagged,) = await filled.upkeep.run_once()
    assert [each.why for each in flagged.concerns] == [Why.CHANGED]


def changed(anchor: str) -> Document:
    """The guide with more in that section."""
    sections = [
        each.model_copy(update={"text": f"{each.text} Nytt."}) if each.anchor == anchor else each
        for each in SERVERING.sections
    ]
    return SERVERING.model_copy(update={"sections": tuple(sections)})


async def test_an_answer_is_flagged_when_its_date_comes(filled: Office) -> None:
    answer = await filled.published()
    filled.moment = dt.datetime(2027, 3, 11, 22, 59, tzinfo=dt.UTC)
    assert await filled.upkeep.run_once() == []
    filled.moment += dt.timedelta(minutes=1)  # midnight in Norway
    (flagged,) = await filled.upkeep.run_once()
    assert (flagged.id, [concern.why for concern in flagged.concerns]) == (answer.id, [Why.DUE])


async def test_nothing_is_missed_in_a_library_that_was_never_complete(office: Office) -> None:
    await office.library.put_all([split(SERVERING)])
    await office.published(sources=("guides/servering",))
    await office.library.remove("guides/servering")
    assert await office.upkeep.run_once() == []


async def test_any_number_may_look_at_once(filled: Office) -> None:
    await filled.published()
    await filled.news()
    filled.moment = NOON + dt.timedelta(days=400)
    await asyncio.gather(*(filled.upkeep.run_once() for _ in range(4)))
    assert [each.kind for each in await filled.news()] == ["answer.review"]


async def test_a_library_made_anew_gets_what_is_published_and_nothing_else(filled: Office) -> None:
    kept = await filled.published()
    gone = await filled.published(reply_id="reply-2", answer="Nei.")
    await filled.library.retract(kept.document)
    await filled.publishing.withdraw(gone.id, OLA)  # and that is carried nowhere
    assert await filled.held() == ["Nei."]
    await filled.upkeep.run_once()
    assert await filled.held() == [ANSWER]


async def test_bringing_documents_in_leaves_published_answers_alone(office: Office, tmp_path: Path) -> None:
    await office.published()
    (tmp_path / "skilt.md").write_text("# Skilt\n\n## Krav\n\nSkilt må omsøkes.")
    list_of_sources = tmp_path / "sources.toml"
    about = 'kind = "guidance"\naudience = "public"\nlanguage = "nb"'
    list_of_sources.write_text(f'[[source]]\nname = "Svar"\npath = "*.md"\n{about}\nkeep = 0\n')
    async with open_client() as client:
        splitter, ledger = ThreadSplitter(READERS), Ledger(tmp_path / "ledger.db")
        pipeline = Pipeline(office.library, Finder(Fetcher(client), tmp_path / "cache"), splitter, ledger)
        assert (await pipeline.run(load_sources(list_of_sources))).removed == 0
        (tmp_path / "skilt.md").rename(tmp_path / "plakat.md")
        assert (await pipeline.run(load_sources(list_of_sources))).removed == 1
        ledger.close()
    assert await office.held() == [ANSWER]


async def test_it_looks_again_and_again_until_it_is_stopped(filled: Office) -> None:
    answer = await filled.published()
    upkeep = Upkeep(filled.publishing, filled.courier, filled.library, clock=lambda: filled.moment, pause=0.01)
    stop = asyncio.Event()
    looking = asyncio.create_task(upkeep.run(stop))
    filled.moment = NOON + dt.timedelta(days=400)

    async def flagged() -> bool:
        return (await filled.publishing.get(answer.id)).needs_review

    await eventually(flagged)
    stop.set()
    await looking
    assert (await filled.publishing.get(answer.id)).state is AnswerState.PUBLISHED
