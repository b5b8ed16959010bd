"""The composition root: settings in, ready objects out. The only place that picks implementations."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.app import Channel, create_app
from bot.conversation import Conversation, judge
from bot.data_dir import open_data_dir
from bot.database import Database
from bot.desk.background import Job
from bot.desk.desk import Desk
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.outbox import Courier, Outbox
from bot.desk.outcomes import Outcomes
from bot.desk.routing import Router
from bot.desk.timekeeper import Timekeeper
from bot.freshness import Freshness
from bot.guard import Guard
from bot.handlers.slack import PLATFORM as SLACK
from bot.handlers.web import PLATFORM as WEB
from bot.handlers.web.courier import WebCourier
from bot.handlers.web.handler import WebHandler
from bot.handlers.web.live import Live
from bot.handlers.web.threads import Threads
from bot.metrics import MetricsEndpoint
from bot.migrations import migrate
from bot.publishing.courier import LibraryCourier
from bot.publishing.notices import LIBRARY
from bot.publishing.publishing import Publishing
from bot.publishing.sources import Sources
from bot.publishing.upkeep import Upkeep
from bot.reaching import new_database, reaching, try_file
from bot.settings import Settings
from bot.sourcing.herald import Herald
from bot.sourcing.opening import Sourcing, open_sourcing
from bot.staffing import teams_of
from bot.texts import Texts
from bot.triage import Triage
from bot.understanding import Understander
from knowledge.answering import ExtractiveAnswerer
from knowledge.concepts import Concepts
from knowledge.confidence import THRESHOLD
from knowledge.embeddings import CachedEmbeddings, E5Embeddings
from knowledge.library import Library
from knowledge.model import Audience
from knowledge.retriever import Retriever

if TYPE_CHECKING:
    from bot.chat import Chat
    from bot.handlers.slack.handler import SlackHandler


@dataclass(frozen=True)
class Knowledge:
    """The library and what is wired around it."""

    library: Library
    embeddings: CachedEmbeddings
    understander: Understander
    conversation: Conversation
    texts: Texts
    chat: Chat | None = None

    def long_retriever(self) -> Retriever:
        """What an outsider's questions are looked up with, giving enough passages for ten documents."""
        return Retriever(reader=self.library.reader(Audience.PUBLIC), embeddings=self.embeddings, count=50)

    def close(self) -> None:
        """Give all files back."""
        self.library.close()
        self.embeddings.close()


@dataclass(frozen=True)
class Office:
    """The database and the desk. `platforms` are those whose officers hear of cases."""

    database: Database
    outbox: Outbox
    desk: Desk
    platforms: Sequence[str]


@dataclass(frozen=True)
class Press:
    """What publishes answers, what brings them into the library, and what looks after them."""

    publishing: Publishing
    courier: LibraryCourier
    upkeep: Upkeep


@dataclass(frozen=True)
class Worker:
    """What a worker process does, and the platforms that it delivers to."""

    platforms: Sequence[str]
    jobs: Sequence[Job]


def open_library(settings: Settings) -> Library:
    """The library in the data directory, for bringing documents in. Raises DataDirError."""
    data_dir = open_data_dir(settings)
    return Library(data_dir / "library", _embeddings(data_dir))


def open_knowledge(settings: Settings, folder: Path | None = None, *, warm: bool = True) -> Knowledge:
    """The library in the data directory (or another folder) and a conversation over it. Raises DataDirError.

    Without `warm`, vectors of sentences are made when a question needs them rather than when a document comes in.
    """
    data_dir = open_data_dir(settings)
    embeddings = _embeddings(data_dir)
    library = Library(folder or data_dir / "library", embeddings, warm=warm)
    texts = Texts()
    answerer = ExtractiveAnswerer(embeddings, settings.public_url)
    concepts = Concepts.load()
    understander = Understander(concepts.knows_subject)
    chat = _chat(settings, answerer, embeddings)
    conversation = Conversation(
        guard=Guard(),
        triage=Triage(settings.municipality),
        understander=understander,
        retrievers=_retrievers(library, embeddings, concepts, _found(settings)),
        answerer=answerer,
        judge=functools.partial(judge, threshold=THRESHOLD),
        texts=texts,
        freshness=Freshness(texts, settings.stale_after_months),
        phone=settings.phone,
        chat=chat,
    )
    return Knowledge(library, embeddings, understander, conversation, texts, chat)


@contextlib.contextmanager
def open_corpus(settings: Settings, ids: Sequence[str], *, warm: bool) -> Iterator[Knowledge]:
    """Knowledge of a corpus of its own, for measuring; kept in the data directory, one for each list of ids."""
    digest = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    data_dir = open_data_dir(settings)
    with contextlib.closing(open_knowledge(settings, data_dir / "eval" / digest, warm=warm)) as knowledge:
        yield knowledge


