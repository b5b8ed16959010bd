"""The database's schema, one step after another, and the way to the newest."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.database import Database

FOLDER = Path(__file__).parent
_LOCK = 0x4D6F7465
"""The advisory lock that processes migrating the same PostgreSQL database take turns with."""


async def migrate(database: Database) -> None:
    """Bring the schema to the newest version, all or nothing; where it is that already, nothing happens.

    Several processes may do this at once: they take turns.
    """
    # On SQLite a writing transaction is the lock: it is the only one, and its changes of the schema are undone with it.
    async with database.engine.execution_options(writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade)


async def is_newest(database: Database) -> bool:
    """Is the schema the newest version? Nothing is changed."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_newest)


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, working on that connection and in its transaction."""
    config = Config(FOLDER / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    command.upgrade(configuration(connection), "head")


def _is_newest(connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(configuration(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == newest
