"""The app is taken out of a workspace: so is what was kept of it. Cases stay, which are the municipality's."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import structlog
from slack_bolt.async_app import AsyncApp
from sqlalchemy import ColumnElement, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.database import Base, Database
from bot.desk.outbox import Courier, Delivery
from bot.desk.outbox_table import OutboxRow
from bot.desk.owing import Owing
from bot.handlers.slack import PLATFORM
from bot.handlers.slack.installed import workspace_of
from bot.handlers.slack.installing.store import InstallationRow, Installations
from bot.handlers.slack.store import ReplyRow

log = structlog.get_logger(__name__)

KIND = "left"
_CLOCKS_DIFFER = dt.timedelta(seconds=30)
_MANY = 500


class StillUnderWay(Exception):
    """Deliveries to the workspace have yet to end; what they leave behind is to be removed then."""


class Left(Protocol):
    """What happens when the app was taken out of a workspace."""

    async def left(self, workspace: str, moment: dt.datetime) -> None:
        """Remove what was kept of it. Idempotent."""


class Leaving:
    """Hears that the app was removed from a workspace, or that its token was revoked there, and acts on it."""

    def __init__(self, owing: Owing, left: Left) -> None:
        self._owing = owing
        self._left = left

    def register(self, app: AsyncApp) -> None:
        """Let Bolt hand over what this hears."""
        app.event("app_uninstalled")(self._removed)
        app.event("tokens_revoked")(self._revoked)

    def carriers(self) -> Mapping[str, Courier]:
        """What carries the news: this itself."""
        return {KIND: self}

    async def deliver(self, delivery: Delivery) -> None:
        """Act on the news. Raises StillUnderWay."""
        moment = dt.datetime.fromtimestamp(delivery.payload["moment"], dt.UTC)
        await self._left.left(delivery.payload["workspace"], moment)

    async def give_up(self, delivery: Delivery) -> None:
        """Nobody waits for it; the log says that it was given up."""

    async def _removed(self, body: dict[str, Any]) -> None:
        workspace, moment = workspace_of(body), int(body["event_time"])
        key = f"{KIND}:{PLATFORM}:{body['event_id']}"
        await self._owing.owe(KIND, key, f"workspace/{workspace}", {"workspace": workspace, "moment": moment})

    async def _revoked(self, body: dict[str, Any]) -> None:
        # People's own tokens are revoked by events of the same name; the app asks for none.
        if (body["event"].get("tokens") or {}).get("bot"):
            await self._removed(body)


class OneWorkspaceLeft:
    """The app's only workspace, by a token in the settings: only its operator can know what is to become of it."""

    async def left(self, workspace: str, moment: dt.datetime) -> None:
        """Say it aloud."""
        todo = (
            "install the app again and set its new SLACK_BOT_TOKEN, or take Slack's settings away; nothing was removed"
        )
        log.error("slack.uninstalled", workspace=workspace, todo=todo)


class ManyWorkspacesLeft:
    """One of several workspaces: whatever Slack's tables and the outbox hold of it is removed."""

    def __init__(self, database: Database, installations: Installations) -> None:
        self._database = database
        self._installations = installations

    async def left(self, workspace: str, moment: dt.datetime) -> None:
        """Remove it, unless the app has been installed anew since then. Raises StillUnderWay."""
        # First the installation: with it gone, what is still to be delivered there ends as undeliverable.
        if not await self._installations.remove(workspace, moment + _CLOCKS_DIFFER):
            log.info("slack.installed_again", workspace=workspace)
            return
        async with self._database.reading() as session:
            owed = await _owed(session, workspace)
        ended = [each.id for each in owed if each.ended]
        async with self._database.writing() as session:
            for start in range(0, len(ended), _MANY):
                await session.execute(delete(OutboxRow).where(OutboxRow.id.in_(ended[start : start + _MANY])))
            for table in tables():
                await session.execute(delete(table).where(_of(table, workspace)))
        if waiting := len(owed) - len(ended):
            raise StillUnderWay(f"{waiting} deliveries to the workspace have yet to end")
        log.warning("slack.uninstalled", workspace=workspace)


def tables() -> Sequence[Table]:
    """Slack's tables, whose rows say of which workspace they are, or of which reply; the latter first."""
    installations = InstallationRow.__tablename__
    ours = [each for each in Base.metadata.sorted_tables if each.name.startswith("slack_")]
    theirs = [each for each in ours if each.name != installations and {"workspace", "reply"} & set(each.c.keys())]
    return sorted(theirs, key=lambda table: "workspace" in table.c)


def _of(table: Table, workspace: str) -> ColumnElement[bool]:
    if "workspace" in table.c:
        return table.c.workspace == workspace
    return table.c.reply.in_(select(ReplyRow.id).where(ReplyRow.workspace == workspace))


class _Owed(NamedTuple):
    id: int
    lane: str | None
    named: bool
    ended: bool


async def _owed(session: AsyncSession, workspace: str) -> Sequence[_Owed]:
    """What was to be delivered to the workspace, and what still is."""
    row, every, last = OutboxRow, list[_Owed](), 0
    query = select(row.id, row.lane, row.payload, row.done_at, row.failed_at).where(
        row.platform == PLATFORM, row.kind != KIND
    )
    # Looked through a few at a time: there may be years of them, and others are waiting for this process.
    while rows := (await session.execute(query.where(row.id > last).order_by(row.id).limit(_MANY))).all():
        every += [
            _Owed(id, lane, _names(payload, workspace), bool(done or failed))
            for id, lane, payload, done, failed in rows
        ]
        last = every[-1].id
    # A delivery that names no workspace is of the one whose thread it is about.
    lanes = {each.lane for each in every if each.lane and each.named}
    return [each for each in every if each.named or each.lane in lanes]


def _names(value: object, workspace: str) -> bool:
    """Whether the workspace is named in it, at whatever depth."""
    if isinstance(value, dict):
        return value.get("workspace") == workspace or any(_names(each, workspace) for each in value.values())
    return isinstance(value, list) and any(_names(each, workspace) for each in value)