@contextlib.asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """The database, migrated, and the desk over it. Raises DataDirError, or ConfigurationError where none answers."""
    open_data_dir(settings)
    database = new_database(settings)
    try:
        with reaching():
            try_file(database)
            await migrate(database)
        outbox = Outbox(database)
        teams = teams_of(settings)
        meets = settings.slack_officers_channel or any(team.slack_channel for team in teams)
        in_slack = settings.has_slack and bool(meets)
        platforms = (WEB, SLACK) if in_slack else (WEB,)
        yield Office(database, outbox, Desk(database, outbox, platforms, Router(teams)), platforms)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def open_app(settings: Settings, knowledge: Knowledge) -> AsyncIterator[Starlette]:
    """The web process: all channels, and a dispatcher that delivers while it is up. Raises DataDirError, or
    ConfigurationError: no database answers, neither the demo nor a sign-in is set up, or Slack is by half."""
    async with open_office(settings) as office, open_sourcing(settings, knowledge.library) as sourcing:
        press = _press(settings, office, knowledge)
        web = WebHandler(
            settings=settings,
            database=office.database,
            outbox=office.outbox,
            desk=office.desk,
            publishing=press.publishing,
            conversation=knowledge.conversation,
            library=knowledge.library,
            sourcing=sourcing,
            texts=knowledge.texts,
        )
        channels: list[Channel] = [web]
        couriers: dict[str, Courier] = {WEB: web.courier, LIBRARY: press.courier}
        if slack := _slack(settings, office, knowledge):
            channels.insert(0, slack)
            couriers[SLACK] = slack.courier
        if settings.demo:
            await web.furnish()
        jobs = [_dispatcher(settings, office, couriers), *_watching(settings, office, press, sourcing)]
        if knowledge.chat:
            knowledge.chat.accounts.register(sourcing.registry)
        yield create_app(channels, office.database, jobs, _metrics(settings, sourcing))


@contextlib.asynccontextmanager
async def open_worker(settings: Settings, knowledge: Knowledge) -> AsyncIterator[Worker]:
    """The worker process: what delivers to every channel that is configured, and watches the clock.

    Raises DataDirError, or ConfigurationError where no database answers or Slack is set up by half.
    """
    async with open_office(settings) as office, open_sourcing(settings, knowledge.library) as sourcing:
        press = _press(settings, office, knowledge)
        threads = Threads(office.database, office.outbox, Live(office.database), Outcomes(office.desk.teams))
        web = WebCourier(threads, knowledge.conversation, office.desk, knowledge.texts)
        couriers: dict[str, Courier] = {WEB: web, LIBRARY: press.courier}
        if slack := _slack(settings, office, knowledge):
            couriers[SLACK] = slack.courier
        dispatcher = _dispatcher(settings, office, couriers)
        yield Worker(dispatcher.platforms, [dispatcher, *_watching(settings, office, press, sourcing)])


def _metrics(settings: Settings, sourcing: Sourcing) -> Sequence[BaseRoute]:
    return MetricsEndpoint(sourcing.registry, settings.metrics_token).routes() if settings.metrics_token else ()


def _dispatcher(settings: Settings, office: Office, couriers: Mapping[str, Courier]) -> Dispatcher:
    # Without a chat model to wait for, replies only compete for the processor, also with what is to be acknowledged.
    return Dispatcher(office.outbox, couriers, pace=Pace() if settings.has_chat_model else Pace(replies=3))


def _watching(settings: Settings, office: Office, press: Press, sourcing: Sourcing) -> Sequence[Job]:
    """What watches clocks, answers and sources."""
    herald = Herald(
        office.database,
        office.outbox,
        office.desk,
        sourcing.ledger,
        press.upkeep.run_once,
        SLACK if settings.has_slack and settings.changes_channel else "",
    )
    return [Timekeeper(office.desk), press.upkeep, herald, *sourcing.jobs]


def _press(settings: Settings, office: Office, knowledge: Knowledge) -> Press:
    publishing = Publishing(
        office.database,
        office.outbox,
        office.desk,
        Sources(knowledge.library),
        office.platforms,
        four_eyes=settings.four_eyes,
    )
    courier = LibraryCourier(office.database, knowledge.library, knowledge.texts)
    return Press(publishing, courier, Upkeep(publishing, courier, knowledge.library))


def _slack(settings: Settings, office: Office, knowledge: Knowledge) -> SlackHandler | None:
    if not settings.has_slack and not settings.slack_fault:
        return None
    from bot.handlers.slack.handler import SlackHandler  # noqa: PLC0415 - slack-bolt takes a while to load

    return SlackHandler(
        settings=settings,
        database=office.database,
        outbox=office.outbox,
        desk=office.desk,
        conversation=knowledge.conversation,
        texts=knowledge.texts,
        understander=knowledge.understander,
        library=knowledge.library,
    )


def _embeddings(data_dir: Path) -> CachedEmbeddings:
    return CachedEmbeddings(E5Embeddings(), data_dir / "cache" / "vectors.db")


def _retrievers(
    library: Library, embeddings: CachedEmbeddings, concepts: Concepts, count: int
) -> Mapping[Audience, Retriever]:
    return {
        each: Retriever(reader=library.reader(each), embeddings=embeddings, concepts=concepts, count=count)
        for each in Audience
    }


def _found(settings: Settings) -> int:
    """How many passages a search finds: more where a chat model orders them, of which it leaves as many as usual."""
    return 50 if settings.has_chat_model and settings.chat_rerank else 10


def _chat(settings: Settings, answerer: ExtractiveAnswerer, embeddings: CachedEmbeddings) -> Chat | None:
    if not settings.has_chat_model:
        return None
    # LangChain and openai take two seconds to load, which who has no chat model need not wait for.
    from bot.chat import open_chat  # noqa: PLC0415

    return open_chat(settings, answerer, embeddings)
