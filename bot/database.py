"""The database: one declarative base, one engine, SQLite embedded or PostgreSQL to scale."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, cast

import stamina
from sqlalchemy import Connection, DateTime, Dialect, MetaData, Table, TypeDecorator, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import ExceptionContext, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, InvalidatePoolError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_CONNECTIONS = 15
"""The most that one process has open."""

_REACHING = 5.0
"""Seconds until a connection must be there: a new one, or one that others give back."""

_STATEMENT = 15.0
"""Seconds that a statement may take; behind a network that swallows what is sent, one would take for ever."""

_TRUSTED = 1.0
"""Seconds for which a connection that was just in use is taken to be there still, unless its end has been heard of."""
_USED = "used"
_LATELY = 3.0
"""Seconds: a connection that came back within these came from a database that answers."""

_AWAY = ("08", "25006", "53", "57", "58")
"""How PostgreSQL's codes of states begin in which it can't do what it could at another time: no connection, no longer
the one that is written to, out of resources (a full disk), being shut down or started, an error of its system."""

_SQLITE_AWAY = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY")


class Base(DeclarativeBase):
    """The base of all tables; constraints have names so that migrations can change them."""

    metadata = MetaData(naming_convention=NAMING)


class Instant(TypeDecorator[dt.datetime]):
    """A moment in UTC. SQLite forgets time zones, so they are taken off and put on again here."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Store aware moments as naive UTC; a naive one is a mistake of the caller."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        return value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        """Hand moments out in UTC."""
        return value.replace(tzinfo=dt.UTC) if value else None


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


class Database:
    """An engine and its two kinds of sessions, one per unit of work.

    SQLite gets write-ahead logging and full durability, so that what was committed survives a killed process.
    On PostgreSQL a statement takes `limit` seconds at most; None: as long as it takes.
    """

    def __init__(self, url: str, limit: float | None = _STATEMENT) -> None:
        is_file = make_url(url).drivername.startswith("sqlite")
        limits = {} if is_file else _limits(limit)
        # What people write must not come into logs and error messages by way of a failed statement.
        # To open a connection takes as long as many statements do: none of those there may be is given up again.
        self.engine = create_async_engine(
            url,
            hide_parameters=True,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            pool_timeout=_REACHING,
            connect_args=limits,
        )
        event.listen(self.engine.sync_engine, "handle_error", _notice_failover)
        event.listen(self.engine.sync_engine, "checkin", self._note_use)
        self._used = float("-inf")
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self.engine.sync_engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine.sync_engine, "checkout", self._probe)
        # Whether it answers is asked beside all else: where others have every connection, it is not away.
        self._lone = create_async_engine(url, hide_parameters=True, poolclass=NullPool, connect_args=limits)
        # SQLite lets one write at a time and has the others look again and again, in no order: some wait for seconds
        # while a busy one goes first each time. Those of this process take turns instead.
        self._turn = asyncio.Lock() if is_file else contextlib.nullcontext()
        # PostgreSQL shows each statement what is committed by then, within a transaction or without: to begin and end
        # one for what is only read would be two more round trips. SQLite's gives all statements the same view.
        alone = self.engine if is_file else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self.takes_turns = is_file
        """Is there one writer at a time, of all who write?"""
        self._read = async_sessionmaker(alone, expire_on_commit=False)
        self._write = async_sessionmaker(self.engine.execution_options(writes=True), expire_on_commit=False)

    def reading(self) -> AsyncSession:
        """A session to read in; use as `async with`. Nothing may be written in it: PostgreSQL would keep that."""
        return self._read()

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed where the block ends, or undone where it raises."""
        async with self._turn, self._write.begin() as session:
            yield session

    @contextlib.asynccontextmanager
    async def stating(self) -> AsyncIterator[AsyncSession]:
        """A session for one statement that writes. On PostgreSQL it is a transaction of its own, in one round trip."""
        async with self.writing() if self.takes_turns else self.reading() as session:
            yield session

    def is_busy(self, error: BaseException) -> bool:
        """Is it that others have all connections, which come back, rather than that the database is away?"""
        return isinstance(error, PoolTimeout) and time.monotonic() - self._used < _LATELY

    async def answer(self) -> None:
        """Return where the database answers, on a connection that nobody else waits for. Raises what it raises."""
        async with self._lone.connect() as connection:
            await connection.execute(select(1))

    def _note_use(self, connection: Any, record: ConnectionPoolEntry) -> None:
        """A connection is given back; one that was lost is none any more."""
        if connection is not None:
            self._used = record.info[_USED] = time.monotonic()

    def _probe(self, connection: Any, record: ConnectionPoolEntry, _: object) -> None:
        """Have connections made anew that were lost. The pool's own way (`pool_pre_ping`) takes three round trips each
        time; of a connection that was in use a moment ago, the driver has heard if it was closed."""
        dialect = self.engine.dialect
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        moment = time.monotonic()
        if moment - record.info.get(_USED, moment) < _TRUSTED:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            if dialect.is_disconnect(error, connection, None):
                raise InvalidatePoolError from error
            raise

    async def truncate_log(self) -> None:
        """Have nothing left in SQLite's write-ahead log of what was there before; elsewhere nothing happens. What a
        reader still needs stays until it is done and this is called again."""
        if self.engine.dialect.name == "sqlite":
            async with self._turn, self.engine.connect() as connection:
                plain = await connection.execution_options(isolation_level="AUTOCOMMIT")
                await plain.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()
        await self._lone.dispose()


def is_away(error: BaseException) -> bool:
    """Is it the database that can't do what it could at another time: out of reach, too slow, full or locked?"""
    if isinstance(error, DBAPIError):
        state = str(getattr(error.orig, "sqlstate", None) or "")
        name = str(getattr(error.orig, "sqlite_errorname", ""))
        # What asyncpg itself says of a connection has no code: that it is closed, or that none may be written to.
        lost = error.connection_invalidated or isinstance(error, InterfaceError | InternalError)
        return lost or state.startswith(_AWAY) or name.startswith(_SQLITE_AWAY)
    return isinstance(error, PoolTimeout | TimeoutError | ConnectionError)


