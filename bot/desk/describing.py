"""What may be noted of an error: drivers and validators repeat what people wrote, and no log may hold that."""

from __future__ import annotations

import sqlite3

from pydantic import ValidationError
from sqlalchemy.exc import SQLAlchemyError, StatementError

_LONGEST = 1_000
_DRIVERS = frozenset({"asyncpg", "sqlite3", "aiosqlite", "sqlalchemy"})


def describe(error: BaseException) -> str:
    """The error in a line for logs and for the outbox.

    Of a database's error only what kind it is: messages of drivers quote the values they stumble over, whether or not
    SQLAlchemy hides the statement's parameters. Of a value that doesn't fit its model, only where it stands in it.
    """
    if isinstance(error, SQLAlchemyError) or _is_drivers(error):
        return " < ".join(_kinds(error))
    if isinstance(error, ValidationError):
        found = (f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in error.errors(include_input=False))
        return f"ValidationError of {error.title}: {', '.join(found)}"[:_LONGEST]
    said = str(error)
    return f"{type(error).__name__}: {said}"[:_LONGEST] if said else type(error).__name__


def _is_drivers(error: BaseException) -> bool:
    return any(kind.__module__.partition(".")[0] in _DRIVERS for kind in type(error).__mro__)


def _kinds(error: BaseException) -> list[str]:
    """The error and what it came from, the driver's last."""
    kinds = [_kind(error)]
    before = error.orig if isinstance(error, StatementError) else None
    while before:
        kinds.append(_kind(before))
        before = before.__cause__
    return list(dict.fromkeys(kinds))


def _kind(error: BaseException) -> str:
    code = error.sqlite_errorname if isinstance(error, sqlite3.Error) and hasattr(error, "sqlite_errorname") else ""
    code = code or getattr(error, "sqlstate", None) or ""
    return f"{type(error).__name__} ({code})" if code else type(error).__name__
