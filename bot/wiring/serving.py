"""The processes: web and worker, with their channels and what runs beside the requests."""

from __future__ import annotations

import contextlib
import math
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from prometheus_client import Gauge
from starlette.applications import Starlette

from bot.app import create_app
from bot.desk.background import Job
from bot.desk.dispatcher import Dispatcher, Pace
from bot.desk.limiting import Forgetting
from bot.desk.outbox import Courier
from bot.desk.outcomes import Outcomes
from bot.desk.timekeeper import Timekeeper
from bot.handlers.slack import PLATFORM as SLACK
from bot.handlers.teams import PLATFORM as TEAMS
from bot.handlers.web import PLATFORM as WEB
from bot.handlers.web.courier import WebCourier
from bot.handlers.web.handler import WebHandler
from bot.handlers.web.live import Live
from bot.handlers.web.threads import Threads
from bot.indexing.following import SnapshotFollowing
from bot.indexing.mending import Mending
from bot.indexing.opening import open_copies, open_meanings, open_publisher
from bot.indexing.publishing import SnapshotPublishing
from bot.library import Findable
from bot.office import Office, open_office
from bot.privacy.purge import Purge
from bot.publishing.courier import LibraryCourier
from bot.publishing.notices import LIBRARY
from bot.publishing.publishing import Publishing
from bot.publishing.sources import Sources
from bot.publishing.upkeep import Upkeep
from bot.settings import Settings
from bot.sourcing.herald import Herald
from bot.sourcing.opening import Sourcing, open_sourcing
from bot.wiring.knowledge import Knowledge
from bot.wiring.observing import Observing, checks, open_observing

if TYPE_CHECKING:
    from bot.handlers.slack.handler import SlackHandler
    from bot.handlers.teams.handler import TeamsHandler


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
    app: Starlette
    """What answers for its health, and for what it measures."""


@contextlib.asynccontextmanager
async def open_app(settings: Settings, knowledge: Knowledge) -> AsyncIterator[Starlette]:
    """The web process: all channels, and a dispatcher that delivers while it is up. Raises DataDirError, or
    ConfigurationError: no database answers, neither the demo nor a sign-in is set up, or Slack is by half."""
    async with (
        open_office(settings) as office,
        open_sourcing(settings, knowledge.library) as sourcing,
        open_observing(settings, knowledge) as observing,
    ):
        press = _press(settings, office, knowledge)
        web = WebHandler(
            settings=settings,
            database=office.database,
            outbox=office.outbox,
            desk=office.desk,
            publishing=press.publishing,
            conversation=observing.conversation,
            library=knowledge.library,
            sourcing=sourcing,
            texts=knowledge.texts,
        )
        if settings.demo:
            await web.furnish()
        platforms = _platforms(settings, office, knowledge, observing)
        couriers = {WEB: web.courier, **_writing(settings, press), **_couriers(platforms)}
        dispatcher = _dispatcher(settings, office, couriers, observing)
        jobs = [dispatcher, *_watching(settings, office, press, sourcing, knowledge)]
        yield create_app(
            [*platforms.values(), web],
            office.database,
            jobs,
            observing.routes(settings, office, sourcing.registry, dispatcher),
            checks(knowledge, dispatcher),
            observing.requests,
            settings.public_url,
            settings.proxies,
        )


@contextlib.asynccontextmanager
async def open_worker(settings: Settings, knowledge: Knowledge) -> AsyncIterator[Worker]:
    """The worker process: what delivers to every channel that is configured, and watches the clock.

    Raises DataDirError, or ConfigurationError where no database answers or Slack is set up by half.
    """
    async with (
        open_office(settings) as office,
        open_sourcing(settings, knowledge.library) as sourcing,
        open_observing(settings, knowledge) as observing,
    ):
        press = _press(settings, office, knowledge)
        threads = Threads(office.database, office.outbox, Live(office.database), Outcomes(office.desk.teams))
        web = WebCourier(threads, observing.conversation, office.desk, knowledge.texts)
        platforms = _platforms(settings, office, knowledge, observing)
        couriers = {WEB: web, **_writing(settings, press), **_couriers(platforms)}
        dispatcher = _dispatcher(settings, office, couriers, observing)
        jobs = [dispatcher, *_watching(settings, office, press, sourcing, knowledge)]
        metrics = observing.routes(settings, office, sourcing.registry, dispatcher)
        about = create_app([], office.database, [], metrics, checks(knowledge, dispatcher), observing.requests)
        yield Worker(dispatcher.platforms, jobs, about)


