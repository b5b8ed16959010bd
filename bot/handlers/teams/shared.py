"""What the parts of the channel share: one of each, made once."""

from __future__ import annotations

import dataclasses

from microsoft_teams.apps import App

from bot.behind import Behind
from bot.database import Database
from bot.desk.desk import Desk
from bot.desk.outbox import Outbox
from bot.desk.outcomes import Outcomes
from bot.desk.owing import Owing
from bot.handlers.teams import PLATFORM
from bot.handlers.teams.cases.officers import Officers
from bot.handlers.teams.connector import UNREACHABLE, Connector, reason
from bot.handlers.teams.directory import Directory
from bot.handlers.teams.replies.showing import Showing
from bot.handlers.teams.store import Posts, Replies, Rooms
from bot.limits import limiter_of
from bot.settings import Settings
from bot.texts import Texts


@dataclasses.dataclass(frozen=True)
class Shared:
    """Handed to what puts a part together, which gives each of its objects the few that it needs."""

    settings: Settings
    database: Database
    desk: Desk
    texts: Texts
    owing: Owing
    behind: Behind
    rooms: Rooms
    posts: Posts
    replies: Replies
    connector: Connector
    directory: Directory
    officers: Officers
    showing: Showing


def share(settings: Settings, app: App, *, database: Database, outbox: Outbox, desk: Desk, texts: Texts) -> Shared:
    """One of each, over the database and Teams' API."""
    rooms, posts = Rooms(database, settings.teams_service_url), Posts(database)
    replies = Replies(database, Outcomes(desk.teams))
    connector = Connector(app, rooms, posts)
    directory = Directory(connector, settings.teams_tenant_id)
    home, fallback = settings.teams_tenant_id, settings.teams_officers_channel
    return Shared(
        settings=settings,
        database=database,
        desk=desk,
        texts=texts,
        owing=Owing(PLATFORM, database, outbox, limiter_of(settings)),
        behind=Behind(PLATFORM, UNREACHABLE, reason),
        rooms=rooms,
        posts=posts,
        replies=replies,
        connector=connector,
        directory=directory,
        officers=Officers(directory, desk.teams, home, fallback, settings.teams_listed_officers),
        showing=Showing(connector, replies, posts, texts),
    )
