"""What is kept of installations: one row a workspace with its tokens, sealed, and the installations just begun."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from sqlalchemy import String, Text, delete, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from bot.database import Base, Database, Instant, now
from bot.handlers.slack.installing.sealing import Seal

PATIENCE = dt.timedelta(minutes=10)
"""How long somebody may take to say yes to an installation."""
LEASE = dt.timedelta(minutes=1)
"""How long a process has to refresh a token before another may try."""


class InstallationRow(Base):
    """The app in a workspace. `token` and `refresh_token` are sealed; `expires` is missing where tokens last.

    Until `refreshing_until` a process is about to refresh the token, or has just failed to.
    """

    __tablename__ = "slack_installations"

    workspace: Mapped[str] = mapped_column(String(32), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    bot: Mapped[str] = mapped_column(String(32))
    scopes: Mapped[str] = mapped_column(Text)
    token: Mapped[str] = mapped_column(Text)
    refresh_token: Mapped[str | None] = mapped_column(Text)
    expires: Mapped[dt.datetime | None] = mapped_column(Instant)
    refreshing_until: Mapped[dt.datetime | None] = mapped_column(Instant)
    installed: Mapped[dt.datetime] = mapped_column(Instant)


class BegunRow(Base):
    """An installation that somebody has begun in a browser. Both names are hashed."""

    __tablename__ = "slack_installations_begun"

    state: Mapped[str] = mapped_column(String(64), primary_key=True)
    browser: Mapped[str] = mapped_column(String(64))
    expires: Mapped[dt.datetime] = mapped_column(Instant, index=True)


@dataclasses.dataclass(frozen=True)
class Tokens:
    """What the app acts with in a workspace; without `expires` they last."""

    token: str = dataclasses.field(repr=False)
    refresh_token: str | None = dataclasses.field(default=None, repr=False)
    expires: dt.datetime | None = None


@dataclasses.dataclass(frozen=True)
class Installation:
    """The app in a workspace. `sealed` is the token as it lies in the database: it names this version of it."""

    workspace: str
    name: str
    bot: str
    scopes: tuple[str, ...]
    tokens: Tokens
    sealed: str = dataclasses.field(default="", repr=False)


class Installations:
    """The workspaces that the app is installed in."""

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    async def keep(self, installation: Installation) -> None:
        """Keep it, in place of an earlier one in that workspace."""
        row = InstallationRow(
            workspace=installation.workspace,
            name=installation.name,
            bot=installation.bot,
            scopes=",".join(installation.scopes),
            installed=now(),
            refreshing_until=None,
            **self._sealed(installation.tokens),
        )
        async with self._database.writing() as session:
            await session.merge(row)

    async def get(self, workspace: str) -> Installation | None:
        """The installation in that workspace, as it is now. Raises Unsealable."""
        async with self._database.reading() as session:
            row = await session.get(InstallationRow, workspace)
        return self._read(row) if row else None

    async def workspaces(self) -> Sequence[str]:
        """The ids of all workspaces."""
        async with self._database.reading() as session:
            return list(await session.scalars(select(InstallationRow.workspace).order_by(InstallationRow.installed)))

    async def take_on(self, seen: Installation) -> bool:
        """Whether it is now the caller who refreshes the token, and nobody else."""
        moment = now()
        free = or_(InstallationRow.refreshing_until.is_(None), InstallationRow.refreshing_until <= moment)
        return await self._change(seen, free, refreshing_until=moment + LEASE)

    async def leave(self, seen: Installation) -> None:
        """Let others try to refresh the token at once."""
        await self._change(seen, refreshing_until=None)

    async def refreshed(self, seen: Installation, tokens: Tokens) -> None:
        """Keep the new tokens, unless the app was installed anew or removed in the meantime."""
        await self._change(seen, refreshing_until=None, **self._sealed(tokens))

    async def remove(self, workspace: str, installed_before: dt.datetime) -> bool:
        """Remove it; False where the one that is there is newer."""
        gone = delete(InstallationRow).where(InstallationRow.workspace == workspace)
        async with self._database.writing() as session:
            await session.execute(gone.where(InstallationRow.installed <= installed_before))
            return await session.get(InstallationRow, workspace) is None

    async def _change(self, seen: Installation, *conditions: object, **values: object) -> bool:
        same = (InstallationRow.workspace == seen.workspace, InstallationRow.token == seen.sealed, *conditions)
        change = update(InstallationRow).where(*same).values(**values)  # type: ignore[arg-type]
        async with self._database.writing() as session:
            changed = await session.execute(change.returning(InstallationRow.workspace))
            return changed.first() is not None

    def _sealed(self, tokens: Tokens) -> dict[str, object]:
        refresh = tokens.refresh_token
        return {
            "token": self._seal.close(tokens.token),
            "refresh_token": self._seal.close(refresh) if refresh else None,
            "expires": tokens.expires,
        }

    def _read(self, row: InstallationRow) -> Installation:
        refresh = self._seal.open(row.refresh_token) if row.refresh_token else None
        return Installation(
            workspace=row.workspace,
            name=row.name,
            bot=row.bot,
            scopes=tuple(filter(None, row.scopes.split(","))),
            tokens=Tokens(self._seal.open(row.token), refresh, row.expires),
            sealed=row.token,
        )


class Begun:
    """The installations that have been begun: each can be brought to its end once, soon, and in the same browser."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, browser: str) -> str:
        """Begin one, and say what it is called between us and Slack."""
        state = secrets.token_urlsafe(32)
        moment = now()
        row = BegunRow(state=_hashed(state), browser=_hashed(browser), expires=moment + PATIENCE)
        async with self._database.writing() as session:
            await session.execute(delete(BegunRow).where(BegunRow.expires <= moment))
            session.add(row)
        return state

    async def end(self, state: str, browser: str) -> bool:
        """Whether one of that name was begun in that browser, not long ago; it can't be ended again."""
        found = (BegunRow.state == _hashed(state), BegunRow.browser == _hashed(browser), BegunRow.expires > now())
        async with self._database.writing() as session:
            ended = await session.execute(delete(BegunRow).where(*found).returning(BegunRow.state))
            return ended.first() is not None


def _hashed(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()
