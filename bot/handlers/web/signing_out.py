"""Sign-ins that were ended. A session is in the browser's cookie, so that whoever has a copy of that has the session:
what ends it for good has to be kept here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.database import Database, insert_if_new, now
from bot.handlers.web.store import SignedOutRow


class SignedOut:
    """The sign-ins that were ended before their time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def end(self, session: Mapping[str, Any]) -> None:
        """Let the sign-in of the session be good for nothing, in whatever browser. Without one nothing happens."""
        person = session.get("person")
        if not person:
            return
        values = {"session": person["key"], "until": dt.datetime.fromtimestamp(person["until"], dt.UTC)}
        async with self._database.writing() as writing:
            await writing.execute(delete(SignedOutRow).where(SignedOutRow.until < now()))
            await insert_if_new(writing, SignedOutRow, values, unique="session")

    async def holds(self, session: Mapping[str, Any]) -> bool:
        """Was the sign-in of the session ended? One without a key is from before there were any."""
        person = session.get("person")
        if not person:
            return False
        if not person.get("key"):
            return True
        async with self._database.reading() as reading:
            return await reading.get(SignedOutRow, person["key"]) is not None


class Ended:
    """Takes sessions for empty whose sign-in was ended."""

    def __init__(self, app: ASGIApp, signed_out: SignedOut) -> None:
        self.app = app
        self._signed_out = signed_out

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the request."""
        if await self._signed_out.holds(scope.get("session", {})):
            scope["session"].clear()
        await self.app(scope, receive, send)
