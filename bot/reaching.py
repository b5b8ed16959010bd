"""Reaching the database that the settings name, and looking into it without changing anything."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from bot.database import Database, now
from bot.desk.audit import Audit, Verdict
from bot.desk.desk import Desk
from bot.desk.lateness import Lateness, lateness
from bot.desk.outbox import Outbox
from bot.desk.tally import Tally, tally
from bot.handlers.slack import store as slack
from bot.handlers.teams import store as teams
from bot.migrations import is_newest
from bot.settings import ConfigurationError, Settings


@dataclass(frozen=True)
class Contents:
    """What was found in the database: what is owed, how questions ended by the platform they were asked on, what is
    late, and what the end of the audit log has shown."""

    deliveries: Tally
    questions: Mapping[str, Mapping[str, int]]
    lateness: Lateness
    audit: Verdict


async def look_into_database(settings: Settings) -> tuple[str, Contents | None]:
    """What kind of database it is, and what was found there; None where `open_office` has yet to make or migrate it,
    which is not done here. Raises ConfigurationError where none answers.
    """
    database = new_database(settings)
    kind = database.engine.dialect.name
    try:
        file = _file_of(database)
        if file and not file.exists() and file.parent.is_dir():
            return kind, None
        with reaching():
            try_file(database)
            return kind, await _contents(database) if await is_newest(database) else None
    finally:
        await database.close()


async def _contents(database: Database) -> Contents:
    return Contents(
        deliveries=await tally(database),
        questions={
            "Slack": await slack.Replies(database).outcomes(),
            "Microsoft Teams": await teams.Replies(database).outcomes(),
        },
        lateness=await lateness(Desk(database, Outbox(database)), now()),
        audit=await Audit(database).glance(),
    )


def new_database(settings: Settings) -> Database:
    """The database that the settings name, which may be away. Raises ConfigurationError where they name none."""
    # The address is not repeated in messages: there may be a password in it.
    try:
        return Database(settings.database)
    except (ArgumentError, ImportError) as error:
        raise ConfigurationError(
            f"MOTEPLASSEN_DATABASE_URL can't be used ({type(error).__name__}). Leave it out, or write it as "
            "postgresql+asyncpg://user:password@host/name and install moteplassen with the extra `postgres`."
        ) from error


@contextlib.contextmanager
def reaching() -> Iterator[None]:
    """What goes wrong because the database is away is a ConfigurationError, which says so."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, OSError) as error:
        raise ConfigurationError(
            f"the database can't be reached ({type(error).__name__}). "
            "Start it, or correct MOTEPLASSEN_DATABASE_URL; without that, a file in the data directory is used."
        ) from error


def _file_of(database: Database) -> Path | None:
    """SQLite's file; None where the database is no file."""
    url = database.engine.url
    return Path(url.database) if database.engine.dialect.name == "sqlite" and url.database else None


def try_file(database: Database) -> None:
    """Open SQLite's file once. Where it is aiosqlite that can't, a thread of it ends with a stack trace on stderr."""
    if file := _file_of(database):
        sqlite3.connect(file).close()