def _platforms(
    settings: Settings, office: Office, knowledge: Knowledge, observing: Observing
) -> Mapping[str, SlackHandler | TeamsHandler]:
    """The platforms that are set up, by name."""
    slack = _slack(settings, office, knowledge, observing)
    teams = _teams(settings, office, knowledge, observing)
    return {name: handler for name, handler in ((TEAMS, teams), (SLACK, slack)) if handler}


def _couriers(platforms: Mapping[str, SlackHandler | TeamsHandler]) -> Mapping[str, Courier]:
    return {name: handler.courier for name, handler in platforms.items()}


def _dispatcher(
    settings: Settings, office: Office, couriers: Mapping[str, Courier], observing: Observing
) -> Dispatcher:
    # Without a chat model to wait for, replies take turns at the processor. What is under way beyond that waits for the
    # database, where those that wait together share transactions.
    pace = Pace() if settings.has_chat_model else Pace(concurrency=32, replies=28)
    return Dispatcher(office.outbox, couriers, pace=pace, watch=observing.deliveries)


def _writing(settings: Settings, press: Press) -> Mapping[str, Courier]:
    """What carries deliveries that write the library; what is read from a snapshot can't be written."""
    return {LIBRARY: press.courier} if settings.indexing else {}


def _watching(
    settings: Settings, office: Office, press: Press, sourcing: Sourcing, knowledge: Knowledge
) -> Sequence[Job]:
    """What watches clocks, answers and sources; the latter two where the library is written."""
    timekeeper = Timekeeper(office.desk)
    about = "Seconds since this process last made sure that it reads the snapshot that is published"
    idle = Gauge("moteplassen_snapshots_idle_seconds", about, registry=sourcing.registry)
    idle.set(math.nan)  # where this process has a library of its own
    if not settings.indexing:
        meanings, warm = open_meanings(settings), knowledge.warm_retrievers
        following = SnapshotFollowing(open_copies(settings), knowledge.library, sourcing.ledger, meanings, warm)
        idle.set_function(lambda: following.idle_seconds)
        return [timekeeper, following]
    herald = Herald(
        office.database,
        office.outbox,
        office.desk,
        sourcing.ledger,
        press.upkeep.run_once,
        [
            *([SLACK] if settings.has_slack and settings.changes_channel else []),
            *([TEAMS] if settings.has_teams and settings.teams_changes_channel else []),
        ],
    )
    mending, forgetting = Mending(knowledge.library, press.upkeep.run_once), Forgetting(office.database)
    purge, copying = Purge(office.database, settings.retention), _publishing(settings, sourcing, knowledge)
    return [timekeeper, press.upkeep, herald, mending, forgetting, purge, *copying, *sourcing.jobs]


def _publishing(settings: Settings, sourcing: Sourcing, knowledge: Knowledge) -> Sequence[Job]:
    if not settings.snapshots:
        return []
    meanings = open_meanings(settings)
    return [SnapshotPublishing(open_publisher(settings), knowledge.library, sourcing.ledger, meanings)]


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


def _slack(settings: Settings, office: Office, knowledge: Knowledge, observing: Observing) -> SlackHandler | None:
    if not settings.has_slack and not settings.slack_fault:
        return None
    from bot.handlers.slack.handler import SlackHandler  # noqa: PLC0415 - slack-bolt takes a while to load

    return SlackHandler(
        settings=settings,
        database=office.database,
        outbox=office.outbox,
        desk=office.desk,
        conversation=observing.conversation,
        texts=knowledge.texts,
        understander=knowledge.understander,
        library=knowledge.library,
    )


def _teams(settings: Settings, office: Office, knowledge: Knowledge, observing: Observing) -> TeamsHandler | None:
    if not settings.has_teams and not settings.teams_fault:
        return None
    from bot.handlers.teams.handler import TeamsHandler  # noqa: PLC0415 - Microsoft's SDK takes a while to load

    return TeamsHandler(
        settings=settings,
        database=office.database,
        outbox=office.outbox,
        desk=office.desk,
        conversation=observing.conversation,
        texts=knowledge.texts,
        understander=knowledge.understander,
        findable=Findable(knowledge.library, knowledge.long_retriever()),
    )
