"""The database and the desk, as the settings want them: what every process needs that has to do with cases."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from bot.data_dir import open_data_dir
from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.desk.routing import Router
from bot.desk.teams import Teams
from bot.handlers.slack import PLATFORM as SLACK
from bot.handlers.teams import PLATFORM as TEAMS
from bot.handlers.web import PLATFORM as WEB
from bot.migrations import migrate
from bot.reaching import new_database, reaching, try_file
from bot.settings import Settings
from bot.staffing import teams_of


@dataclass(frozen=True)
class Office:
    """The database and the desk. `platforms` are those whose officers hear of cases."""

    database: Database
    outbox: Outbox
    desk: Desk
    platforms: Sequence[str]


@contextlib.asynccontextmanager
async def open_office(settings: Settings) -> AsyncIterator[Office]:
    """The database, migrated, and the desk over it. Raises DataDirError, or ConfigurationError where none answers."""
    open_data_dir(settings)
    database = new_database(settings)
    try:
        with reaching():
            try_file(database)
            await migrate(database)
        outbox = Outbox(database)
        teams = teams_of(settings)
        platforms = _officer_platforms(settings, teams)
        yield Office(database, outbox, Desk(database, outbox, platforms, Router(teams)), platforms)
    finally:
        await database.close()


def _officer_platforms(settings: Settings, teams: Teams) -> Sequence[str]:
    """Where officers hear of cases: on the web, and wherever a team has a channel."""
    in_slack = settings.slack_officers_channel or any(team.slack_channel for team in teams)
    in_teams = settings.teams_officers_channel or any(team.teams_channel for team in teams)
    meets = {SLACK: settings.has_slack and in_slack, TEAMS: settings.has_teams and in_teams}
    return (WEB, *(platform for platform, there in meets.items() if there))