async def insert_if_new(session: AsyncSession, table: type[Base], values: Mapping[str, Any], unique: str) -> bool:
    """Insert a row unless another holds the same value in the unique column; returns whether it was inserted."""
    statement = _insert(session, table).values(**values).on_conflict_do_nothing(index_elements=[unique])
    inserted = await session.execute(statement.returning(table.__table__.c[unique]))
    return inserted.first() is not None


async def insert_if_new_all(
    session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]], unique: Sequence[str]
) -> None:
    """Insert the rows, but none that holds the same values in the unique columns as another does."""
    await session.execute(_insert(session, table).on_conflict_do_nothing(index_elements=list(unique)), list(rows))


def upsert(
    session: AsyncSession, table: type[Base], rows: Sequence[Mapping[str, Any]], unique: Sequence[str], **changes: Any
) -> postgresql.Insert | sqlite.Insert:
    """The statement that inserts the rows in their order; one whose values in the unique columns are there already gets
    the `changes`, or else takes over the other values of the new row."""
    statement = _insert(session, table).values(list(rows))
    taken = {name: statement.excluded[name] for name in rows[0] if name not in unique}
    return statement.on_conflict_do_update(index_elements=list(unique), set_=changes or taken)


def table_of(row: type[Base]) -> Table:
    """The table itself: what is changed in it by way of the mapped class takes several times as long."""
    return cast(Table, row.__table__)


_INSERTS: Mapping[str, Callable[[Any], postgresql.Insert | sqlite.Insert]] = {
    "postgresql": postgresql.insert,
    "sqlite": sqlite.insert,
}


class Inserting:
    """A statement that inserts, put together once for each database: `make` is given that one's own `insert`."""

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self._made = {name: make(insert) for name, insert in _INSERTS.items()}

    def on(self, session: AsyncSession) -> Any:
        """The statement for the session's database."""
        return self._made[session.get_bind().dialect.name]


def _insert(session: AsyncSession, table: type[Base]) -> postgresql.Insert | sqlite.Insert:
    return _INSERTS[session.get_bind().dialect.name](table_of(table))


def _limits(statement: float | None) -> dict[str, Any]:
    # Of several hosts, the one is connected to that may be written to.
    return {"timeout": _REACHING, "command_timeout": statement, "target_session_attrs": "read-write"}


def _notice_failover(context: ExceptionContext) -> None:
    """Connections to a server that is no longer the one to write to are as good as lost: all are made anew."""
    if getattr(context.original_exception, "sqlstate", None) == "25006":
        context.is_disconnect = True


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout=5000")
    # Of several processes that open a new file at once SQLite turns some away here without letting them wait.
    for attempt in stamina.retry_context(on=_is_locked, attempts=None, timeout=5, wait_initial=0.01, wait_max=0.1):
        with attempt:
            cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is erased is overwritten in the file, rather than left there until something else needs the room.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _is_locked(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _begin_sqlite(connection: Connection) -> None:
    # Two writers that both began by reading would deadlock on the upgrade: a writer takes the write lock at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")
