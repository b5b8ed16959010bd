"""How Alembic reaches the database: on the connection that `migrate` gives it or, called by itself, by the settings."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection

from bot.database import Base, Database
from bot.desk import absences, entries, limiting, outbox, outcomes, tables
from bot.handlers.slack import channels as slack_channels
from bot.handlers.slack import known as slack_known
from bot.handlers.slack import store as slack
from bot.handlers.slack.installing import store as slack_installing
from bot.handlers.slack.replies import feedbacks as slack_feedbacks
from bot.handlers.teams import store as teams
from bot.handlers.web import store as web
from bot.privacy import nightly
from bot.publishing import store as publishing
from bot.settings import Settings
from bot.sourcing import dealt

TABLES = (
    tables,
    absences,
    entries,
    limiting,
    outbox,
    outcomes,
    publishing,
    dealt,
    web,
    slack,
    slack_channels,
    slack_known,
    slack_feedbacks,
    slack_installing,
    teams,
    nightly,
)
"""The modules whose tables are under migration: importing them is what makes `Base.metadata` whole."""


def run(connection: Connection) -> None:
    """Run the migrations that were asked for."""
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


async def run_by_setting() -> None:
    """Run them on the database that the settings name."""
    database = Database(Settings().database)
    async with database.engine.execution_options(writes=True).begin() as connection:
        await connection.run_sync(run)
    await database.close()


if given := context.config.attributes.get("connection"):
    run(given)
else:
    asyncio.run(run_by_setting())
