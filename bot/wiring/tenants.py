"""The processes of several municipalities: each has all that one alone has, and they share what is of none of them."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import structlog
from sqlalchemy import text
from starlette.applications import Starlette

from bot.desk.background import run_all
from bot.reaching import new_database, reaching, try_file
from bot.settings import Settings
from bot.starting import await_documents
from bot.tenants.front import Front, Switch
from bot.tenants.memory import hand_memory_out_empty
from bot.tenants.tenancy import Part, Tenancy
from bot.texts import Texts
from bot.warming import warm
from bot.wiring.knowledge import Knowledge, Shared, open_knowledge
from bot.wiring.serving import Worker, open_app, open_worker
from knowledge.library import Library

log = structlog.get_logger(__name__)

T = TypeVar("T")
Fill = Callable[[Settings, Library], Awaitable[None]]
"""Brings the documents into a municipality's library before it is asked anything."""


@dataclass(frozen=True)
class _Serving:
    """A municipality's pages and channels."""

    app: Starlette

    async def run(self, stop: asyncio.Event) -> None:
        async with self.app.router.lifespan_context(self.app):
            await stop.wait()


@dataclass(frozen=True)
class _Working:
    """What a worker does for a municipality."""

    worker: Worker
    library: Library

    @property
    def app(self) -> Starlette:
        """What answers for its health."""
        return self.worker.app

    async def run(self, stop: asyncio.Event) -> None:
        async with self.app.router.lifespan_context(self.app):
            await await_documents(self.library, stop)
            await run_all(self.worker.jobs, stop)


def open_front(common: Settings, tenants: Sequence[Settings], shared: Shared, fill: Fill) -> Front:
    """The web process of these municipalities, which opens each when it starts."""
    _part()
    open_one = functools.partial(_serving, shared=shared, turn=asyncio.Lock(), fill=fill)
    tenancies = [Tenancy(each, open_one) for each in tenants]
    return Front(tenancies, _switches(common, tenancies))


def open_workers(tenants: Sequence[Settings], shared: Shared) -> Front:
    """The worker process of these municipalities; what it answers is how they are, at the host name of each."""
    _part()
    open_one = functools.partial(_working, shared=shared, turn=asyncio.Lock())
    return Front([Tenancy(each, open_one) for each in tenants], {}, start=0)


def _part() -> None:
    """Keep apart what they would share unseen: memory."""
    if not hand_memory_out_empty():
        log.warning("tenant.memory_shared", todo="docs/tenants.md#memory")


@contextlib.asynccontextmanager
async def _serving(settings: Settings, shared: Shared, turn: asyncio.Lock, fill: Fill) -> AsyncIterator[Part]:
    async with _knowing(settings, shared) as knowledge, contextlib.AsyncExitStack() as stack:
        app = await _in_turn(turn, stack, settings, open_app(settings, knowledge))
        await fill(settings, knowledge.library)
        warm(knowledge.warm_retrievers)
        yield _Serving(app)


@contextlib.asynccontextmanager
async def _working(settings: Settings, shared: Shared, turn: asyncio.Lock) -> AsyncIterator[Part]:
    async with _knowing(settings, shared) as knowledge, contextlib.AsyncExitStack() as stack:
        worker = await _in_turn(turn, stack, settings, open_worker(settings, knowledge))
        warm(knowledge.warm_retrievers)
        yield _Working(worker, knowledge.library)


@contextlib.asynccontextmanager
async def _knowing(settings: Settings, shared: Shared) -> AsyncIterator[Knowledge]:
    # In a thread: to open one's files must not make those wait who ask another.
    knowledge = await asyncio.to_thread(open_knowledge, settings, shared=shared)
    try:
        yield knowledge
    finally:
        await asyncio.to_thread(knowledge.close)


async def _in_turn(
    turn: asyncio.Lock,
    stack: contextlib.AsyncExitStack,
    settings: Settings,
    opening: contextlib.AbstractAsyncContextManager[T],
) -> T:
    """Open one municipality's part at a time: Alembic keeps in globals of the process which database it migrates, and
    two at once would be changed for each other. One whose database does not answer waits for that before its turn."""
    database = new_database(settings)
    try:
        with reaching():
            try_file(database)
            async with database.reading() as session:
                await session.execute(text("SELECT 1"))
    finally:
        await database.close()
    async with turn:
        return await stack.enter_async_context(opening)


def _switches(common: Settings, tenancies: Sequence[Tenancy]) -> Mapping[str, Switch]:
    """The addresses of the apps that municipalities share, where there are such."""
    switches: dict[str, Switch] = {}
    in_slack = [each for each in tenancies if each.settings.has_slack and each.settings.slack_client_id]
    if in_slack and common.slack_signing_secret:
        from bot.handlers.slack import receiving, switching  # noqa: PLC0415 - slack-bolt takes a while to load

        workspaces = {workspace: each for each in in_slack for workspace in each.settings.slack_homes}
        app = switching.Switchboard(common.slack_signing_secret, workspaces, Texts())
        switches[receiving.PATH] = Switch(app, _ids(in_slack))
    in_teams = [each for each in tenancies if each.settings.has_teams and _shares_teams(each.settings, common)]
    if in_teams:
        from bot.handlers.teams import receiving as teams  # noqa: PLC0415 - Microsoft's SDK takes a while to load
        from bot.handlers.teams.switching import Switchboard  # noqa: PLC0415

        known = {tenant: each for each in in_teams for tenant in each.settings.teams_tenants}
        switches[teams.PATH] = Switch(Switchboard(known), _ids(in_teams))
    return switches


def _shares_teams(settings: Settings, common: Settings) -> bool:
    return settings.teams_client_id is not None and settings.teams_client_id == common.teams_client_id


def _ids(tenancies: Sequence[Tenancy]) -> frozenset[str]:
    return frozenset(each.settings.tenant for each in tenancies)
