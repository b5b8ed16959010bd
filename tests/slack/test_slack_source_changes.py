"""A document changes: the published answer is up for review, the open case is told, and a channel hears of all."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.database import now
from bot.handlers.slack import PLATFORM
from bot.publishing.answer import NewAnswer, Why
from bot.publishing.courier import LibraryCourier
from bot.publishing.notices import LIBRARY
from bot.publishing.publishing import Publishing
from bot.publishing.sources import Sources
from bot.publishing.upkeep import Upkeep
from bot.sourcing import bulletin
from bot.sourcing.bulletin import MOST
from bot.sourcing.herald import Herald
from bot.sourcing.revisions import Revisions
from ingest.changes import Change, Kind, change_of
from ingest.fetching import Fetcher, open_client
from ingest.finding import Finder
from ingest.ledger import Ledger, Noted
from ingest.pipeline import Pipeline
from ingest.readers.choice import READERS
from ingest.sources import load_sources
from ingest.splitting import ThreadSplitter
from knowledge.embeddings import CachedEmbeddings
from knowledge.library import Library
from knowledge.model import Audience, Citation
from tests.desk.examples import KARI, OLA, brought
from tests.knowledge.conftest import embeddings
from tests.peers.slack import Slack
from tests.slack.casework import KARI as KARI_IN_SLACK
from tests.slack.casework import OFFICER, SAKER, opened, people, quiet, said, shown, under
from tests.slack.examples import TEXTS, Bot, started
from tests.sourcing.examples import NOW, guide

__all__ = ["embeddings"]

KILDER = "GKILDER"
SOURCES = """
[[source]]
name = "Veiledninger"
path = "guides/*"
kind = "guidance"
audience = "public"
language = "nb"
"""
BEFORE = "# Uteservering\n\n## Åpningstid\n\nUteserveringen stenger klokka 23.\n\n## Støy\n\nHøyst 50 desibel.\n"
AFTER = BEFORE.replace("klokka 23", "klokka 02")


@dataclasses.dataclass
class Town:
    """A library that is kept in step with a folder, and what tells of its changes."""

    folder: Path
    library: Library
    ledger: Ledger
    publishing: Publishing
    herald: Herald

    async def ingest(self, **guides: str) -> None:
        """Bring in these guides, which are all that there are."""
        for name, text in guides.items():
            (self.folder / "guides" / f"{name}.md").write_text(text)
        async with open_client() as client:
            finder = Finder(Fetcher(client), self.folder / "cache")
            pipeline = Pipeline(self.library, finder, ThreadSplitter(READERS), self.ledger)
            assert (await pipeline.run(load_sources(self.folder / "sources.toml"))).failed == []

    async def citation(self, heading: str) -> Citation:
        """A section as the bot cites it."""
        (document,) = await self.library.reader(Audience.PUBLIC).documents()
        section = next(each for each in document.sections if each.heading == heading)
        url = f"https://bot.example.no/kilde/{document.id}#{section.anchor}"
        title = f"{document.title} – {heading}"
        return Citation(document=document.id, section=section.anchor, title=title, url=url, quote=section.text)


@pytest.fixture
async def bot(address: str, slack: Slack) -> AsyncIterator[Bot]:
    people(slack)
    slack.add_channel(KILDER, members=[KARI_IN_SLACK, "UNORA", "UBOT"], is_private=True)
    async with started(address, slack, changes_channel=KILDER) as bot:
        yield bot


def in_an_hour() -> dt.datetime:
    return now() + dt.timedelta(hours=1)


@pytest.fixture
def town(bot: Bot, embeddings: CachedEmbeddings, tmp_path: Path) -> Iterator[Town]:
    (tmp_path / "guides").mkdir()
    (tmp_path / "sources.toml").write_text(SOURCES)
    library = Library(tmp_path / "library", embeddings, warm=False)
    ledger = Ledger(tmp_path / "ledger.db")
    database, outbox, desk = bot.database, bot.outbox, bot.desk
    publishing = Publishing(database, outbox, desk, Sources(library), (PLATFORM,))
    upkeep = Upkeep(publishing, LibraryCourier(database, library, TEXTS), library)
    herald = Herald(
        database, outbox, desk, ledger, upkeep.run_once, [PLATFORM], clock=lambda: now() + dt.timedelta(hours=1)
    )
    yield Town(tmp_path, library, ledger, publishing, herald)
    library.close()
    ledger.close()


async def published(bot: Bot, town: Town, citation: Citation) -> str:
    """The id of an answer that rests on the section and is published."""
    _, case = await opened(bot, nearest=(citation,), draft=())
    await bot.desk.answer(case.id, KARI, "Til klokka 23.")
    await bot.desk.close(case.id, KARI)
    review_on = now().date() + dt.timedelta(days=300)
    new = NewAnswer(
        cases=(case.id,),
        question="Når stenger uteserveringen?",
        answer="Til klokka 23.",
        team="Næringsavdelingen",
        review_on=review_on,
        sources=(f"{citation.document}#{citation.section}",),
    )
    answer = (await town.publishing.propose(new, KARI)).answer
    approved = (await town.publishing.approve(answer.id, OLA)).answer
    await brought(bot.outbox, LIBRARY)
    return approved.id


async def test_whoever_a_change_concerns_hears_of_it_once(bot: Bot, town: Town, slack: Slack) -> None:
    await town.ingest(ute=BEFORE)
    await town.herald.look()
    hours, noise = await town.citation("Åpningstid"), await town.citation("Støy")
    kept, review = await published(bot, town, noise), await published(bot, town, hours)
    asked, case = await opened(bot, nearest=(hours,), draft=())
    _, beside = await opened(bot, nearest=(noise,), draft=())
    await bot.desk.claim(case.id, OFFICER)
    await quiet(bot)
    read = under(bot, "C1", asked["ts"])

    await town.ingest(ute=AFTER)
    for _ in range(2):
        await town.herald.look()
    await quiet(bot)
    await is_up_for_review(town, review, hours)
    assert not (await town.publishing.get(kept)).needs_review
    (note,) = [each for each in slack.channels[SAKER] if "siden spørsmålet kom" in shown(each)]
    assert note["thread_ts"] == (await said(bot, SAKER, case.label))["ts"]
    assert shown(note).splitlines() == [
        "<@UKARI> *Kilden «Uteservering» er endret siden spørsmålet kom: Åpningstid*",
        "",
        f"<{hours.url}|Les kilden> · <https://bot.example.no/saker/{case.id}#_endret|Se hva som er endret>",
    ]
    assert under(bot, "C1", asked["ts"]) == read, "nothing comes to whoever asked"
    assert [each.source for each in await bot.desk.events(beside.id) if each.source] == []
    way = "<https://bot.example.no/kilder|Se kildene>"
    item = f"• <https://bot.example.no/kilde/{hours.document}|Uteservering> – endret: Åpningstid"
    assert [[line for line in shown(each).splitlines() if line] for each in slack.channels[KILDER]] == [
        ["*Kildene er endret. Nye: 1*", way],
        ["*Kildene er endret. Endret: 1*", item, way],
    ]


async def is_up_for_review(town: Town, answer_id: str, citation: Citation) -> None:
    answer = await town.publishing.get(answer_id)
    assert [(each.why, each.title) for each in answer.concerns] == [(Why.CHANGED, "Uteservering – Åpningstid")]
    assert answer.seen is not None
    (revision,) = await Revisions(town.ledger).since(citation.document, answer.seen, [citation.section])
    assert [words for words in revision.words if words[0] != " "] == [("-", "23"), ("+", "02")]


async def test_of_a_case_that_was_asked_in_private_the_channel_hears_only_that(
    bot: Bot, town: Town, slack: Slack
) -> None:
    await town.ingest(ute=BEFORE)
    hours = await town.citation("Åpningstid")
    await opened(bot, "D1", private=True, nearest=(hours,), draft=())
    await town.ingest(ute=AFTER)
    await town.herald.look()
    told = shown(await said(bot, SAKER, "som saken bygger på", slack.channels[SAKER][0]["ts"]))
    assert "Uteservering" not in told
    assert "Åpningstid" not in told


async def tell(bot: Bot, *changes: Change) -> None:
    noted = [Noted(number=number, at=NOW, change=change) for number, change in enumerate(changes, start=1)]
    for _ in range(2):
        await bot.deliver(bulletin.owed(noted, PLATFORM, brief=False))


async def test_a_long_list_ends_and_says_how_many_more_there_are(bot: Bot, slack: Slack) -> None:
    changes = [change_of(Kind.ADDED, guide(f"guides/{number}")) for number in range(MOST + 12)]
    await tell(bot, *changes, change_of(Kind.REMOVED, guide("guides/<b>&borte")))
    (message,) = slack.channels[KILDER]
    lines = [line for line in shown(message).splitlines() if line]
    assert lines[0] == "*Kildene er endret. Nye: 32 · Fjernet: 1*"
    assert len([line for line in lines if line.startswith("•")]) == MOST
    assert lines[-2:] == ["… og 13 til", "<https://bot.example.no/kilder|Se kildene>"]


@pytest.mark.parametrize("outsider", [False, True])
async def test_where_an_outsider_reads_along_only_public_documents_are_told_of(
    bot: Bot, slack: Slack, *, outsider: bool
) -> None:
    if outsider:
        slack.channels[KILDER].members["UGUEST"] = None
    secret = change_of(Kind.ADDED, guide("internal/kontroll", Audience.INTERNAL))
    await tell(bot, secret)
    assert len(slack.channels[KILDER]) == (0 if outsider else 1)
    await tell(bot, secret, change_of(Kind.ADDED, guide("guides/ute")))
    told = shown(slack.channels[KILDER][-1])
    assert "Ute" in told
    assert ("Kontroll" in told) is not outsider
    assert ("Nye: 2" in told) is not outsider


async def test_a_channel_that_nobody_names_any_more_hears_nothing(address: str, slack: Slack) -> None:
    async with started(address, slack) as bot:
        await tell(bot, change_of(Kind.ADDED, guide("guides/ute")))
    assert not slack.called("chat.postMessage")
