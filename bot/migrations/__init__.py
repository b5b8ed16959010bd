"""The database's schema, one step after another, and the way to the newest.

What upgrading promises, and how one goes back, is in docs/upgrading.md.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.database import Database
from bot.settings import ConfigurationError

FOLDER = Path(__file__).parent
_LOCK = 0x4D6F7465
"""The advisory lock that processes migrating the same PostgreSQL database take turns with."""


async def migrate(database: Database) -> None:
    """Bring the schema to the newest version, all or nothing; where it is that already, nothing happens.

    Several processes may do this at once: they take turns. Raises ConfigurationError where a newer version of
    Møteplassen has been at the database.
    """
    # A table that has grown large may take longer than statements otherwise may.
    patient = Database(database.engine.url.render_as_string(hide_password=False), limit=None)
    try:
        # On SQLite a writing transaction is the lock: it is the only one, and its changes to tables are undone with it.
        async with patient.engine.execution_options(writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await connection.run_sync(_upgrade)
    finally:
        await patient.close()


async def is_newest(database: Database) -> bool:
    """Is the schema the newest version? Nothing is changed. Raises ConfigurationError where it is newer than that."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_is_newest)


def revisions() -> frozenset[str]:
    """The versions that this code knows how to bring to the newest."""
    return frozenset(each.revision for each in _scripts().walk_revisions())


def current_revision(connection: Connection) -> str | None:
    """The version that the database is at, whether this code knows it or not; None where it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration, working on that connection and in its transaction."""
    config = Config(FOLDER / "alembic.ini")
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    _revision(connection)
    command.upgrade(configuration(connection), "head")


def _is_newest(connection: Connection) -> bool:
    return _revision(connection) == _scripts().get_current_head()


def _revision(connection: Connection) -> str | None:
    """The revision that the database is at, which is one that this version knows; None where it is empty."""
    revision = current_revision(connection)
    if revision and revision not in revisions():
        raise ConfigurationError(
            f"the database is at revision {revision}, which a newer version of Møteplassen made. Nothing was changed. "
            "Start that version, or restore the backup from before the upgrade: docs/upgrading.md."
        )
    return revision


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(Config(FOLDER / "alembic.ini"))
